import type { FloatMap, Raster, RgbImage } from '../image/types.ts'
import { quantile } from './distance.ts'

/** A part of a picture: not 0 where it is. */
export type Region = Raster<Uint8Array>

export interface Grain {
  /** Standard deviation of the Gaussian that the picture's edges look blurred by, in pixels; null where no edge is strong enough. */
  readonly blur: number | null
  /** Standard deviation of the noise of luma, in grey levels of 255, and the mean luma of the pixels where it was measured; null in tiny pictures. */
  readonly noise: number | null
  readonly noiseAt: number
}

/** Blurs whose edges are compared, in pixels; the first also keeps noise away. */
const blurs = [1, 2] as const
/** Variance that central differences add, which are means of the slope over two pixels. */
const differenceBlur = 1 / 3
/** Grey levels a pixel that an edge has at least. */
const leastEdge = 4
const leastEdges = 12
/** Pixels that tell the noise: at least, and at most. */
const leastPixels = 64
const mostPixels = 20_000
/** Median of the absolute value of a normal variable of standard deviation 1. */
const medianOfNormal = 0.6745

/**
 * Blur of a picture or a region of it, and noise of the whole: it comes from the sensor, and texture of a small region would be taken for it.
 *
 * Blur: the ratio of gradients at edges under two Gaussians (Zhuo and Sim, Pattern Recognition 2011, "Defocus map estimation from a single image",
 * https://doi.org/10.1016/j.patcog.2011.03.009), its median over edges.
 * Noise: the Laplacian difference of Immerkaer (CVIU 1996, https://doi.org/10.1006/cviu.1996.0060) over the smoother half of the pixels, its median
 * in place of the mean.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @param region Whose edges are taken, of the same size; without, the whole picture.
 * @throws RangeError if the sizes differ.
 */
export function grainOf(image: RgbImage, region?: Region): Grain {
  if (region && (region.width !== image.width || region.height !== image.height))
    throw new RangeError(`expected a region of ${image.width} x ${image.height}, got ${region.width} x ${region.height}`)
  const grey = luma(image)
  const near = gradient(blurred(grey, blurs[0]))
  const far = gradient(blurred(grey, blurs[1]))
  return { blur: blurOf(near, far, region), ...noiseOf(grey, near) }
}

/** Luma of Rec. 601, 0 .. 255. */
function luma({ width, height, data }: RgbImage): FloatMap {
  const out = new Float32Array(width * height)
  for (let i = 0; i < out.length; i++) out[i] = 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]
  return { width, height, data: out }
}

/** Convolved with a Gaussian; the border is repeated. */
function blurred(map: FloatMap, sigma: number): FloatMap {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)))
  const sum = weights.reduce((a, b) => a + b, 0)
  const kernel = Float64Array.from(weights, (weight) => weight / sum)
  const { width, height } = map
  const data = map.data.slice()
  for (let y = 0; y < height; y++) blurLine(data, y * width, 1, width, kernel)
  for (let x = 0; x < width; x++) blurLine(data, x, width, height, kernel)
  return { width, height, data }
}

/** In place, over `length` values that are `stride` apart. */
function blurLine(data: Float32Array, start: number, stride: number, length: number, kernel: Float64Array): void {
  const reach = kernel.length >> 1
  const line = new Float64Array(length + 2 * reach)
  for (let i = 0; i < line.length; i++) line[i] = data[start + stride * Math.min(length - 1, Math.max(0, i - reach))]
  for (let i = 0; i < length; i++) {
    let sum = 0
    for (let k = 0; k < kernel.length; k++) sum += kernel[k] * line[i + k]
    data[start + i * stride] = sum
  }
}

interface Gradient extends FloatMap {
  readonly dx: Float32Array
  readonly dy: Float32Array
}

/** Central differences, grey levels a pixel; 0 on the border. */
function gradient({ width, height, data }: FloatMap): Gradient {
  const dx = new Float32Array(data.length), dy = new Float32Array(data.length), size = new Float32Array(data.length)
  for (let y = 1; y + 1 < height; y++)
    for (let x = 1, i = y * width + 1; x + 1 < width; x++, i++) {
      dx[i] = (data[i + 1] - data[i - 1]) / 2
      dy[i] = (data[i + width] - data[i - width]) / 2
      size[i] = Math.hypot(dx[i], dy[i])
    }
  return { width, height, data: size, dx, dy }
}

function blurOf(near: Gradient, far: Gradient, region?: Region): number | null {
  const { width, height, data, dx, dy } = near
  const [a, b] = blurs.map((sigma) => sigma ** 2 + differenceBlur)
  const found: number[] = []
  for (let y = 2; y + 2 < height; y++)
    for (let x = 2, i = y * width + 2; x + 2 < width; x++, i++) {
      if (data[i] < leastEdge || (region && !touches(region, x, y))) continue
      const step = Math.abs(dx[i]) >= Math.abs(dy[i]) ? 1 : width
      if (data[i] < data[i - step] || data[i] <= data[i + step]) continue
      const ratio = Math.min((data[i] / far.data[i]) ** 2, b / a)
      found.push(ratio > 1 ? Math.sqrt((b - a * ratio) / (ratio - 1)) : width)
    }
  return found.length < leastEdges ? null : quantile(found, 0.5)
}

/** Whether a pixel lies in a region or two pixels beside it, where its outline is. */
function touches({ width, data }: Region, x: number, y: number): boolean {
  const i = y * width + x
  return data[i] !== 0 || data[i - 2] !== 0 || data[i + 2] !== 0 || data[i - 2 * width] !== 0 || data[i + 2 * width] !== 0
}

function noiseOf({ width, height, data }: FloatMap, edges: Gradient): Pick<Grain, 'noise' | 'noiseAt'> {
  const inside: number[] = []
  for (let y = 1; y + 1 < height; y++)
    for (let x = 1, i = y * width + 1; x + 1 < width; x++, i++) inside.push(i)
  if (inside.length < leastPixels) return { noise: null, noiseAt: 0 }
  const every = Math.ceil(inside.length / mostPixels)
  const chosen = inside.filter((_, k) => k % every === 0)
  const limit = quantile(chosen.map((i) => edges.data[i]), 0.5)
  const smooth = chosen.filter((i) => edges.data[i] <= limit)
  const differences = smooth.map((i) => Math.abs(data[i - width - 1] - 2 * data[i - width] + data[i - width + 1] - 2 * data[i - 1] + 4 * data[i]
    - 2 * data[i + 1] + data[i + width - 1] - 2 * data[i + width] + data[i + width + 1]))
  return { noise: quantile(differences, 0.5) / (6 * medianOfNormal), noiseAt: smooth.reduce((sum, i) => sum + data[i], 0) / smooth.length }
}
