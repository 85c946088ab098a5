import { buildLattice, filterLattice, latticeScratch, type Lattice } from './permutohedral.ts'
import type { ChannelMap } from './resize.ts'
import type { RgbImage } from './types.ts'

export interface CrfOptions {
  /** Mean-field iterations. */
  readonly iterations: number
  /** Smoothing kernel: standard deviation in pixels, and strength. */
  readonly gaussian: { readonly width: number; readonly weight: number }
  /** Colour kernel: standard deviations in pixels and in grey levels, and strength. */
  readonly bilateral: { readonly width: number; readonly colour: number; readonly weight: number }
}

/** Probabilities under this count as this: no class is ruled out by one pixel alone. */
const least = 1e-8

/**
 * Fully connected conditional random field: mean field with a Gaussian and a bilateral kernel, Potts model, symmetric normalisation.
 *
 * Krähenbühl and Koltun, NIPS 2011, Algorithm 1 and equation 3; messages by the permutohedral lattice. https://arxiv.org/abs/1210.5644
 *
 * @param probabilities [H, W, C], summing to 1; a class that is 0 everywhere stays so.
 * @param image 8-bit sRGB, [H, W, 3].
 * @returns Q, [H, W, C], summing to 1.
 * @throws RangeError if sizes differ or a width is not over 0.
 */
export function denseCrf(probabilities: ChannelMap, image: RgbImage, options: CrfOptions): ChannelMap {
  const { width, height, channels } = probabilities
  const n = width * height
  if (image.width !== width || image.height !== height)
    throw new RangeError(`expected an image of ${width} x ${height}, got ${image.width} x ${image.height}`)
  if (probabilities.data.length !== n * channels) throw new RangeError(`expected ${n * channels} values, got ${probabilities.data.length}`)
  const { gaussian, bilateral, iterations } = options
  if (!(gaussian.width > 0 && bilateral.width > 0 && bilateral.colour > 0))
    throw new RangeError(`expected widths over 0, got ${gaussian.width}, ${bilateral.width} and ${bilateral.colour}`)
  const classes = presentClasses(probabilities)
  const count = classes.length
  const unary = logProbabilities(probabilities, classes)
  const kernels = [
    ...(gaussian.weight > 0 ? [kernel(buildLattice(positions(image, gaussian.width), 2), gaussian.weight)] : []),
    ...(bilateral.weight > 0 ? [kernel(buildLattice(colours(image, bilateral.width, bilateral.colour), 5), bilateral.weight)] : []),
  ].map((lattice) => ({ lattice, scratch: latticeScratch(lattice, count) }))
  const energy = unary.slice()
  const q = new Float32Array(unary.length)
  softmax(energy, count, q)
  for (let i = 0; i < iterations; i++) {
    energy.set(unary)
    for (const { lattice, scratch } of kernels) filterLattice(lattice, q, count, energy, scratch)
    softmax(energy, count, q)
  }
  return { width, height, channels, data: scatter(q, classes, channels) }
}

function presentClasses({ channels, data }: ChannelMap): number[] {
  const present = new Uint8Array(channels)
  for (let i = 0, c = 0; i < data.length; i++) {
    if (data[i] > 0) present[c] = 1
    if (++c === channels) c = 0
  }
  return Array.from(present.keys()).filter((c) => present[c] === 1)
}

function logProbabilities({ channels, data }: ChannelMap, classes: readonly number[]): Float32Array {
  const out = new Float32Array((data.length / channels) * classes.length)
  for (let at = 0, i = 0; at < data.length; at += channels)
    for (let k = 0; k < classes.length; k++) out[i++] = Math.log(Math.max(data[at + classes[k]], least))
  return out
}

/** Spreads [n, classes present] to [n, channels]. */
function scatter(q: Float32Array, classes: readonly number[], channels: number): Float32Array {
  if (classes.length === channels) return q
  const out = new Float32Array((q.length / Math.max(1, classes.length)) * channels)
  for (let at = 0, i = 0; i < q.length; at += channels) for (let k = 0; k < classes.length; k++) out[at + classes[k]] = q[i++]
  return out
}

function positions({ width, height }: RgbImage, deviation: number): Float32Array {
  const features = new Float32Array(width * height * 2)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      features[at++] = x / deviation
      features[at++] = y / deviation
    }
  }
  return features
}

function colours({ width, height, data }: RgbImage, deviation: number, colour: number): Float32Array {
  const features = new Float32Array(width * height * 5)
  for (let y = 0, at = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      features[at++] = x / deviation
      features[at++] = y / deviation
      for (let c = 0; c < 3; c++) features[at++] = data[from++] / colour
    }
  }
  return features
}

/**
 * The lattice with normalisation and strength folded into its weights: filtering with it is weight * D^-1/2 K D^-1/2, D the row
 * sums of K. Every factor is applied once on the way in and once on the way out, hence the roots.
 */
function kernel(lattice: Lattice, weight: number): Lattice {
  const { points, stride, weights } = lattice
  const rowSums = new Float32Array(points)
  filterLattice(lattice, new Float32Array(points).fill(1), 1, rowSums, latticeScratch(lattice, 1))
  const scaled = weights.slice()
  for (let p = 0, k = 0; p < points; p++) {
    const factor = Math.sqrt(weight / (rowSums[p] + 1e-20))
    for (let r = 0; r < stride; r++, k++) scaled[k] *= factor
  }
  return { ...lattice, weights: scaled }
}

/** Softmax over each pixel's values, [n, channels]. */
function softmax(energy: Float32Array, channels: number, out: Float32Array): void {
  for (let at = 0; at < energy.length; at += channels) {
    let top = -Infinity
    for (let c = 0; c < channels; c++) if (energy[at + c] > top) top = energy[at + c]
    let sum = 0
    for (let c = 0; c < channels; c++) sum += out[at + c] = Math.exp(energy[at + c] - top)
    for (let c = 0; c < channels; c++) out[at + c] /= sum
  }
}
