import { canny } from '../image/canny.ts'
import { labelDistance } from '../image/distance-transform.ts'
import { dilate, ellipseKernel, rectKernel, type Kernel } from '../image/morphology.ts'
import { IGNORE, type FloatMap, type LabelMap, type Raster } from '../image/types.ts'

export interface RenderWeightOptions {
  /** Extra weight of the band along edges. */
  readonly k: number
  /** Width of the band, pixels. */
  readonly width: number
  /** Shape of the dilation (default ellipse). */
  readonly shape?: 'ellipse' | 'rect'
}

/**
 * Weights of a render's pixels: 1 + k on a band along the edges of its labels, 1 elsewhere.
 *
 * Method, section 3, "external shape awareness": Canny of the label map, dilated; edges are taken per class, so that no border
 * between two classes is lost.
 *
 * @param labels Exact mask, [H, W].
 * @returns Weights, [H, W].
 * @throws RangeError if width is not a positive integer.
 */
export function renderWeights(labels: LabelMap, { k, width, shape = 'ellipse' }: RenderWeightOptions): FloatMap {
  const kernel = kernelOf(shape, width)
  const weights = new Float32Array(labels.data.length).fill(1)
  if (k === 0) return { width: labels.width, height: labels.height, data: weights }
  const band = dilate(labelEdges(labels), kernel)
  for (let i = 0; i < weights.length; i++) if (band.data[i] !== 0) weights[i] = 1 + k
  return { width: labels.width, height: labels.height, data: weights }
}

/**
 * Edges of a label map: Canny(255 where label = c, 100, 200) of every class c, united.
 *
 * @returns 255 on edges, 0 elsewhere, [H, W].
 */
export function labelEdges({ width, height, data }: LabelMap): Raster<Uint8Array> {
  const present = new Uint8Array(IGNORE + 1)
  for (let i = 0; i < data.length; i++) present[data[i]] = 1
  const edges = new Uint8Array(data.length)
  const mask = new Uint8Array(data.length)
  if (present.reduce((a, b) => a + b, 0) < 2) return { width, height, data: edges }
  for (let c = 0; c < IGNORE; c++) {
    if (!present[c]) continue
    for (let i = 0; i < mask.length; i++) mask[i] = data[i] === c ? 255 : 0
    const found = canny({ width, height, data: mask }, { low: 100, high: 200 }).data
    for (let i = 0; i < edges.length; i++) edges[i] |= found[i]
  }
  return { width, height, data: edges }
}

/**
 * Weights of a photo's pixels: w = 2 sigmoid(d / s) - 1, where d is the distance to the nearest pixel with another label.
 *
 * Method, section 3, equation 2: the nearer the centre of its region, the more likely a pseudo label is right.
 *
 * @param labels Pseudo labels, [H, W]; 255 = no label, which is another label to its neighbours.
 * @param options.s Distance at which w is 0.46, pixels; 0 trusts every label alike.
 * @returns Weights 0..1, [H, W]; 0 where the label is 255, 1 in a region that fills the picture.
 * @throws RangeError if s is negative.
 */
export function photoWeights(labels: LabelMap, { s }: { readonly s: number }): FloatMap {
  if (!(s >= 0)) throw new RangeError(`expected a distance of 0 or more, got ${s}`)
  const { width, height, data } = labels
  const weights = new Float32Array(data.length)
  if (s === 0) {
    for (let i = 0; i < data.length; i++) weights[i] = data[i] === IGNORE ? 0 : 1
    return { width, height, data: weights }
  }
  const distance = labelDistance(labels).data
  for (let i = 0; i < data.length; i++) weights[i] = data[i] === IGNORE ? 0 : Math.tanh(distance[i] / (2 * s))
  return { width, height, data: weights }
}

function kernelOf(shape: 'ellipse' | 'rect', size: number): Kernel {
  return shape === 'rect' ? rectKernel(size) : ellipseKernel(size)
}
