import type { FloatMap, LabelMap, Raster, RgbImage } from './types.ts'

/** Several numbers per pixel, [H, W, C], such as class probabilities. */
export interface ChannelMap extends Raster<Float32Array> {
  readonly channels: number
}

/** Source samples of one output position: indices first[i] .. first[i] + count - 1 with weights that sum to 1. */
interface Taps {
  readonly count: number
  readonly first: Int32Array
  readonly weights: Float64Array
}

/**
 * Resizes a photo: bilinear with half-pixel centres; when it shrinks, the triangle widens with the scale, so that nothing is skipped.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @param width Columns of the result. @param height Rows of the result.
 * @returns 8-bit sRGB, [height, width, 3].
 * @throws RangeError if a size is not a positive integer.
 */
export function resizeRgb(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return { width, height, data: image.data.slice() }
  const values = resample(image.data, image.width, image.height, 3, width, height, true)
  const data = new Uint8Array(values.length)
  for (let i = 0; i < data.length; i++) data[i] = values[i] + 0.5
  return { width, height, data }
}

/**
 * Resizes several numbers per pixel: bilinear with half-pixel centres (align_corners = False).
 *
 * @param map [H, W, C].
 * @param antialias Whether the triangle widens when the map shrinks (default false).
 * @returns [height, width, C]; probabilities still sum to 1.
 * @throws RangeError if a size is not a positive integer.
 */
export function resizeChannels(map: ChannelMap, width: number, height: number, antialias = false): ChannelMap {
  const { channels } = map
  return { width, height, channels, data: resample(map.data, map.width, map.height, channels, width, height, antialias) }
}

/** Resizes one number per pixel, as `resizeChannels` does. */
export function resizeMap(map: FloatMap, width: number, height: number, antialias = false): FloatMap {
  return { width, height, data: resample(map.data, map.width, map.height, 1, width, height, antialias) }
}

/**
 * Resizes labels: each pixel takes the label at its centre.
 *
 * @returns [height, width].
 * @throws RangeError if a size is not a positive integer.
 */
export function resizeLabels(labels: LabelMap, width: number, height: number): LabelMap {
  requireSize(width)
  requireSize(height)
  const data = new Uint8Array(width * height)
  const column = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * labels.width) / width))
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * labels.height) / height) * labels.width
    for (let x = 0; x < width; x++) data[i++] = labels.data[row + column[x]]
  }
  return { width, height, data }
}

/** Separable linear resampling of [H, W, C] values: rows first, then columns. */
function resample(
  data: Float32Array | Uint8Array, width: number, height: number, channels: number, toWidth: number, toHeight: number, antialias: boolean,
): Float32Array {
  if (data.length !== width * height * channels) throw new RangeError(`expected ${width * height * channels} values, got ${data.length}`)
  const across = taps(width, toWidth, antialias)
  const down = taps(height, toHeight, antialias)
  const middle = new Float32Array(toWidth * height * channels)
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < toWidth; x++) {
      const from = (y * width + across.first[x]) * channels
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let k = 0; k < across.count; k++) sum += across.weights[x * across.count + k] * data[from + k * channels + c]
        middle[out++] = sum
      }
    }
  }
  const row = toWidth * channels
  const result = new Float32Array(toHeight * row)
  for (let y = 0; y < toHeight; y++) {
    for (let k = 0; k < down.count; k++) {
      const weight = down.weights[y * down.count + k]
      const from = (down.first[y] + k) * row
      if (weight !== 0) for (let i = 0; i < row; i++) result[y * row + i] += weight * middle[from + i]
    }
  }
  return result
}

function taps(from: number, to: number, antialias: boolean): Taps {
  requireSize(to)
  const scale = from / to
  const reach = antialias ? Math.max(1, scale) : 1
  const count = Math.min(from, Math.ceil(2 * reach) + 1)
  const first = new Int32Array(to)
  const weights = new Float64Array(to * count)
  for (let i = 0; i < to; i++) {
    const centre = antialias ? (i + 0.5) * scale - 0.5 : Math.min(Math.max((i + 0.5) * scale - 0.5, 0), from - 1)
    first[i] = Math.min(Math.max(Math.ceil(centre - reach), 0), from - count)
    let sum = 0
    for (let k = 0; k < count; k++) sum += weights[i * count + k] = Math.max(0, 1 - Math.abs(first[i] + k - centre) / reach)
    for (let k = 0; k < count; k++) weights[i * count + k] /= sum
  }
  return { count, first, weights }
}

function requireSize(size: number): void {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`expected a size of 1 pixel or more, got ${size}`)
}
