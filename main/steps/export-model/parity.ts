import { openModel } from '../../core/engine/export-graph.ts'
import { resizeChannels, resizeLabels } from '../../core/image/resize.ts'
import type { LabelMap } from '../../core/image/types.ts'
import { confusionMatrix, meanIou, sumConfusion, type ConfusionMatrix } from '../../core/metric/confusion-matrix.ts'
import { argmax } from '../../core/train/pseudo-label.ts'
import type { ImageRow } from '../../store/images.ts'
import { openTruth } from '../../store/truth.ts'
import { classCount } from '../classes.ts'
import { readPixels } from '../photos.ts'
import { openFinished } from '../predictor.ts'
import type { Run } from '../run.ts'
import type { Form } from './build.ts'

/** Photos beside those with truth on which the two are compared. */
const otherPhotos = 50

/** The written model against the trained network. */
export interface Parity {
  readonly photos: number
  /** Share of pixels whose label differs. */
  readonly disagreement: number
  /** Largest difference of a pixel's probability of its label. */
  readonly largestDifference: number
  /** mIoU over workpieces on photos with truth, of the trained network and of the model; null without truth. */
  readonly miou: { readonly trained: number; readonly written: number } | null
  /** Photos that differ by more than their share, the most differing one first. */
  readonly differing: readonly { readonly id: number; readonly name: string; readonly disagreement: number }[]
}

/**
 * Loads a written model afresh and compares it with the trained network, on all photos with truth and 50 others.
 *
 * @param limit Share of a photo's pixels above which it is named as differing.
 */
export async function compare(run: Run, round: number, bytes: Uint8Array, { size }: Pick<Form, 'size'>, limit: number): Promise<Parity> {
  const photos = photosToCompare(run)
  const predictor = await openFinished(run, round, size === 'dynamic' ? undefined : size)
  const model = await openModel(bytes, { threads: run.pool.size })
  const sum = { pixels: 0, wrong: 0, largest: 0, trained: [] as ConfusionMatrix[], written: [] as ConfusionMatrix[] }
  const differing: { id: number; name: string; disagreement: number }[] = []
  let done = 0
  try {
    for await (const { photo, probabilities } of predictor.predict(photos)) {
      run.signal.throwIfAborted()
      const { width, height } = size === 'dynamic' ? photo : size
      const map = resizeChannels(probabilities, width, height)
      const expected: LabelMap = { width, height, data: argmax(map) }
      const { labels, confidence } = await model.predict(readPixels(run, photo, { width, height }))
      let wrong = 0
      for (let i = 0; i < expected.data.length; i++) {
        if (expected.data[i] !== labels.data[i]) wrong++
        else sum.largest = Math.max(sum.largest, Math.abs(map.data[i * map.channels + expected.data[i]] - confidence.data[i]))
      }
      sum.wrong += wrong
      sum.pixels += expected.data.length
      if (wrong > limit * expected.data.length) differing.push({ id: photo.id, name: photo.name, disagreement: wrong / expected.data.length })
      if (photo.hasTruth) {
        const truth = resizeLabels(openTruth(run.store).labels(photo.id), width, height)
        sum.trained.push(confusionMatrix(truth, expected, classCount(run.store)))
        sum.written.push(confusionMatrix(truth, labels, classCount(run.store)))
      }
      await run.report({ step: 'export', done: ++done, total: photos.length, unit: 'photos' })
    }
  } finally {
    await predictor.dispose()
    await model.dispose()
  }
  return {
    photos: photos.length, disagreement: sum.wrong / Math.max(1, sum.pixels), largestDifference: sum.largest,
    miou: sum.trained.length > 0 ? { trained: miou(sum.trained), written: miou(sum.written) } : null,
    differing: differing.sort((a, b) => b.disagreement - a.disagreement),
  }
}

const miou = (matrices: readonly ConfusionMatrix[]) => meanIou(sumConfusion(matrices)).workpieces ?? 0

/** Photos with truth and an even choice of the others. */
export function photosToCompare({ store }: Pick<Run, 'store'>): ImageRow[] {
  const photos = store.images.list({ kind: 'photo' })
  const others = photos.filter((photo) => !photo.hasTruth)
  const every = Math.max(1, Math.floor(others.length / otherPhotos))
  return [...photos.filter((photo) => photo.hasTruth), ...others.filter((_, i) => i % every === 0).slice(0, otherPhotos)]
}
