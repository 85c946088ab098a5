import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { IGNORE } from '../../main/core/image/types.ts'
import { prepareRun } from '../../main/steps/prepare-run.ts'
import { projectStatus, runStatus } from '../../main/steps/status.ts'
import { openHints } from '../../main/store/hints.ts'
import { openQuality } from '../../main/store/quality.ts'
import { openRunNotes } from '../../main/store/run-notes.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import { openTruth } from '../../main/store/truth.ts'
import { runOnce, type RunHooks } from '../../main/wire.ts'
import { presets } from '../../preload/contract/settings.ts'
import { masksOf, tinyProject, tinySettings, writeTinyLine } from '../helpers/tiny-line.ts'

const settings = { ...presets.maskwright, ...tinySettings }
const wish = { preset: 'maskwright', settings }

let codec: Codec
let line: ReturnType<typeof writeTinyLine>
let root: string
let count = 0
/** One undisturbed run; the others are held against it. */
let whole: Awaited<ReturnType<typeof finished>>

beforeAll(async () => {
  codec = await openCodec()
  line = writeTinyLine(codec)
  root = mkdtempSync(join(tmpdir(), 'maskwright-run-'))
  whole = await finished()
}, 300_000)
afterAll(() => {
  whole.store.close()
  codec.close()
  line.remove()
  rmSync(root, { recursive: true, force: true })
})

const project = async () => {
  const dir = join(root, `p${count++}.maskwright`)
  const store = await tinyProject(codec, line.dir, dir)
  return { dir, store }
}

const hooks = (onProgress: RunHooks['onProgress'] = () => undefined, signal = new AbortController().signal): RunHooks => ({ signal, onProgress })
const start = (dir: string, runId: number, given = hooks(), span = {}) => runOnce({ project: dir, runId, device: 'cpu', threads: 1, ...span }, given)

async function finished(change: (store: Store) => void = () => undefined): Promise<{ dir: string; store: Store; id: number }> {
  const { dir, store } = await project()
  change(store)
  const { id } = prepareRun(store, wish)
  await start(dir, id)
  return { dir, store, id }
}

describe('the corridor', () => {
  it('walks from photos to scores', () => {
    const { store, id } = whole
    const status = runStatus(store, id)
    expect(status.state).toBe('finished')
    expect(status.rounds.map(({ round }) => round)).toEqual([0, 1, 2])
    expect(status.crf?.miou.withBackground).toBeGreaterThan(0)
    for (const { miou, perWorkpiece, perGroup } of status.rounds) {
      expect(miou.withBackground).toBeGreaterThan(0)
      expect(Object.keys(perWorkpiece)).toEqual(['bar', 'disc'])
      expect(Object.keys(perGroup)).toEqual(['bench'])
    }
    expect(status.rounds[1].masks.labelled).toBeGreaterThan(0.5)
    expect(projectStatus(store).images).toEqual({ renders: 8, photos: 11, trainingPhotos: 9, backgroundPhotos: 1, truths: 2, rejected: 0 })
    expect(store.curves.list(id).map(({ key }) => key)).toContain('round 2')
    expect(masksOf(store, id).length).toBe(11 + 9 + 9)
  })

  it('gives the same masks for the same seed, settings and inputs, whatever truth says', async () => {
    const other = await finished((store) => {
      const truth = openTruth(store)
      for (const { imageId } of truth.list()) {
        const labels = truth.labels(imageId)
        truth.save(imageId, store.blobs.putLabels({ ...labels, data: labels.data.map((label) => (label === 0 ? 1 : 0)) }))
      }
    })
    expect(masksOf(other.store, other.id)).toEqual(masksOf(whole.store, whole.id))
    expect(openQuality(other.store).list(other.id)).toEqual(openQuality(whole.store).list(whole.id))
    expect(runStatus(other.store, other.id).rounds[2].miou).not.toEqual(runStatus(whole.store, whole.id).rounds[2].miou)
    other.store.close()
  })

  it('estimates every mask without truth, and says how well that follows it', () => {
    const { store, id } = whole
    const rows = openQuality(store).list(id)
    const truths = new Set(store.images.list({ hasTruth: true }).map((photo) => photo.id))
    for (const round of [0, 1, 2]) {
      const masks = new Map(store.rounds.masks(id, round).map(({ imageId, maskSha }) => [imageId, maskSha]))
      const here = rows.filter((row) => row.round === round)
      expect(here.map(({ imageId }) => imageId)).toEqual(store.images.list({ kind: 'photo' }).map((photo) => photo.id))
      for (const { imageId, maskSha, agreement, estimate } of here) {
        expect(maskSha).toBe(truths.has(imageId) ? store.artifacts.get(id, 'evaluate', `${round}/round/${imageId}`)!.sha : masks.get(imageId))
        if (round < 2) expect(agreement).toBeNull()
        expect(estimate).toBeGreaterThanOrEqual(0)
        expect(estimate).toBeLessThanOrEqual(1)
      }
      expect(runStatus(store, id).rounds[round].quality).toMatchObject({ photos: 8, truths: 2, follows: null })
    }
    const train = rows.filter(({ round, imageId }) => round === 2 && !truths.has(imageId) && store.images.get(imageId).tags.length > 0)
    expect(runStatus(store, id).rounds[2].quality.mean).toBeCloseTo(train.reduce((sum, { estimate }) => sum + estimate, 0) / 8, 12)
    expect(train.some(({ agreement }) => agreement !== null)).toBe(true)
  })

  it('keeps photos with truth out of training', () => {
    const withTruth = whole.store.images.list({ hasTruth: true }).map(({ id }) => id)
    expect(withTruth.length).toBe(2)
    expect(whole.store.rounds.masks(whole.id, 1).filter(({ imageId }) => withTruth.includes(imageId))).toEqual([])
    expect(Object.keys(whole.store)).not.toContain('truth')
  })

  it('stops at once and goes on to the same masks', async () => {
    const { dir, store } = await project()
    const { id } = prepareRun(store, wish)
    for (const [step, done] of [['train-classifier', 3], ['superpixels', 3], ['self-train', 5], ['predict', 3], ['evaluate', 1]] as const) {
      const stop = new AbortController()
      const until = start(dir, id, hooks((p) => void (p.step === step && p.done >= done && stop.abort()), stop.signal))
      await expect(until).rejects.toMatchObject({ name: 'AbortError' })
      expect(store.runs.get(id).state).toBe('paused')
    }
    await start(dir, id)
    expect(masksOf(store, id)).toEqual(masksOf(whole.store, whole.id))
    expect(runStatus(store, id).rounds.map(({ miou }) => miou)).toEqual(runStatus(whole.store, whole.id).rounds.map(({ miou }) => miou))
    store.close()
  }, 300_000)

  it('skips what is done, and makes anew from a step on', async () => {
    const { dir, store, id } = whole
    const before = masksOf(store, id)
    const seen = new Set<string>()
    await start(dir, id, hooks(({ step }) => void seen.add(step)))
    expect([...seen]).toEqual([])
    await start(dir, id, hooks(({ step }) => void seen.add(step)), { from: 'self-train' })
    expect([...seen]).toContain('self-train')
    expect([...seen]).not.toContain('cam')
    expect(masksOf(store, id)).toEqual(before)
  }, 300_000)

  it('trains on painted hints only where the run says so', async () => {
    const { dir, store } = await project()
    for (const { id: photo, width, height } of store.images.list({ kind: 'photo', trainable: true }))
      openHints(store).save(photo, { width, height, data: new Uint8Array(width * height).fill(IGNORE).fill(1, 0, 900) })
    const { id } = prepareRun(store, wish)
    await start(dir, id)
    expect(masksOf(store, id)).toEqual(masksOf(whole.store, whole.id))
    openRunNotes(store).create(id, { device: 'cpu', useHints: true, hints: openHints(store).count() })
    await start(dir, id, hooks(), { from: 'self-train' })
    expect(masksOf(store, id)).not.toEqual(masksOf(whole.store, whole.id))
    store.close()
  }, 300_000)

  it('walks with the preset of the paper', async () => {
    const { dir, store } = await project()
    const paper = { ...presets.paper, ...tinySettings, 'network.outputStride': '8' as const, 'run.rounds': 1 }
    const { id } = prepareRun(store, { preset: 'paper', settings: paper })
    await start(dir, id)
    expect(runStatus(store, id)).toMatchObject({ preset: 'paper', state: 'finished' })
    store.close()
  })

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors
    const { store } = await finished()
    store.close()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('a project that cannot train', () => {
  const refusal = (change: (store: Store) => void) => {
    const store = openStore(join(root, `r${count++}.maskwright`), { create: true })
    change(store)
    try {
      prepareRun(store, wish)
    } catch (error) {
      return (error as { data: { code: string } }).data.code
    } finally {
      store.close()
    }
    return 'none'
  }
  let shot = 0
  const image = (kind: 'render' | 'photo', workpieceIds: number[]) =>
    ({ kind, name: `${shot}.png`, group: '', width: 64, height: 48, sha256: String(shot++).padStart(64, '0'), workpieceIds })

  it('says that renders are missing', () => {
    expect(refusal(() => undefined)).toBe('step-order')
  })

  it('says which tag has no renders', () => {
    expect(refusal((store) => {
      const [a, b] = [store.workpieces.ensure('a').id, store.workpieces.ensure('b').id]
      store.images.add(image('render', [a]))
      for (let i = 0; i < 3; i++) store.images.add(image('photo', [b]))
    })).toBe('tag-without-renders')
  })

  it('says that one photo is too few', () => {
    expect(refusal((store) => {
      const a = store.workpieces.ensure('a').id
      store.images.add(image('render', [a]))
      store.images.add(image('photo', [a]))
    })).toBe('too-few-photos')
  })
})
