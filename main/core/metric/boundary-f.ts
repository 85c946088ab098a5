import { boundary } from '../image/boundary.ts'
import { dilate, discKernel } from '../image/morphology.ts'
import { IGNORE, type LabelMap } from '../image/types.ts'

/** Boundary pixels per class: how many there are, and how many lie near one of the other side. Sums over images by adding. */
export interface BoundaryCounts {
  readonly predicted: Float64Array
  readonly predictedHits: Float64Array
  readonly actual: Float64Array
  readonly actualHits: Float64Array
}

/** Counts of zeros. */
export function emptyBoundary(classes: number): BoundaryCounts {
  const zeros = () => new Float64Array(classes)
  return { predicted: zeros(), predictedHits: zeros(), actual: zeros(), actualHits: zeros() }
}

/**
 * Counts, for every class, boundary pixels of truth and prediction that lie within a distance of one another.
 *
 * Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013, section 2.2.
 *
 * @param truth Class per pixel, [H, W]; pixels that are 255 and what borders on them are left out.
 * @param prediction Class per pixel, [H, W].
 * @param classes Number of classes, background included.
 * @param tolerance Euclidean distance, pixels (default 2).
 * @throws RangeError if sizes differ.
 */
export function boundaryCounts(truth: LabelMap, prediction: LabelMap, classes: number, tolerance = 2): BoundaryCounts {
  const { width, height } = truth
  if (prediction.width !== width || prediction.height !== height)
    throw new RangeError(`expected a prediction of ${width} x ${height}, got ${prediction.width} x ${prediction.height}`)
  const counts = emptyBoundary(classes)
  const near = discKernel(tolerance)
  const seen = prediction.data.map((p, i) => (truth.data[i] === IGNORE ? IGNORE : p))
  const present = new Uint8Array(IGNORE + 1)
  for (let i = 0; i < seen.length; i++) present[seen[i]] = present[truth.data[i]] = 1
  for (let c = 0; c < classes; c++) {
    if (!present[c]) continue
    const actual = outline(truth.data, c, width, height)
    const predicted = outline(seen, c, width, height)
    const nearActual = dilate({ width, height, data: actual }, near).data
    const nearPredicted = dilate({ width, height, data: predicted }, near).data
    for (let i = 0; i < actual.length; i++) {
      counts.actual[c] += actual[i]
      counts.actualHits[c] += actual[i] & nearPredicted[i]
      counts.predicted[c] += predicted[i]
      counts.predictedHits[c] += predicted[i] & nearActual[i]
    }
  }
  return counts
}

/** The sum of counts of several images. */
export function sumBoundary(all: readonly BoundaryCounts[], classes: number): BoundaryCounts {
  const sum = emptyBoundary(classes)
  for (const counts of all)
    for (const key of Object.keys(sum) as (keyof BoundaryCounts)[])
      for (let c = 0; c < classes; c++) sum[key][c] += counts[key][c]
  return sum
}

/**
 * Boundary F-score of every class: 2 P R / (P + R), P and R the shares of predicted and true boundary pixels near the other.
 *
 * @returns null where a class has no boundary in truth or prediction; 0 where it has one in but one of them.
 */
export function boundaryScores({ predicted, predictedHits, actual, actualHits }: BoundaryCounts): (number | null)[] {
  return Array.from(predicted, (_, c) => {
    if (predicted[c] === 0 && actual[c] === 0) return null
    if (predicted[c] === 0 || actual[c] === 0) return 0
    const precision = predictedHits[c] / predicted[c], recall = actualHits[c] / actual[c]
    return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0
  })
}

/** Mean boundary F-score over workpieces (classes 1 and up) that have one; null where none has. */
export function meanBoundaryF(counts: BoundaryCounts): number | null {
  const scores = boundaryScores(counts).slice(1).filter((v) => v !== null)
  return scores.length > 0 ? scores.reduce((a, b) => a + b, 0) / scores.length : null
}

/**
 * Boundary F-score of one image: the mean over its workpieces.
 *
 * @param tolerance Euclidean distance, pixels (default 2).
 * @returns null where neither truth nor prediction has a boundary of a workpiece.
 * @throws RangeError if sizes differ.
 */
export function boundaryF(truth: LabelMap, prediction: LabelMap, tolerance = 2): number | null {
  let classes = 1
  for (const { data } of [truth, prediction])
    for (let i = 0; i < data.length; i++) if (data[i] >= classes && data[i] !== IGNORE) classes = data[i] + 1
  return meanBoundaryF(boundaryCounts(truth, prediction, classes, tolerance))
}

/** Inner boundary of one class: its pixels beside another class; 1 there, 0 elsewhere. */
function outline(labels: Uint8Array, c: number, width: number, height: number): Uint8Array {
  const of = labels.map((v) => (v === IGNORE ? IGNORE : v === c ? 1 : 0))
  const edge = boundary({ width, height, data: of }, { ignore: IGNORE }).data
  for (let i = 0; i < edge.length; i++) edge[i] &= of[i] === 1 ? 1 : 0
  return edge
}
