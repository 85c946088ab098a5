import type { Settings } from '../../preload/contract/settings.ts'
import type { CrfOptions } from '../core/image/dense-crf.ts'
import { IGNORE } from '../core/image/types.ts'
import { thresholdSelector, type Thresholds } from '../core/train/adaptive-threshold.ts'
import { applyThresholds, type Prediction } from '../core/train/pseudo-label.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { classIndices } from './classes.ts'
import { meanLabelled, saveMask } from './initial-mask.ts'
import { workSize } from './photos.ts'
import { averagingOf, openPredictor, readWeights } from './predictor.ts'
import type { Run } from './run.ts'
import { readSuperpixels } from './superpixels.ts'
import type { Size } from './worker.ts'

/** Confidences are kept in 16 bits: exact enough, and thresholds over them are exact. */
const steps = 65535

/**
 * Label refinement (method, section 5): predictions of a round's network -> its masks, in two passes over the photos:
 * first class and confidence of every pixel, then the threshold over all of them.
 */
export async function refineMasks(run: Run, round: number, classes: number): Promise<void> {
  const { store, settings } = run
  const photos = trainable(store)
  await predictAll(run, round, photos)
  const thresholds = findThresholds(run, round, photos, classes)
  const vote = settings['refine.superpixels'] === 'vote'
  for (const [i, photo] of photos.entries()) {
    run.signal.throwIfAborted()
    const prediction = readPrediction(store, run.id, round, photo)
    const mask = applyThresholds(prediction, photo.tags.length > 0 ? thresholds : 0, vote ? readSuperpixels(store, run.id, 'refine', photo.id) : undefined)
    saveMask(store, run.id, round, photo, mask, Uint8Array.from(prediction.data, (p) => Math.round(p * 255)))
    await run.report({ step: 'refine', round, done: i + 1, total: photos.length, unit: 'photos' })
  }
  store.rounds.upsert(run.id, round, {
    threshold: typeof thresholds === 'number' ? thresholds : mean(thresholds),
    labelled: meanLabelled(store, run.id, round),
    agreement: agreement(store, run.id, round, photos),
  })
  for (const photo of photos) store.artifacts.remove(run.id, 'refine', key(round, photo.id))
}

/** Photos whose masks train. */
export const trainable = (store: Store) => store.images.list({ kind: 'photo', trainable: true })
const key = (round: number, imageId: number) => `${round}/${imageId}`

/** Pass 1. Finished photos are skipped. */
async function predictAll(run: Run, round: number, photos: readonly ImageRow[]): Promise<void> {
  const { store, settings } = run
  const missing = photos.filter((photo) => !store.artifacts.get(run.id, 'refine', key(round, photo.id)))
  if (missing.length === 0) return
  const workpieces = classIndices(store)
  const predictor = await openPredictor(run, {
    weights: readWeights(run, round), scales: settings['predict.scales'], averaging: averagingOf(settings, settings['predict.flips']),
  })
  try {
    const predictions = predictor.predict(missing)
    await run.pool.each(missing, 'refine', async (photo) => {
      const { value, done } = await predictions.next()
      if (done) throw new RangeError('expected a prediction a photo, got fewer')
      return {
        probabilities: value.probabilities,
        size: workSize(photo, settings),
        rules: {
          tags: photo.tags.map((name) => workpieces.get(name)!),
          tagRule: settings['refine.tags'], fold: settings['refine.fold'], minShare: settings['refine.minShare'], pieceRatio: settings['refine.pieces'],
          ...(settings['refine.superpixels'] === 'blend' && { blend: readSuperpixels(store, run.id, 'refine', photo.id) }),
        },
        ...(settings['refine.crf'] && { crf: { bytes: store.images.bytes(photo.id), options: crfOptions(settings, workSize(photo, settings)) } }),
      }
    }, async (photo, prediction, i) => {
      store.artifacts.put(run.id, 'refine', key(round, photo.id), packPrediction(store, prediction))
      await run.report({ step: 'predict', round, done: i + 1, total: missing.length, unit: 'photos' })
    }, run.signal)
  } finally {
    await predictor.dispose()
  }
}

/** Class, provenance and confidence (high and low byte) as four planes, so that they pack well. */
function packPrediction(store: Store, { width, height, data, classes, provenance }: Prediction): string {
  const n = width * height
  const planes = new Uint8Array(4 * n)
  planes.set(classes)
  planes.set(provenance, n)
  for (let i = 0; i < n; i++) {
    const value = Math.round(data[i] * steps)
    planes[2 * n + i] = value >> 8
    planes[3 * n + i] = value & 255
  }
  return store.blobs.putArray(planes, [4, height, width])
}

function readPrediction(store: Store, runId: number, round: number, photo: ImageRow): Prediction {
  const found = store.artifacts.get(runId, 'refine', key(round, photo.id))
  if (!found) throw new RangeError(`expected a prediction of photo ${photo.id}, got none`)
  const { data: planes, shape: [, height, width] } = store.blobs.getArray(found.sha)
  const n = width * height
  const data = Float32Array.from({ length: n }, (_, i) => ((planes[2 * n + i] << 8) | planes[3 * n + i]) / steps)
  return { width, height, data, classes: planes.subarray(0, n) as Uint8Array, provenance: planes.subarray(n, 2 * n) as Uint8Array }
}

/** The adaptive threshold over all photos that bear a tag; those without are certain. */
function findThresholds({ store, settings, id }: Run, round: number, photos: readonly ImageRow[], classes: number): Thresholds {
  const tagged = photos.filter((photo) => photo.tags.length > 0)
  const selector = thresholdSelector(settings['refine.ratio'], settings['refine.perClass'] ? classes : 1, settings['refine.background'] || settings['refine.ratio'])
  while (!selector.done) {
    for (const photo of tagged) {
      const prediction = readPrediction(store, id, round, photo)
      selector.add(prediction.data, prediction.classes)
    }
    selector.endPass()
  }
  const thresholds = selector.thresholds()
  return settings['refine.perClass'] ? thresholds : (thresholds[0] ?? 0)
}

/** Share of the pixels labelled in this round and the one before whose label is the same. */
function agreement(store: Store, runId: number, round: number, photos: readonly ImageRow[]): number | null {
  let same = 0
  let both = 0
  for (const photo of photos) {
    const [now, before] = [round, round - 1].map((r) => store.rounds.mask(runId, r, photo.id))
    if (!now || !before) continue
    const a = store.blobs.getLabels(now.maskSha).data
    const b = store.blobs.getLabels(before.maskSha).data
    for (let i = 0; i < a.length; i++) {
      if (a[i] === IGNORE || b[i] === IGNORE) continue
      both++
      if (a[i] === b[i]) same++
    }
  }
  return both > 0 ? same / both : null
}

/** Settings of the dense CRF; its reach in pixels follows the size of the picture, given for 640 x 480. */
export function crfOptions(settings: Settings, { width, height }: Size): CrfOptions {
  const scale = Math.max(width, height) / 640
  return {
    iterations: settings['crf.iterations'],
    gaussian: { width: settings['crf.gaussianWidth'] * scale, weight: settings['crf.gaussianWeight'] },
    bilateral: { width: settings['crf.bilateralWidth'] * scale, colour: settings['crf.bilateralColour'], weight: settings['crf.bilateralWeight'] },
  }
}

const mean = (values: readonly (number | null)[]) => {
  const found = values.flatMap((value) => value ?? [])
  return found.length > 0 ? found.reduce((a, b) => a + b, 0) / found.length : null
}
