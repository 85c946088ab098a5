import type { LabImage } from './lab.ts'
import { regions } from './components.ts'
import { mergeSmallRegions } from './region-merge.ts'
import type { SegmentMap } from './types.ts'

export interface SlicOptions {
  /** Wanted number of superpixels. */
  readonly segments: number
  /** Weight of nearness against colour. */
  readonly compactness: number
  /** Clustering rounds (default 10). */
  readonly iterations?: number
  /** Width of a Gaussian blur before clustering, pixels (default 0 = none). */
  readonly sigma?: number
}

/** Cluster centres as [L, a, b, x, y] each. */
type Centres = Float64Array

/**
 * Simple linear iterative clustering.
 *
 * Achanta et al., TPAMI 2012, Algorithm 1. https://doi.org/10.1109/TPAMI.2012.120
 * Stray pieces join the neighbour of the most similar colour.
 *
 * @param image CIELAB, [H, W, 3] row-major; L in 0..100.
 * @param options.segments Wanted number of superpixels.
 * @returns Labels 0..n-1, Int32Array [H, W], every label connected (4 neighbours).
 * @throws RangeError if segments exceeds the number of pixels or an option is out of range.
 */
export function slic(image: LabImage, { segments, compactness, iterations = 10, sigma = 0 }: SlicOptions): SegmentMap {
  const { width, height } = image
  const n = width * height
  if (!Number.isInteger(segments) || segments < 1 || segments > n) throw new RangeError(`expected 1 to ${n} segments, got ${segments}`)
  if (!(compactness > 0)) throw new RangeError(`expected a compactness over 0, got ${compactness}`)
  if (image.data.length !== 3 * n) throw new RangeError(`expected ${3 * n} values, got ${image.data.length}`)
  const lab = sigma > 0 ? blur(image, sigma) : image
  const step = Math.sqrt(n / segments)
  const centres = seeds(lab, segments, step)
  const labels = new Int32Array(n)
  const distance = new Float32Array(n)
  for (let i = 0; i < iterations; i++) {
    assign(lab, centres, step, compactness, labels, distance)
    update(lab, centres, labels)
  }
  return mergeSmallRegions(lab, regions({ width, height, data: labels }), segments)
}

/** A regular grid of centres, each moved to the lowest gradient of its 3 x 3 neighbourhood (section 3.1). */
function seeds(lab: LabImage, segments: number, step: number): Centres {
  const { width, height } = lab
  const rows = Math.min(Math.max(1, Math.round(height / step)), height)
  const columns = Math.min(Math.max(1, Math.round(segments / rows)), width)
  const centres = new Float64Array(rows * columns * 5)
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, at += 5) {
      const x = Math.floor(((c + 0.5) * width) / columns), y = Math.floor(((r + 0.5) * height) / rows)
      const p = lowestGradient(lab, x, y)
      centres.set(lab.data.subarray(3 * p, 3 * p + 3), at)
      centres[at + 3] = p % width
      centres[at + 4] = Math.floor(p / width)
    }
  }
  return centres
}

function lowestGradient({ width, height, data }: LabImage, x: number, y: number): number {
  let best = y * width + x
  let least = Infinity
  for (let v = Math.max(y - 1, 1); v <= Math.min(y + 1, height - 2); v++) {
    for (let u = Math.max(x - 1, 1); u <= Math.min(x + 1, width - 2); u++) {
      const p = v * width + u
      let gradient = 0
      for (let c = 0; c < 3; c++) {
        gradient += (data[3 * (p + 1) + c] - data[3 * (p - 1) + c]) ** 2 + (data[3 * (p + width) + c] - data[3 * (p - width) + c]) ** 2
      }
      if (gradient < least) {
        least = gradient
        best = p
      }
    }
  }
  return best
}

/** Gives each pixel the nearest centre among those whose 2S x 2S window holds it (equation 3, squared). */
function assign(
  { width, height, data }: LabImage, centres: Centres, step: number, compactness: number, labels: Int32Array, distance: Float32Array,
): void {
  distance.fill(Infinity)
  const nearness = (compactness / step) ** 2
  const reach = Math.ceil(step)
  for (let k = 0, at = 0; at < centres.length; k++, at += 5) {
    const l = centres[at], a = centres[at + 1], b = centres[at + 2], cx = centres[at + 3], cy = centres[at + 4]
    const left = Math.max(0, Math.floor(cx - reach)), right = Math.min(width - 1, Math.ceil(cx + reach))
    const bottom = Math.min(height - 1, Math.ceil(cy + reach))
    for (let y = Math.max(0, Math.floor(cy - reach)); y <= bottom; y++) {
      const dy = nearness * (y - cy) * (y - cy)
      for (let x = left, i = y * width + left; x <= right; x++, i++) {
        const dl = data[3 * i] - l, da = data[3 * i + 1] - a, db = data[3 * i + 2] - b
        const d = dl * dl + da * da + db * db + dy + nearness * (x - cx) * (x - cx)
        if (d < distance[i]) {
          distance[i] = d
          labels[i] = k
        }
      }
    }
  }
}

/** Moves each centre to the mean of its pixels; a centre without pixels stays. */
function update({ width, data }: LabImage, centres: Centres, labels: Int32Array): void {
  const sums = new Float64Array(centres.length)
  const counts = new Int32Array(centres.length / 5)
  for (let i = 0, x = 0, y = 0; i < labels.length; i++) {
    const at = 5 * labels[i]
    sums[at] += data[3 * i]
    sums[at + 1] += data[3 * i + 1]
    sums[at + 2] += data[3 * i + 2]
    sums[at + 3] += x
    sums[at + 4] += y
    counts[labels[i]]++
    if (++x === width) {
      x = 0
      y++
    }
  }
  for (let k = 0; k < counts.length; k++)
    if (counts[k] > 0) for (let c = 5 * k; c < 5 * k + 5; c++) centres[c] = sums[c] / counts[k]
}

/** Separable Gaussian blur of the three channels, cut at 3 sigma, border values repeated. */
function blur({ width, height, data }: LabImage, sigma: number): LabImage {
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigma * sigma)))
  const total = weights.reduce((a, b) => a + b, 0)
  const pass = (from: Float32Array, length: number, stride: number): Float32Array => {
    const to = new Float32Array(from.length)
    for (let i = 0; i < from.length; i++) {
      const at = Math.floor(i / stride) % length
      let sum = 0
      for (let k = -reach; k <= reach; k++) {
        const near = Math.min(Math.max(at + k, 0), length - 1)
        sum += weights[k + reach] * from[i + (near - at) * stride]
      }
      to[i] = sum / total
    }
    return to
  }
  return { width, height, data: pass(pass(data, width, 3), height, 3 * width) }
}
