import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { presets } from '../../preload/contract/settings.ts'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import type { LabelMap } from '../../main/core/image/types.ts'
import { matchFor, measureGap } from '../../main/steps/gap.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import { openTruth } from '../../main/store/truth.ts'
import { greyPng } from '../core/image/picture-files.ts'

let codec: Codec
let root: string
let store: Store
let serial = 0
beforeAll(async () => {
  codec = await openCodec()
})
afterAll(() => codec.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-gap-'))
  store = openStore(join(root, 'p.maskwright'), { create: true })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true, force: true })
})

const [width, height] = [160, 120]
/** A square of one grey in the middle of another; one pixel in the corner makes every file its own. */
function add(kind: 'render' | 'photo', side: number, grey: number, behind: number, names: readonly string[]): number {
  const inside = (x: number, y: number) => Math.abs(x - width / 2 + 0.5) < side / 2 && Math.abs(y - height / 2 + 0.5) < side / 2
  const rows = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => (inside(x, y) ? grey : behind)))
  rows[0][0] = ++serial % 256
  const workpieces = names.map((name) => store.workpieces.ensure(name))
  const label = workpieces[0]?.classIndex ?? 0
  const mask: LabelMap = { width, height, data: Uint8Array.from(rows.flatMap((row, y) => row.map((_, x) => (inside(x, y) ? label : 0)))) }
  const sha256 = store.blobs.put(greyPng(rows))
  const id = store.images.add({ kind, name: `${serial}.png`, group: '', width, height, sha256, workpieceIds: workpieces.map((one) => one.id) })
  if (kind === 'render') store.masks.save(id, store.blobs.putLabels(mask))
  masks.set(id, mask)
  return id
}
const masks = new Map<number, LabelMap>()
/** Pseudo labels of a run for some photos. */
function label(ids: readonly number[]): number {
  const run = store.runs.create({ preset: 'maskwright', seed: 1, device: 'cpu', settings: presets.maskwright, inputHash: '' })
  for (const round of [0, 1]) {
    store.rounds.upsert(run, round, { state: 'done' })
    for (const id of ids) store.rounds.saveMask(run, round, id, { maskSha: store.blobs.putLabels(masks.get(id)!), labelled: 1 })
  }
  return run
}
const four = (make: () => number) => Array.from({ length: 4 }, make)

it('compares workpieces by exact masks and pseudo labels, and names the settings that close each gap', async () => {
  four(() => add('render', 80, 90, 180, ['gear']))
  const run = label(four(() => add('photo', 40, 188, 60, ['gear'])))
  const report = await measureGap(store, codec)
  expect(report.masks).toEqual({ runId: run, round: 1 })
  expect(report.rows.map(({ workpiece, region, photos, renders }) => [workpiece, region, photos, renders])).toEqual([[null, 'mask', 4, 4], ['gear', 'mask', 4, 4]])
  const gaps = Object.fromEntries(report.rows[1].gaps.map((gap) => [gap.name, gap]))
  // A square of 40 spans a third of the height; 80 spans two thirds, twice as much, where four times are worlds apart.
  expect(gaps.size).toMatchObject({ settings: { 'camera.fillMin': 0.33, 'camera.fillMax': 0.33 } })
  expect(gaps.size.gap).toBeCloseTo(0.5, 6)
  expect(gaps.size.photos).toBeCloseTo(1 / 3, 6)
  // Grey 188 is linear light 0.503 and L 76.3, grey 90 is L 38.0.
  expect(gaps.brightness).toMatchObject({ settings: { 'light.darkest': 0.5, 'light.brightest': 0.5 } })
  expect(gaps.brightness.photos).toBeCloseTo(76.3, 0)
  expect(gaps.brightness.renders).toBeCloseTo(38, 0)
  expect(gaps.background).toMatchObject({ settings: { 'render.background': 'drawn' } })
  expect(gaps.background.gap).toBeGreaterThan(0.8)
  expect(gaps.noise).toMatchObject({ gap: 0, settings: { 'camera.noise': 0 } })
  expect(gaps.contrast).toMatchObject({ settings: { 'render.material': 'matt' } })
  expect(gaps.contrast.gap).toBeCloseTo(0, 5)
  expect(report.rows[1].match).toMatchObject({ 'render.width': 0, 'render.height': 0, 'camera.fillMin': 0.33, 'light.darkest': 0.5 })
})

it('compares whole pictures where no run has made masks, and says nothing of size', async () => {
  four(() => add('render', 80, 90, 180, ['gear']))
  four(() => add('photo', 40, 188, 60, ['gear']))
  add('photo', 0, 0, 60, [])
  const { masks: none, rows: [line, gear] } = await measureGap(store, codec)
  expect(none).toBeNull()
  expect(gear).toMatchObject({ workpiece: 'gear', region: 'picture', photos: 4 })
  expect(gear.gaps.map(({ name }) => name)).not.toContain('size')
  expect(gear.gaps.find(({ name }) => name === 'brightness')!.settings).toEqual({ 'render.background': 'photos' })
  expect(Object.keys(line.match)).not.toContain('camera.fillMin')
  expect(line.match).toMatchObject({ 'render.background': 'photos' })
})

it('never looks at photos with truth, nor at those left out', async () => {
  const ids = four(() => add('photo', 40, 188, 60, ['gear']))
  openTruth(store).save(ids[0], store.blobs.putLabels(masks.get(ids[0])!))
  store.images.setRejected(ids[1], true)
  label(ids)
  const { rows } = await measureGap(store, codec)
  expect(rows[1]).toMatchObject({ photos: 2, region: 'picture', gaps: [] })
})

it('matches a workpiece without photos to the line, and refuses where there is none', async () => {
  expect(await measureGap(store, codec)).toEqual({ masks: null, rows: [] })
  expect(() => matchFor({ masks: null, rows: [] }, 'gear')).toThrow('no photo')
  four(() => add('photo', 40, 188, 60, ['gear']))
  const report = await measureGap(store, codec)
  expect(matchFor(report, 'bolt')).toBe(report.rows[0].match)
  expect(matchFor(report, 'gear')).toBe(report.rows[1].match)
})

it('stops when asked', async () => {
  add('photo', 40, 188, 60, ['gear'])
  await expect(measureGap(store, codec, AbortSignal.abort())).rejects.toThrow()
})
