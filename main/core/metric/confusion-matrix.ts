import { IGNORE, type LabelMap } from '../image/types.ts'

/** Pixel counts [truth][prediction], row-major, classes x classes. Plain numbers: exact up to 2^53 pixels. */
export interface ConfusionMatrix {
  readonly classes: number
  readonly counts: Float64Array
}

/** A matrix of zeros. Throws RangeError unless classes is 1 .. 255. */
export function emptyConfusion(classes: number): ConfusionMatrix {
  if (!Number.isInteger(classes) || classes < 1 || classes > IGNORE) throw new RangeError(`expected 1 to 255 classes, got ${classes}`)
  return { classes, counts: new Float64Array(classes * classes) }
}

/**
 * Counts every pixel of a prediction against its truth; truth pixels that are 255 are left out.
 *
 * @param truth Class per pixel, [H, W], 255 = not counted.
 * @param prediction Class per pixel, [H, W].
 * @param classes Number of classes, background included.
 * @throws RangeError if sizes differ or a label is no class.
 */
export function confusionMatrix(truth: LabelMap, prediction: LabelMap, classes: number): ConfusionMatrix {
  if (truth.width !== prediction.width || truth.height !== prediction.height)
    throw new RangeError(`expected a prediction of ${truth.width} x ${truth.height}, got ${prediction.width} x ${prediction.height}`)
  const matrix = emptyConfusion(classes)
  for (let i = 0; i < truth.data.length; i++) {
    const g = truth.data[i], p = prediction.data[i]
    if (g === IGNORE) continue
    if (g >= classes || p >= classes) throw new RangeError(`expected labels under ${classes}, got truth ${g}, prediction ${p}`)
    matrix.counts[g * classes + p]++
  }
  return matrix
}

/** The sum of matrices of one size. Throws RangeError if there is none or their sizes differ. */
export function sumConfusion(matrices: readonly ConfusionMatrix[]): ConfusionMatrix {
  if (matrices.length === 0) throw new RangeError('expected at least one matrix, got none')
  const sum = emptyConfusion(matrices[0].classes)
  for (const { classes, counts } of matrices) {
    if (classes !== sum.classes) throw new RangeError(`expected matrices of ${sum.classes} classes, got ${classes}`)
    for (let i = 0; i < counts.length; i++) sum.counts[i] += counts[i]
  }
  return sum
}

/** Intersection over union of every class: TP / (TP + FP + FN); null where a class is in neither truth nor prediction. */
export function iouPerClass({ classes, counts }: ConfusionMatrix): (number | null)[] {
  return Array.from({ length: classes }, (_, c) => {
    let union = -counts[c * classes + c]
    for (let k = 0; k < classes; k++) union += counts[c * classes + k] + counts[k * classes + c]
    return union > 0 ? counts[c * classes + c] / union : null
  })
}

/**
 * Mean IoU over workpieces (classes 1 and up) and over all classes; classes in neither truth nor prediction are left out.
 *
 * @returns null where no class is left.
 */
export function meanIou(matrix: ConfusionMatrix): { workpieces: number | null; withBackground: number | null } {
  const iou = iouPerClass(matrix)
  return { workpieces: mean(iou.slice(1)), withBackground: mean(iou) }
}

/** Share of counted pixels that are right; null where none is counted. */
export function pixelAccuracy({ classes, counts }: ConfusionMatrix): number | null {
  let right = 0
  for (let c = 0; c < classes; c++) right += counts[c * classes + c]
  const total = counts.reduce((a, b) => a + b, 0)
  return total > 0 ? right / total : null
}

function mean(values: readonly (number | null)[]): number | null {
  const present = values.filter((v) => v !== null)
  return present.length > 0 ? present.reduce((a, b) => a + b, 0) / present.length : null
}
