import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { cameraSeedCount, makeCameraSeeds, readCameraScore } from '../../main/steps/camera-seeds.ts'
import { makeInitialMasks } from '../../main/steps/initial-mask.ts'
import { openPool, type Pool } from '../../main/steps/pool.ts'
import type { Run } from '../../main/steps/run.ts'
import { makeSuperpixels } from '../../main/steps/superpixels.ts'
import type { Store } from '../../main/store/index.ts'
import { presets, type Settings } from '../../preload/contract/settings.ts'
import { tinyProject, tinySettings, tinyWorkpieces, writeTinyLine } from '../helpers/tiny-line.ts'

let codec: Codec
let line: ReturnType<typeof writeTinyLine>
let root: string
let store: Store
let pool: Pool

beforeAll(async () => {
  codec = await openCodec()
  line = writeTinyLine(codec)
  root = mkdtempSync(join(tmpdir(), 'maskwright-camera-'))
  store = await tinyProject(codec, line.dir, join(root, 'p.maskwright'))
  pool = openPool(1)
}, 60_000)
afterAll(async () => {
  await pool.close()
  store.close()
  codec.close()
  line.remove()
  rmSync(root, { recursive: true, force: true })
})

async function seeds(change: Partial<Settings>): Promise<{ id: number; sent: string[]; run: Run }> {
  const settings = { ...presets.maskwright, ...tinySettings, ...change }
  const id = store.runs.create({ preset: 'maskwright', seed: 1, device: '', settings, inputHash: store.inputHash() })
  const names = new Map(store.images.list({ kind: 'photo' }).map((photo) => [store.images.bytes(photo.id).join(), photo.name]))
  const sent: string[] = []
  const watched: Pool = {
    ...pool,
    each: (items, job, input, take, signal) => pool.each(items, job, async (item) => {
      const given = await input(item)
      if (job === 'camera') sent.push(...(given as unknown as { frames: Uint8Array[] }).frames.map((frame) => names.get(frame.join())!))
      return given
    }, take, signal),
  }
  const run = { id, store, settings, codec, pool: watched, signal: new AbortController().signal, report: async () => undefined } as unknown as Run
  await makeCameraSeeds(run)
  return { id, sent, run }
}

describe('seeds of a fixed camera', () => {
  it('are made of every tagged photo, by photos that may train alone', async () => {
    const { id, sent } = await seeds({ 'initial.seeds': 'camera', 'initial.frames': 4 })
    const photos = store.images.list({ kind: 'photo' })
    const tagged = photos.filter(({ tags }) => tags.length > 0)
    const barred = photos.filter(({ hasTruth }) => hasTruth).map(({ name }) => name)
    expect(barred.length).toBe(2)
    expect(sent.length).toBe(4 * tagged.length)
    expect(sent.filter((name) => barred.includes(name))).toEqual([])
    expect(cameraSeedCount(store, id)).toEqual({ camera: tagged.length, cam: 0 })
    const score = readCameraScore(store, id, tagged[0].id)!
    expect([score.width, score.height]).toEqual([64, 48])
    const share = score.data.filter((value) => value >= 0.5).length / score.data.length
    expect(share).toBeGreaterThan(0.05)
    expect(share).toBeLessThan(0.2)
  })

  it('become the masks of round 0, named by the tags, though activation maps say nothing', async () => {
    const { id, run } = await seeds({ 'initial.seeds': 'camera' })
    const tagged = store.images.list({ kind: 'photo' }).filter(({ tags }) => tags.length > 0)
    for (const { id: photo, tags } of tagged)
      store.artifacts.put(id, 'cam', String(photo), store.blobs.putArray(new Float32Array(tags.length * 12), [tags.length, 3, 4]), { tags })
    await makeSuperpixels(run)
    await makeInitialMasks(run)
    for (const { id: photo, tags } of tagged) {
      const { data } = store.blobs.getLabels(store.rounds.mask(id, 0, photo)!.maskSha)
      const wanted = tinyWorkpieces.indexOf(tags[0] as (typeof tinyWorkpieces)[number]) + 1
      expect([...new Set(data)].filter((label) => label !== 0 && label !== 255)).toEqual([wanted])
    }
  })

  it('are left to activation maps where nothing tells that the camera stands', async () => {
    const { id } = await seeds({ 'initial.seeds': 'auto' })
    const tagged = store.images.list({ kind: 'photo' }).filter(({ tags }) => tags.length > 0)
    expect(cameraSeedCount(store, id)).toEqual({ camera: 0, cam: tagged.length })
    expect(readCameraScore(store, id, tagged[0].id)).toBeNull()
  })

  it('are not asked for by the published method', async () => {
    expect(presets.paper['initial.seeds']).toBe('cam')
    const { id, sent } = await seeds({ 'initial.seeds': 'cam' })
    expect(sent).toEqual([])
    expect(cameraSeedCount(store, id)).toBeNull()
  })
})
