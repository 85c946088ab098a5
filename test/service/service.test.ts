import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assets, calls } from '../../preload/contract/api.ts'
import { openBench, type Bench } from './host.ts'

const sample = resolve('resources/sample')
let bench: Bench

beforeEach(() => {
  bench = openBench()
})
afterEach(() => bench.close())

const create = (name = 'line') => bench.call('project:create', { name, folder: null })
async function filled() {
  const project = await create()
  const { projectId } = project
  const { jobId } = await bench.call('import:files', { projectId, kind: 'auto', paths: [sample], tags: null })
  await bench.done(jobId)
  return project
}

describe('calls', () => {
  it('are refused when unknown or misfitting', async () => {
    for (const [name, input] of [['no:such', {}], ['__proto__', {}], ['project:open', { path: 7 }], ['project:open', { path: '/x', more: 1 }], ['app:info', null]] as const)
      expect(await bench.service.call(name, input)).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
  })

  it('never answer rubbish with anything but a refusal', async () => {
    const rubbish = [undefined, null, 0, -1, '', 'x', [], {}, { projectId: 1e99 }, { projectId: 1, runId: {}, path: '\0' }, { path: 'relative' }, { ids: [1.5] }]
    const harmless = ['app:info', 'settings:read', 'device:list', 'device:test', 'project:recent', 'project:forget', 'project:sample', 'job:list']
    for (const name of Object.keys(calls).filter((call) => !harmless.includes(call)))
      for (const input of rubbish) {
        const result = await bench.service.call(name, input)
        expect(result.ok, `${name} ${JSON.stringify(input)}`).toBe(false)
        expect((result as { error: { code: string } }).error.code).not.toBe('internal')
      }
  })

  it('refuse a project that is not open', async () => {
    await expect(bench.call('images:counts', { projectId: 12 })).rejects.toMatchObject({ data: { code: 'not-found' } })
  })
})

describe('settings', () => {
  it('are kept over a restart, and read as defaults when broken', async () => {
    const wanted = { language: 'de', theme: 'dark', device: 'cpu', guideSeen: true } as const
    await bench.call('settings:write', wanted)
    expect(JSON.parse(readFileSync(join(bench.dir, 'config', 'maskwright.json'), 'utf8')).settings).toEqual(wanted)
    expect(await bench.call('settings:read', {})).toEqual(wanted)
    const broken = openBench()
    mkdirSync(join(broken.dir, 'config'))
    writeFileSync(join(broken.dir, 'config', 'maskwright.json'), '{"settings": {"theme": "pink"}')
    expect(await broken.call('settings:read', {})).toMatchObject({ language: 'system', theme: 'system' })
    await broken.close()
  })
})

describe('projects', () => {
  it('are made, remembered, closed, opened and forgotten', async () => {
    const { projectId, path, name } = await create('Pump 3')
    expect(name).toBe('Pump 3')
    expect(path).toBe(join(bench.dir, 'documents', 'Pump 3.maskwright'))
    expect(await bench.call('project:open', { path })).toEqual({ projectId, path, name })
    await bench.call('project:close', { projectId })
    await expect(bench.call('project:status', { projectId })).rejects.toMatchObject({ data: { code: 'not-found' } })
    expect(await bench.call('project:recent', {})).toEqual([
      { path, name, openedAtMs: expect.any(Number), missing: false, workpieces: 0, photos: 0, lastRun: null, mosaic: [] },
    ])
    await bench.call('project:forget', { path })
    expect(await bench.call('project:recent', {})).toEqual([])
    expect(existsSync(path)).toBe(true)
  })

  it('refuses names that are no folder names, and places that are taken', async () => {
    for (const name of ['../x', 'a/b', 'a\\b', 'nul', '.x', ' ', 'x:y'])
      await expect(create(name), name).rejects.toMatchObject({ data: { code: 'invalid-input' } })
    await create('twice')
    await expect(create('twice')).rejects.toMatchObject({ data: { code: 'already-exists' } })
    await expect(bench.call('project:open', { path: bench.dir })).rejects.toMatchObject({ data: { code: 'project-not-found' } })
  })
})

describe('imports', () => {
  it('take the sample line, tell progress, and note what they leave out', async () => {
    const { projectId } = await filled()
    const counts = await bench.call('images:counts', { projectId })
    expect(counts.renders).toBeGreaterThan(20)
    expect(counts.photos).toBeGreaterThan(20)
    expect(counts.truth).toBeGreaterThan(3)
    expect(counts.background).toBeGreaterThan(3)
    const progress = bench.events('progress')
    expect(progress.at(-1)?.progress).toMatchObject({ step: 'import', unit: 'files' })
    const workpieces = await bench.call('workpieces:list', { projectId })
    expect(workpieces.length).toBe(3)
    const again = await bench.call('import:files', { projectId, kind: 'auto', paths: [sample], tags: null })
    expect(await bench.done(again.jobId)).toMatchObject({ added: 0 })
    expect((await bench.call('images:counts', { projectId })).duplicates).toBe(counts.photos + counts.renders + counts.truth)
    await bench.call('import:dismiss', { projectId })
    expect((await bench.call('images:counts', { projectId })).duplicates).toBe(0)
  })

  it('list a file that is no picture, and take one by its bytes', async () => {
    const { projectId } = await create()
    const { jobId } = await bench.call('import:files', { projectId, kind: 'photos', paths: [join(sample, 'tags.json')], tags: null })
    expect(await bench.done(jobId)).toMatchObject({ added: 0, issues: [{ code: 'image-unreadable' }] })
    expect(await bench.call('import:issues', { projectId })).toMatchObject([{ code: 'image-unreadable' }])
    const { ids } = await bench.call('images:find', { projectId: (await filledOther()).projectId, filter: { kind: 'photo' }, sort: 'name' })
    expect(ids.length).toBeGreaterThan(0)
    const bytes = readFileSync(join(sample, 'photos', Object.keys(JSON.parse(readFileSync(join(sample, 'tags.json'), 'utf8')) as object)[0].replace(/^photos\//, '')))
    const taken = await bench.call('import:bytes', { projectId, name: 'snap.jpg', base64: bytes.toString('base64'), tags: ['gear'] })
    expect(taken).toMatchObject({ duplicate: false, issue: null })
    expect(await bench.call('images:read', { projectId, ids: [taken.imageId!] })).toMatchObject([{ name: 'snap.jpg', tags: ['gear'], tagged: true }])
    expect(await bench.call('import:bytes', { projectId, name: 'bad.jpg', base64: 'AAAA', tags: null })).toMatchObject({ imageId: null, issue: { code: 'image-unreadable' } })
  })

  async function filledOther() {
    const project = await create('other')
    const { jobId } = await bench.call('import:files', { projectId: project.projectId, kind: 'photos', paths: [join(sample, 'photos')], tags: ['gear'] })
    await bench.done(jobId)
    return project
  }

  it('end when told to, and keep what they have', async () => {
    const { projectId } = await create()
    const { jobId } = await bench.call('import:files', { projectId, kind: 'auto', paths: [sample], tags: null })
    expect(await bench.call('job:list', {})).toMatchObject([{ jobId, projectId, call: 'import:files' }])
    await bench.call('job:stop', { jobId })
    await expect(bench.done(jobId)).rejects.toMatchObject({ data: { code: 'aborted' } })
    expect(await bench.call('job:list', {})).toEqual([])
  })
})

describe('pictures', () => {
  it('are served by address and nothing else is', async () => {
    const { projectId } = await filled()
    const photo = (await bench.call('images:find', { projectId, filter: { kind: 'photo', state: 'truth' }, sort: 'name' })).ids[0]
    const render = (await bench.call('images:find', { projectId, filter: { kind: 'render' }, sort: 'name' })).ids[0]
    const get = (address: string) => bench.service.asset(address)
    expect(await get(assets.image(projectId, photo))).toMatchObject({ type: 'image/jpeg', lasting: true })
    const thumbnail = await get(assets.thumbnail(projectId, photo))
    expect(thumbnail).toMatchObject({ type: 'image/jpeg' })
    expect(readFileSync((thumbnail as { file: string }).file).subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8))
    for (const address of [assets.renderMask(projectId, render), assets.truth(projectId, photo)])
      expect((await get(address) as { bytes: Uint8Array }).bytes.subarray(1, 4)).toEqual(Buffer.from('PNG'))
    for (const address of [
      assets.hints(projectId, photo), assets.truth(projectId, render), assets.renderMask(projectId, photo), assets.mask(projectId, 1, 0, photo),
      assets.mask(projectId, 1, 'crf', photo), assets.superpixels(projectId, 1, photo), assets.image(projectId, 99999), assets.image(1, photo),
      `project/${projectId}/image/../../project.db`, `project/${projectId}/../project.db`, `project/${projectId}/image/%2e%2e`, '../maskwright.json', '', 'project', `project/${projectId}/blobs/1`,
    ])
      expect(await get(address), address).toBeNull()
  })
})

describe('hints', () => {
  it('are kept as they were painted, of the size of the photo and known workpieces alone', async () => {
    const { projectId } = await filled()
    const id = (await bench.call('images:find', { projectId, filter: { kind: 'photo' }, sort: 'name' })).ids[0]
    const [{ width, height }] = await bench.call('images:read', { projectId, ids: [id] })
    const n = width * height
    expect(await bench.call('review:paint', { projectId, imageId: id, width, height, runs: [255, 10, 1, 5, 0, 3, 255, n - 18] })).toEqual({ pixels: 8 })
    expect(await bench.call('review:hints', { projectId })).toEqual({ photos: 1, pixels: 8 })
    expect(await bench.service.asset(assets.hints(projectId, id))).toMatchObject({ type: 'image/png' })
    for (const wrong of [
      { width, height, runs: [1, n - 1] }, { width, height, runs: [1, n + 1] }, { width, height, runs: [1] }, { width, height, runs: [77, n] },
      { width: height, height: width, runs: [255, n] },
    ])
      await expect(bench.call('review:paint', { projectId, imageId: id, ...wrong })).rejects.toMatchObject({ data: { code: 'invalid-input' } })
  })
})

describe('folders', () => {
  it('list projects first, then folders, then files', async () => {
    await create('b')
    mkdirSync(join(bench.dir, 'documents', 'a'))
    writeFileSync(join(bench.dir, 'documents', 'c.txt'), '')
    writeFileSync(join(bench.dir, 'documents', '.hidden'), '')
    const listing = await bench.call('folder:list', { path: join(bench.dir, 'documents') })
    expect(listing.entries.map(({ name, kind }) => [name, kind])).toEqual([['b.maskwright', 'project'], ['a', 'folder'], ['c.txt', 'file']])
    expect(listing.parent).toBe(bench.dir)
    await expect(bench.call('folder:list', { path: '/no/such/folder' })).rejects.toMatchObject({ data: { code: 'folder-missing' } })
    await expect(bench.call('folder:list', { path: 'relative' })).rejects.toMatchObject({ data: { code: 'invalid-input' } })
  })
})
