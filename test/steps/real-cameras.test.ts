import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { parseCamera } from '../../main/core/camera/source.ts'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import type { CameraNews } from '../../main/steps/camera-stream.ts'
import { listCameras, settingsFor } from '../../main/steps/cameras.ts'
import { capture } from '../../main/steps/capture.ts'
import { openStore, type Store } from '../../main/store/index.ts'

/** Cameras that Debian's packages simulate: aravis-tools, aravis-tools-cli, libaravis-0.8-0, gstreamer1.0-*, gir1.2-gst-rtsp-server-1.0. */
const works = (program: string, ...args: string[]) => spawnSync(program, args, { timeout: 20_000 }).status === 0
const python = ['/usr/bin/python3', 'python3'].find((name) => works(name, '-c', 'import gi; gi.require_version("GstRtspServer", "1.0")'))
const hasGigE = works('arv-fake-gv-camera-0.8', '--help') && works('arv-tool-0.8', '--version') && works('gst-inspect-1.0', 'aravissrc') && works('gst-inspect-1.0', 'pngenc')
const hasRtsp = python !== undefined && works('gst-inspect-1.0', 'rtspsrc') && works('gst-inspect-1.0', 'pngenc')
if (!hasGigE) console.warn('SKIPPED: aravis-tools, aravis-tools-cli or GStreamer with aravissrc are not installed, no GigE Vision camera is simulated')
if (!hasRtsp) console.warn('SKIPPED: gir1.2-gst-rtsp-server-1.0 with python3-gi or GStreamer with rtspsrc are not installed, no network stream is simulated')

const serial = `T${process.pid}`
const gigE = parseCamera(`genicam:Aravis-Fake-${serial}`)
const side = 128
const port = 20_000 + (process.pid % 20_000)
let codec: Codec
let root: string
let store: Store
let simulated: ChildProcess | undefined
const path = process.env.PATH
beforeAll(async () => { codec = await openCodec() })
afterAll(() => codec.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-cameras-'))
  store = openStore(join(root, 'p.maskwright'), { create: true })
  if (process.getuid?.() === 0) withoutRawSockets()
})
afterEach(() => {
  process.env.PATH = path
  simulated?.kill('SIGKILL')
  store.close()
  rmSync(root, { recursive: true, force: true })
})

/** Root reads a camera from the network card itself, which a camera on the loopback does not have. */
function withoutRawSockets(): void {
  const bin = join(root, 'bin')
  mkdirSync(bin)
  const real = execFileSync('which', ['gst-launch-1.0'], { encoding: 'utf8' }).trim()
  writeFileSync(join(bin, 'gst-launch-1.0'), `#!/bin/sh\nexec setpriv --bounding-set=-net_raw --inh-caps=-net_raw ${real} "$@"\n`)
  chmodSync(join(bin, 'gst-launch-1.0'), 0o755)
  process.env.PATH = `${bin}:${path}`
}

/** A camera whose picture is small enough for the receive buffer of any computer: asked until it answers with that size, since the tool ends well without a camera too. */
async function plugIn(): Promise<void> {
  const camera = spawn('arv-fake-gv-camera-0.8', ['-i', 'lo', '-s', serial], { stdio: 'ignore' })
  simulated = camera
  const answer = () => spawnSync('arv-tool-0.8', ['-n', `Aravis-Fake-${serial}`, 'control', `Width=${side}`, `Height=${side}`], { encoding: 'utf8', timeout: 20_000 }).stdout
  const sides = [`Width = ${side} `, `Height = ${side} `]
  for (let said = answer(); !camera.killed && !sides.every((line) => said.includes(line)); said = answer()) await sleep(100)
}
async function serve(): Promise<void> {
  simulated = spawn(python!, ['test/helpers/rtsp-server.py', String(port)], { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise((ready) => simulated!.stdout!.once('data', ready))
}
const rowOf = (id: number) => {
  const { width, data } = codec.decodeRgb(store.images.bytes(id))
  return Array.from({ length: width }, (_, x) => data[3 * x])
}

it.runIf(hasGigE)('finds a GigE Vision camera, sets it, and stores a hundred pictures one after the other without loss', async () => {
  await plugIn()
  const settings = await settingsFor(gigE, { exposureUs: 8000, gain: 2 })
  const result = await capture(store, codec, gigE, { count: 100, tags: ['gear'], settings })
  expect(result).toEqual({ captured: 100, added: 100, duplicates: 0, lost: 0, interruptions: 0, issues: [] })
  // The picture it draws moves by the same step from one to the next: a lost one would be a step twice as long.
  const rows = store.images.list().map(({ id }) => rowOf(id))
  const steps = rows.slice(1).map((row, i) => Array.from({ length: 32 }, (_, s) => s).find((s) => s > 0 && row.slice(0, side - s).every((value, x) => value === rows[i][x + s])))
  expect(rows).toHaveLength(100)
  expect(new Set(steps).size).toBe(1)
  expect(steps[0]).toBeDefined()
  const camera = (await listCameras()).cameras.find(({ name }) => name.includes(serial))
  expect(camera).toMatchObject({ exposure: { value: 8000, min: 10, max: 1e7 }, gain: { value: 2, min: 0, max: 10 } })
})

it.runIf(hasGigE)('tells that it was unplugged, and goes on when it is back, with nothing corrupt', async () => {
  await plugIn()
  const news: CameraNews['state'][] = []
  const report = async ({ done }: { done: number }) => { if (done === 20) simulated?.kill('SIGKILL') }
  const tell = ({ state }: CameraNews) => {
    news.push(state)
    if (state === 'waiting') void plugIn()
  }
  const result = await capture(store, codec, gigE, { count: 60, tags: ['gear'], settings: {}, report, tell, silentMs: 2000, retryMs: 200 })
  expect(result).toMatchObject({ captured: 60, interruptions: 1, issues: [] })
  expect(news).toEqual(['live', 'waiting', 'live'])
  for (const { id } of store.images.list()) expect(rowOf(id)).toHaveLength(codec.decodeRgb(store.images.bytes(id)).width)
}, 120_000)

it.runIf(hasRtsp)('takes pictures of a network stream, and goes on when its server is back', async () => {
  await serve()
  const source = parseCamera(`rtsp://127.0.0.1:${port}/line`)
  const report = async ({ done }: { done: number }) => { if (done === 10) simulated?.kill('SIGKILL') }
  const tell = ({ state }: CameraNews) => { if (state === 'waiting') void serve() }
  const result = await capture(store, codec, source, { count: 30, tags: [], settings: {}, report, tell, retryMs: 200 })
  expect(result).toMatchObject({ captured: 30, interruptions: 1, issues: [] })
  expect(store.images.list()[0]).toMatchObject({ width: 320, height: 240, tags: [] })
}, 120_000)
