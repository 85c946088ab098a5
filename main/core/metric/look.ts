import { components } from '../image/components.ts'
import { rgbToLab, type LabImage } from '../image/lab.ts'
import type { RgbImage } from '../image/types.ts'
import { linear } from '../render/develop.ts'
import type { Region } from './grain.ts'

export interface Look {
  /** Mean and standard deviation of CIE lightness, 0 .. 100, and means of a and b. */
  readonly lightness: number
  readonly contrast: number
  readonly a: number
  readonly b: number
  /** Mean linear light of the three channels, 0 .. 1. */
  readonly light: number
  /** Features of square patches that lie in the region, [N, patchDimensions]. */
  readonly patches: Float32Array
}

const side = 16
const stride = 8
/** Share of a patch that lies in the region. */
const inside = 0.75
const orientations = 6
/** Means of L, a, b; deviations of L, a, b; gradients by orientation. */
export const patchDimensions = 6 + orientations
/** What counts as one step of difference in each. */
const scales = [20, 10, 10, 8, 4, 4, ...Array.from({ length: orientations }, () => 2)]

/**
 * What a picture or a region of it looks like: light, colour, and patches by their colour moments (Stricker and Orengo, SPIE 1995,
 * "Similarity of color images") and by their gradients summed by orientation (Dalal and Triggs, CVPR 2005, section 6.2), each feature divided by
 * a fixed scale.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @param region Of the same size; without, the whole picture.
 * @param patches Patches at most, spread evenly.
 * @returns Null where the region is empty.
 * @throws RangeError if the sizes differ.
 */
export function lookOf(image: RgbImage, region?: Region, patches = 64): Look | null {
  const { width, height } = image
  if (region && (region.width !== width || region.height !== height)) throw new RangeError(`expected a region of ${width} x ${height}, got ${region.width} x ${region.height}`)
  const lab = rgbToLab(image)
  const sum = [0, 0, 0, 0, 0]
  let count = 0
  for (let i = 0; i < width * height; i++) {
    if (region && region.data[i] === 0) continue
    for (let k = 0; k < 3; k++) sum[k] += lab.data[3 * i + k]
    sum[3] += lab.data[3 * i] ** 2
    sum[4] += (linear[image.data[3 * i]] + linear[image.data[3 * i + 1]] + linear[image.data[3 * i + 2]]) / 3
    count++
  }
  if (count === 0) return null
  const [lightness, a, b, square, light] = sum.map((value) => value / count)
  return { lightness, a, b, light, contrast: Math.sqrt(Math.max(0, square - lightness ** 2)), patches: patchesOf(lab, patches, region) }
}

function patchesOf(lab: LabImage, most: number, region?: Region): Float32Array {
  const places: { x: number; y: number }[] = []
  for (let y = 0; y + side <= lab.height; y += stride)
    for (let x = 0; x + side <= lab.width; x += stride) if (!region || shareIn(region, x, y) >= inside) places.push({ x, y })
  const every = Math.max(1, places.length / most)
  const chosen = Array.from({ length: Math.min(most, places.length) }, (_, i) => places[Math.floor(i * every)])
  const out = new Float32Array(chosen.length * patchDimensions)
  chosen.forEach(({ x, y }, i) => out.set(featuresOf(lab, x, y), i * patchDimensions))
  return out
}

function shareIn({ width, data }: Region, left: number, top: number): number {
  let count = 0
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) count += Number(data[y * width + x] !== 0)
  return count / side ** 2
}

function featuresOf({ width, data }: LabImage, left: number, top: number): Float64Array {
  const out = new Float64Array(patchDimensions)
  const square = [0, 0, 0]
  for (let y = top; y < top + side; y++)
    for (let x = left; x < left + side; x++)
      for (let k = 0; k < 3; k++) {
        const value = data[3 * (y * width + x) + k]
        out[k] += value / side ** 2
        square[k] += value ** 2 / side ** 2
      }
  for (let k = 0; k < 3; k++) out[3 + k] = Math.sqrt(Math.max(0, square[k] - out[k] ** 2))
  for (let y = top + 1; y + 1 < top + side; y++)
    for (let x = left + 1; x + 1 < left + side; x++) {
      const i = 3 * (y * width + x)
      const dx = (data[i + 3] - data[i - 3]) / 2, dy = (data[i + 3 * width] - data[i - 3 * width]) / 2
      const bin = Math.floor((orientations * (Math.atan2(dy, dx) + Math.PI)) / Math.PI) % orientations
      out[6 + bin] += Math.hypot(dx, dy) / (side - 2) ** 2
    }
  return out.map((value, k) => value / scales[k])
}

/**
 * How large the largest connected piece of a region is in its picture: the larger of the shares of width and height that it spans, 0 .. 1.
 *
 * @returns 0 where the region is empty.
 */
export function spanOf(region: Region): number {
  const { width, height, data, areas, count } = components(region, 8)
  if (count === 0) return 0
  const largest = areas.indexOf(Math.max(...areas.subarray(1)), 1)
  let left = width, right = -1, top = height, bottom = -1
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== largest) continue
    const x = i % width, y = (i - x) / width
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return Math.max((right - left + 1) / width, (bottom - top + 1) / height)
}
