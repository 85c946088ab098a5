import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { renderCad } from '../../main/steps/render-cad.ts'
import { openStore, type Store } from '../../main/store/index.ts'

let folder: string
let store: Store
let codec: Codec
const options = { workpiece: 'wedge', seed: 1, threads: 2, render: { width: 64, height: 48, antialias: 1 } }
const wedge = 'v 0 0 0\nv 40 0 0\nv 0 30 0\nv 0 0 20\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n'

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'render-cad-'))
  store = openStore(join(folder, 'line.maskwright'), { create: true })
  codec = await openCodec()
  writeFileSync(join(folder, 'wedge.obj'), wedge)
})
afterEach(() => {
  codec.close()
  store.close()
  rmSync(folder, { recursive: true })
})

test('stores renders of one workpiece with masks in its class index, the same for the same seed', async () => {
  store.workpieces.ensure('other')
  const steps: number[] = []
  const result = await renderCad(store, codec, [join(folder, 'wedge.obj')], { ...options, count: 5, report: ({ done }) => void steps.push(done) })
  expect(result).toEqual({ added: 5, duplicates: 0, issues: [] })
  expect(steps).toEqual([1, 2, 3, 4, 5])
  const renders = store.images.list({ kind: 'render' })
  expect(renders.map(({ tags, width, height }) => [...tags, width, height])).toEqual(Array.from({ length: 5 }, () => ['wedge', 64, 48]))
  for (const { id } of renders) {
    const mask = store.masks.ofRender(id)
    expect(new Set(mask.data)).toEqual(new Set([0, 2]))
    expect(codec.decodeRgb(store.images.bytes(id)).width).toBe(mask.width)
  }

  const second = openStore(join(folder, 'second.maskwright'), { create: true })
  await renderCad(second, codec, [join(folder, 'wedge.obj')], { ...options, count: 5, threads: 1 })
  expect(second.images.list().map(({ sha256 }) => sha256)).toEqual(renders.map(({ sha256 }) => sha256))
  second.close()
})

test('goes on where it was stopped and does nothing twice', async () => {
  const stop = new AbortController()
  const report = ({ done }: { done: number }) => (done === 3 ? stop.abort() : undefined)
  await expect(renderCad(store, codec, [join(folder, 'wedge.obj')], { ...options, count: 8, signal: stop.signal, report })).rejects.toThrow()
  expect(store.images.count({ kind: 'render' })).toBe(3)
  expect(await renderCad(store, codec, [join(folder, 'wedge.obj')], { ...options, count: 8 })).toEqual({ added: 5, duplicates: 3, issues: [] })
  expect(await renderCad(store, codec, [join(folder, 'wedge.obj')], { ...options, count: 8 })).toEqual({ added: 0, duplicates: 8, issues: [] })
})

test.each([
  ['gone.stl', null],
  ['part.step', 'ISO-10303-21;'],
  ['empty.obj', ''],
  ['nan.obj', wedge.replace('40', 'nan')],
  ['flat.obj', 'v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n'],
  ['cut.stl', 'x'.repeat(90)],
])('%s is told as mesh-unreadable and leaves nothing behind', async (name, text) => {
  if (text !== null) writeFileSync(join(folder, name), text)
  const failed = renderCad(store, codec, [join(folder, name)], { ...options, count: 2 })
  await expect(failed).rejects.toMatchObject({ data: { code: 'mesh-unreadable', subject: join(folder, name) } })
  expect(store.workpieces.list()).toEqual([])
  expect(store.images.count()).toBe(0)
})

test('a size that cannot be is an issue of the result', async () => {
  const { issues, added } = await renderCad(store, codec, [join(folder, 'wedge.obj')], { ...options, count: 1, reading: { unit: 'm' } })
  expect(added).toBe(1)
  expect(issues).toMatchObject([{ code: 'invalid-input', file: 'wedge.obj' }])
})
