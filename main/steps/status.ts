import type { ProjectStatus, QualityGuess, RoundStatus, RunStatus, Scores } from '../../preload/contract/model.ts'
import { iouPerClass, meanIou, sumConfusion, type ConfusionMatrix } from '../core/metric/confusion-matrix.ts'
import { spearman } from '../core/metric/rank.ts'
import { openStore, type Store } from '../store/index.ts'
import type { MetricRow } from '../store/metrics.ts'
import { openQuality, type QualityRow } from '../store/quality.ts'
import { cameraSeedCount } from './camera-seeds.ts'

/** A photo's part of a score. */
export interface Scored {
  readonly tags: readonly string[]
  readonly group: string
  readonly confusion: ConfusionMatrix
  readonly boundaryF: number | null
}

/**
 * Scores over photos with truth.
 *
 * mIoU: of the summed matrix, over classes present in truth or prediction. A workpiece's row: IoU of its class over the photos
 * that bear its tag. A group's: mIoU over workpieces of its photos. Method, section 8.
 */
export function scoresOf(photos: readonly Scored[], workpieces: readonly { name: string; classIndex: number }[]): Scores {
  const groups = [...new Set(photos.map((photo) => photo.group))].sort()
  const sum = (part: readonly Scored[]) => sumConfusion(part.map((photo) => photo.confusion))
  const boundary = photos.flatMap((photo) => photo.boundaryF ?? [])
  return {
    miou: photos.length > 0 ? meanIou(sum(photos)) : { workpieces: null, withBackground: null },
    perWorkpiece: Object.fromEntries(workpieces.map(({ name, classIndex }) => {
      const bearing = photos.filter((photo) => photo.tags.includes(name))
      return [name, bearing.length > 0 ? iouPerClass(sum(bearing))[classIndex] : null]
    })),
    perGroup: Object.fromEntries(groups.map((group) => [group, meanIou(sum(photos.filter((photo) => photo.group === group))).workpieces])),
    boundaryF: boundary.length > 0 ? boundary.reduce((a, b) => a + b, 0) / boundary.length : null,
  }
}

/** What a run has come to, round by round. */
export function runStatus(store: Store, runId: number): RunStatus {
  const run = store.runs.get(runId)
  const workpieces = store.workpieces.list()
  const metrics = store.metrics.list(runId)
  const estimates = openQuality(store).list(runId)
  const scores = (rows: readonly MetricRow[]) => scoresOf(rows.map((row) => scored(store, row)), workpieces)
  const rounds: RoundStatus[] = store.rounds.list(runId).map((round) => ({
    ...scores(metrics.filter((row) => row.kind === 'round' && row.round === round.round)),
    quality: guessOf(store, estimates.filter((row) => row.round === round.round), metrics.filter((row) => row.kind === 'round' && row.round === round.round)),
    round: round.round,
    masks: { labelled: round.labelled, agreement: round.agreement },
    threshold: round.threshold,
    durationMs: round.durationMs,
  }))
  const crf = metrics.filter((row) => row.kind === 'crf')
  const { id, state, preset, seed, device } = run
  return { id, state, preset, seed, device, rounds, crf: crf.length > 0 ? scores(crf) : null, seeds: cameraSeedCount(store, runId) }
}

/**
 * Estimates of a round over photos that bear a tag: their mean where they train, and over those with truth Spearman's rank correlation with
 * the IoU over workpieces, photo by photo.
 */
function guessOf(store: Store, estimates: readonly QualityRow[], metrics: readonly MetricRow[]): QualityGuess {
  const tagged = estimates.map((row) => ({ ...row, photo: store.images.get(row.imageId) })).filter(({ photo }) => photo.tags.length > 0 && !photo.rejected)
  const train = tagged.filter(({ photo }) => !photo.hasTruth)
  const iou = new Map(metrics.map((row) => [row.imageId, meanIou(scored(store, row).confusion).workpieces]))
  const pairs = tagged.flatMap(({ imageId, estimate }) => (iou.get(imageId) ?? null) === null ? [] : [[estimate, iou.get(imageId)!] as const])
  return {
    mean: train.length > 0 ? train.reduce((sum, { estimate }) => sum + estimate, 0) / train.length : null,
    photos: train.length,
    follows: spearman(pairs.map(([estimate]) => estimate), pairs.map(([, value]) => value)),
    truths: pairs.length,
  }
}

/** A metric with the photo it is of. */
export function scored(store: Store, row: MetricRow): Scored {
  const image = store.images.get(row.imageId)
  const counts = Float64Array.from(row.confusion)
  return { tags: image.tags, group: image.group, confusion: { classes: Math.sqrt(counts.length), counts }, boundaryF: row.boundaryF }
}

/** The project as `status --json` tells it. */
export function projectStatus(store: Store): ProjectStatus {
  const photos = store.images.list({ kind: 'photo' })
  return {
    project: store.name,
    workpieces: store.workpieces.list().map(({ name }) => name),
    images: {
      renders: store.images.count({ kind: 'render' }),
      photos: photos.length,
      trainingPhotos: photos.filter((photo) => !photo.hasTruth && !photo.rejected).length,
      backgroundPhotos: photos.filter((photo) => photo.tags.length === 0).length,
      truths: photos.filter((photo) => photo.hasTruth).length,
      rejected: photos.filter((photo) => photo.rejected).length,
    },
    runs: store.runs.list().map((run) => runStatus(store, run.id)),
  }
}

/** Opens a project, reads its status, closes it. Throws AppError as openStore does. */
export function statusOf(project: string): ProjectStatus {
  const store = openStore(project)
  try {
    return projectStatus(store)
  } finally {
    store.close()
  }
}
