import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assets, type CallName, type Input, type Output } from '../../preload/contract/api.ts'
import { AppError } from '../../preload/contract/error.ts'
import { createService } from '../../main/service/index.ts'
import { greyPng } from '../core/image/picture-files.ts'
import { fakeLaunch } from '../helpers/fake-gst.ts'
import { openBench, type Bench } from './host.ts'

const posix = process.platform !== 'win32'
if (!posix) console.warn('SKIPPED: a stand-in for GStreamer is a script with a first line that Windows does not read')
const photos = resolve('resources/sample/photos/wood/gear')
let bench: Bench
let projectId: number
let restore: () => void
beforeEach(async () => {
  bench = openBench()
  restore = () => undefined
  ;({ projectId } = await bench.call('project:create', { name: 'line', folder: null }))
})
afterEach(async () => {
  await bench.close()
  restore()
})
async function until(good: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await good())) await sleep(20)
}
const counts = () => bench.call('images:counts', { projectId })

describe('a hot folder', () => {
  it('is watched as a job, listed, told of while it goes on, and stopped with its result', async () => {
    const folder = join(bench.dir, 'hot')
    mkdirSync(folder)
    const { jobId } = await bench.call('watch:start', { projectId, path: folder, tags: ['gear'] })
    expect(await bench.call('watch:list', { projectId })).toEqual([{ jobId, path: folder }])
    await expect(bench.call('watch:start', { projectId, path: folder, tags: null })).rejects.toMatchObject({ data: { code: 'already-exists' } })
    const [name] = readdirSync(photos)
    copyFileSync(join(photos, name), join(folder, '0.jpg'))
    writeFileSync(join(folder, 'broken.jpg'), 'no picture')
    await until(async () => (await counts()).photos === 1 && (await counts()).issues === 1)
    expect(bench.events('project:changed').some(({ what }) => what === 'images')).toBe(true)
    await bench.call('job:stop', { jobId })
    expect(await bench.done(jobId)).toMatchObject({ added: 1, duplicates: 0, issues: [{ code: 'image-unreadable', file: 'broken.jpg' }] })
    expect(await bench.call('watch:list', { projectId })).toEqual([])
  })
  it('goes on when the project is opened again, also before the folder is there, until a person stops it', async () => {
    const folder = join(bench.dir, 'hot')
    mkdirSync(folder)
    const { path } = (await bench.call('project:recent', {}))[0]
    await bench.call('watch:start', { projectId, path: folder, tags: ['gear'] })
    await bench.service.close()
    rmSync(folder, { recursive: true })

    const again = createService(bench.host)
    const call = async <K extends CallName>(name: K, input: Input<K>) => {
      const result = await again.call(name, input)
      if (!result.ok) throw new AppError(result.error)
      return result.value as Output<K>
    }
    const { projectId: reopened } = await call('project:open', { path })
    const [{ jobId, path: watched }] = await call('watch:list', { projectId: reopened })
    expect(watched).toBe(folder)
    await call('project:open', { path })
    expect(await call('watch:list', { projectId: reopened })).toHaveLength(1)
    await until(async () => (await call('images:counts', { projectId: reopened })).issues === 1)
    mkdirSync(folder)
    const [name] = readdirSync(photos)
    copyFileSync(join(photos, name), join(folder, '0.jpg'))
    await until(async () => (await call('images:counts', { projectId: reopened })).photos === 1)
    const { ids } = await call('images:find', { projectId: reopened, filter: {}, sort: 'name' })
    expect((await call('images:read', { projectId: reopened, ids }))[0].tags).toEqual(['gear'])
    await call('job:stop', { jobId })
    await until(async () => (await call('watch:list', { projectId: reopened })).length === 0)
    await again.close()

    const last = createService(bench.host)
    const opened = await last.call('project:open', { path })
    expect(await last.call('watch:list', { projectId: (opened as { value: { projectId: number } }).value.projectId })).toEqual({ ok: true, value: [] })
    await last.close()
  })
  it('must be a folder', async () => {
    await expect(bench.call('watch:start', { projectId, path: join(bench.dir, 'nowhere'), tags: null })).rejects.toMatchObject({ data: { code: 'folder-missing' } })
  })
})

describe.runIf(posix)('a camera', () => {
  const pictures = [0, 1, 2].map((n) => greyPng([[n, 9], [9, 9]]))
  const open = (camera = 'genicam:Stand-in') => bench.call('camera:open', { projectId, camera, exposureUs: 500, gain: null, lock: false })
  it('is looked through, gives photos, and is let go', async () => {
    restore = fakeLaunch(bench.dir, pictures, 'send(png(0)); await sleep(60000)')
    const { session, exposureUs } = await open()
    expect(exposureUs).toBe(500)
    await until(async () => (await bench.service.asset(assets.camera(projectId, session, 1))) !== null)
    expect(await bench.service.asset(assets.camera(projectId, session, 2))).toMatchObject({ type: 'image/png', lasting: false, bytes: Buffer.from(pictures[0]) })
    expect(await bench.call('camera:snap', { projectId, session, tags: ['gear'] })).toEqual({ imageId: 1, duplicate: false, issue: null })
    expect(await bench.call('camera:snap', { projectId, session, tags: ['gear'] })).toMatchObject({ duplicate: true })
    await bench.call('camera:close', { projectId, session })
    expect(await bench.service.asset(assets.camera(projectId, session, 3))).toBeNull()
    await expect(bench.call('camera:snap', { projectId, session, tags: null })).rejects.toMatchObject({ data: { code: 'camera-unavailable' } })
    expect(bench.events('camera:news')).toEqual([{ session, state: 'live', reason: '' }])
  })
  it('that cannot be used says why, and no other word gets into a command line', async () => {
    restore = fakeLaunch(bench.dir, pictures, `console.error('no element "aravissrc"'); process.exit(1)`)
    const { session } = await open()
    await until(() => bench.events('camera:news').length > 0)
    expect(bench.events('camera:news')[0]).toMatchObject({ session, state: 'failed' })
    expect(bench.events('camera:news')[0].reason).toContain('aravissrc is not on this computer.')
    for (const camera of ['genicam:x" ! filesink location="/etc/x', 'v4l2:/etc/passwd', 'http://x']) await expect(open(camera)).rejects.toMatchObject({ data: { code: 'invalid-input' } })
  })
})
