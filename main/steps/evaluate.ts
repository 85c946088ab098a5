import { boundaryF } from '../core/metric/boundary-f.ts'
import { confusionMatrix } from '../core/metric/confusion-matrix.ts'
import { resizeChannels, resizeLabels } from '../core/image/resize.ts'
import { IGNORE, type LabelMap } from '../core/image/types.ts'
import { argmax } from '../core/train/pseudo-label.ts'
import type { ImageRow } from '../store/images.ts'
import { openTruth } from '../store/truth.ts'
import { classCount } from './classes.ts'
import { evaluatedKey, type EvaluatedKind } from './evaluated.ts'
import { openFinished } from './predictor.ts'
import { estimateEvaluated, estimateMasks } from './quality.ts'
import { crfOptions } from './refine.ts'
import type { Run } from './run.ts'

/** Pixels by which a boundary may be off and still count as found. */
const boundaryTolerance = 2

/**
 * Step: masks and networks of every round, truth -> confusion matrices. Round 0 are the initial masks, later rounds the network
 * of that round as it would be exported: one photo at one size, no tags. `crf` is the last network with the dense CRF behind it.
 */
export async function evaluate(run: Run): Promise<void> {
  const { store } = run
  const truth = openTruth(store)
  const photos = truth.list().map(({ imageId }) => store.images.get(imageId)).filter((photo) => !photo.rejected)
  const classes = classCount(store)
  const known = new Set(store.metrics.list(run.id).map((row) => evaluatedKey(row.round, row.kind, row.imageId)))
  const rounds = store.rounds.list(run.id).filter(({ state }) => state === 'done').map(({ round }) => round)
  const total = photos.length * (rounds.length + 1)
  let done = 0
  const save = async (round: number, kind: EvaluatedKind, photo: ImageRow, prediction: LabelMap) => {
    const labels = truth.labels(photo.id)
    const { counts } = confusionMatrix(labels, prediction, classes)
    const f = boundaryF(labels, prediction, boundaryTolerance)
    store.artifacts.put(run.id, 'evaluate', evaluatedKey(round, kind, photo.id), store.blobs.putLabels(prediction))
    store.metrics.save(run.id, { round, kind, imageId: photo.id, confusion: Array.from(counts), boundaryF: f })
    await run.report({ step: 'evaluate', done: ++done, total, unit: 'photos' })
  }
  const missing = (round: number, kind: EvaluatedKind) => {
    const list = photos.filter((photo) => !known.has(evaluatedKey(round, kind, photo.id)))
    done += photos.length - list.length
    return list
  }

  for (const round of rounds) {
    run.signal.throwIfAborted()
    if (round === 0) for (const photo of missing(0, 'round')) await save(0, 'round', photo, initialLabels(run, photo))
    else await predicted(run, round, missing(round, 'round'), (photo, labels) => save(round, 'round', photo, labels))
    await estimateMasks(run, round)
    await estimateEvaluated(run, round, photos)
  }
  const last = rounds[rounds.length - 1]
  if (last > 0) await predictedWithCrf(run, last, missing(last, 'crf'), (photo, labels) => save(last, 'crf', photo, labels))
}

/** The mask of round 0 at the photo's own size; what it leaves open counts as background, for a photo has to be decided everywhere. */
function initialLabels({ store, id }: Run, photo: ImageRow): LabelMap {
  const mask = store.rounds.mask(id, 0, photo.id)
  if (!mask) throw new RangeError(`expected an initial mask of photo ${photo.id}, got none`)
  const labels = resizeLabels(store.blobs.getLabels(mask.maskSha), photo.width, photo.height)
  return { ...labels, data: labels.data.map((label) => (label === IGNORE ? 0 : label)) }
}

async function predicted(run: Run, round: number, photos: readonly ImageRow[], take: (photo: ImageRow, labels: LabelMap) => Promise<void>): Promise<void> {
  if (photos.length === 0) return
  const predictor = await openFinished(run, round)
  try {
    for await (const { photo, probabilities } of predictor.predict(photos)) {
      const { width, height } = photo
      await take(photo, { width, height, data: argmax(resizeChannels(probabilities, width, height)) })
    }
  } finally {
    await predictor.dispose()
  }
}

async function predictedWithCrf(run: Run, round: number, photos: readonly ImageRow[], take: (photo: ImageRow, labels: LabelMap) => Promise<void>): Promise<void> {
  if (photos.length === 0) return
  const predictor = await openFinished(run, round)
  try {
    const predictions = predictor.predict(photos)
    await run.pool.each(photos, 'crfLabels', async (photo) => {
      const next = await predictions.next()
      if (next.done) throw new RangeError('expected a prediction a photo, got fewer')
      const { width, height } = photo
      return { probabilities: next.value.probabilities, bytes: run.store.images.bytes(photo.id), size: { width, height }, options: crfOptions(run.settings, photo) }
    }, (photo, labels) => take(photo, labels), run.signal)
  } finally {
    await predictor.dispose()
  }
}
