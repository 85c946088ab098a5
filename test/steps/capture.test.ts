import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseCamera } from '../../main/core/camera/source.ts'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import type { CameraNews } from '../../main/steps/camera-stream.ts'
import { cameraOf, listCameras } from '../../main/steps/cameras.ts'
import { capture, type CaptureOptions } from '../../main/steps/capture.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import { greyPng } from '../core/image/picture-files.ts'
import { fakeLaunch } from '../helpers/fake-gst.ts'

const posix = process.platform !== 'win32'
if (!posix) console.warn('SKIPPED: a stand-in for GStreamer is a script with a first line that Windows does not read')
const pictures = Array.from({ length: 10 }, (_, i) => greyPng([[i, i + 1], [i + 2, i + 3]]))
const source = parseCamera('genicam:Stand-in')

let codec: Codec
let root: string
let store: Store
let restore: () => void
let news: CameraNews[]
beforeAll(async () => { codec = await openCodec() })
afterAll(() => codec.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-capture-'))
  store = openStore(join(root, 'p.maskwright'), { create: true })
  news = []
  restore = () => undefined
})
afterEach(() => {
  restore()
  store.close()
  rmSync(root, { recursive: true, force: true })
})
const take = (options: Partial<CaptureOptions> = {}) =>
  capture(store, codec, source, { count: 6, tags: ['gear'], settings: {}, retryMs: 10, tell: (one) => news.push(one), ...options })
const states = () => news.map(({ state }) => state)

describe.runIf(posix)('capture', () => {
  it('stores every picture in order, with its tag, and ends at the number asked for', async () => {
    restore = fakeLaunch(root, pictures, 'for (let i = 0; i < 10; i++) send(png(i)); await sleep(60000)')
    expect(await take()).toEqual({ captured: 6, added: 6, duplicates: 0, lost: 0, interruptions: 0, issues: [] })
    expect(store.images.list().map(({ id, tags, group }) => [Buffer.from(store.images.bytes(id)).equals(Buffer.from(pictures[id - 1])), tags, group]))
      .toEqual(Array(6).fill([true, ['gear'], 'camera']))
    expect(states()).toEqual(['live'])
  })

  it('tells that a camera was unplugged in the middle of a picture, tries again, and keeps no half of one', async () => {
    restore = fakeLaunch(root, pictures, `
      if (run === 1) { send(png(0)); send(png(1)); send(png(2).subarray(0, 30)); console.error('ERROR: from element /x: Camera gone.'); process.exit(1) }
      if (run < 4) { console.error('ERROR: from element /x: Not found.'); process.exit(1) }
      for (let i = 2; i < 10; i++) send(png(i)); await sleep(60000)`)
    expect(await take()).toMatchObject({ captured: 6, added: 6, interruptions: 1, issues: [] })
    expect(news).toEqual([{ state: 'live' }, { state: 'waiting', reason: 'Camera gone' }, { state: 'live' }])
    expect(store.images.list().map(({ id }) => codec.decodeRgb(store.images.bytes(id)).data[0])).toEqual([0, 1, 2, 3, 4, 5])
    expect(readFileSync(join(root, 'runs'), 'utf8')).toBe('4')
  })

  it('does not wait for ever for one that is silent, or sends something else', async () => {
    restore = fakeLaunch(root, pictures, `
      if (run === 1) { send(png(0)); await sleep(60000) }
      if (run === 2) { send(png(1)); send(Buffer.from('no picture at all, and more of it')); await sleep(60000) }
      for (let i = 2; i < 10; i++) send(png(i)); await sleep(60000)`)
    expect(await take({ silentMs: 4000 })).toMatchObject({ captured: 6, added: 6, interruptions: 2 })
    expect(states()).toEqual(['live', 'waiting', 'live', 'waiting', 'live'])
  })

  it('gives what was taken when it is stopped, and counts pictures that did not arrive', async () => {
    restore = fakeLaunch(root, pictures, `process.removeAllListeners('SIGINT')
      process.on('SIGINT', () => { console.error('n_failures = 7'); process.exit(0) })
      send(png(0)); send(png(0)); send(png(1)); await sleep(60000)`)
    const stop = new AbortController()
    const result = await take({ count: 0, signal: stop.signal, report: ({ done }) => { if (done === 3) stop.abort() } })
    expect(result).toMatchObject({ captured: 3, added: 2, duplicates: 1, lost: 7 })
  })

  it('says what is not installed, and what a camera that never sent anything said', async () => {
    restore = fakeLaunch(root, pictures, `console.error('WARNING: erroneous pipeline: no element "aravissrc"'); process.exit(1)`)
    await expect(take()).rejects.toMatchObject({ data: { code: 'camera-software-missing', subject: 'aravissrc' } })
    restore()
    restore = fakeLaunch(root, pictures, `console.error('ERROR: from element /x: Device is busy.'); process.exit(1)`)
    await expect(take()).rejects.toMatchObject({ data: { code: 'camera-unavailable', message: 'The camera Stand-in sends no picture: Device is busy.' } })
    restore()
    const before = process.env.PATH
    process.env.PATH = root
    restore = () => { process.env.PATH = before }
    await expect(take()).rejects.toMatchObject({ data: { code: 'camera-software-missing', subject: 'gst-launch-1.0' } })
    const { cameras, missing } = await listCameras()
    expect(cameras).toEqual([])
    expect(missing.map(({ part }) => part)).toContain('gst-launch-1.0')
  })

  it('refuses ids and settings that cannot be', async () => {
    expect(() => cameraOf('v4l2:/etc/passwd')).toThrow('is no camera')
    await expect(take({ settings: { gain: 9999 } })).rejects.toMatchObject({ data: { code: 'invalid-input' } })
  })
})
