import type { Random } from '../random.ts'
import { gaussTable, noiseTile } from './augment-noise.ts'
import type { Canvas } from './composite-placement.ts'

/**
 * Applies random light (a smooth gradient), exposure, white balance, contrast, blur, noise and block-coding artefacts, and clips to
 * 0..255.
 *
 * @param strength 0 = clip only, 1 = all of it.
 */
export function applyCamera(rng: Random, canvas: Canvas, strength: number): void {
  const { rgb, width, height } = canvas
  if (strength > 0) {
    light(rng, canvas, strength)
    if (rng.chance(0.4)) blur(rgb, width, height, rng.between(0.05, 0.33) * strength)
    if (rng.chance(0.1)) blur(rgb, width, height, 0.33 * strength)
    if (rng.chance(0.8)) addNoise(rng, rgb, strength * rng.between(0, 5), rng.uniform())
    if (rng.chance(0.2)) blockCode(rgb, width, height, strength * rng.between(3, 22))
  }
  clip(rgb)
}

/** Exposure, white balance, contrast and an uneven light in one pass. */
function light(rng: Random, { rgb, width, height }: Canvas, strength: number): void {
  const exposure = Math.exp(strength * rng.between(-0.55, 0.5)), contrast = Math.exp(strength * rng.between(-0.35, 0.3))
  const warm = strength * rng.between(-0.14, 0.14), green = strength * rng.between(-0.05, 0.05)
  const gains = [exposure * (1 + warm), exposure * (1 + green), exposure * (1 - warm)]
  const pivot = rng.between(90, 150), uneven = strength * rng.between(0, 0.3), fade = rng.between(0.2, 0.6)
  const tile = noiseTile(), ox = rng.below(256), oy = rng.below(256)
  const knee = 215
  for (let y = 0, o = 0; y < height; y++)
    for (let x = 0; x < width; x++, o += 3) {
      const local = 1 + uneven * tile[((((y * fade) | 0) + oy & 255) << 8) + (((x * fade) | 0) + ox & 255)]
      for (let c = 0; c < 3; c++) {
        const value = pivot + (rgb[o + c] * gains[c] * local - pivot) * contrast
        rgb[o + c] = value > knee ? knee + 40 * (1 - Math.exp((knee - value) / 40)) : value
      }
    }
}

/** A three-tap blur each way; `side` is the weight of a neighbour, 0..1/3. */
function blur(rgb: Float32Array, width: number, height: number, side: number): void {
  const middle = 1 - 2 * side, row = width * 3
  for (let y = 0; y < height; y++)
    for (let c = 0; c < 3; c++) {
      let before = rgb[y * row + c]
      for (let o = y * row + c, end = o + row - 3; o < end; o += 3) {
        const now = rgb[o]
        rgb[o] = middle * now + side * (before + rgb[o + 3])
        before = now
      }
    }
  const above = rgb.slice(0, row)
  for (let y = 0; y < height - 1; y++)
    for (let x = 0, o = y * row; x < row; x++, o++) {
      const now = rgb[o]
      rgb[o] = middle * now + side * (above[x] + rgb[o + row])
      above[x] = now
    }
}

/** Normal noise, partly the same in all channels. */
function addNoise(rng: Random, rgb: Float32Array, sigma: number, colour: number): void {
  const table = gaussTable()
  let state = rng.below(0x7fffffff) | 1
  for (let o = 0; o < rgb.length; o += 3) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    const grey = table[(state >>> 8) & 16383] * sigma * (1 - 0.5 * colour)
    rgb[o] += grey + sigma * colour * table[(state >>> 12) & 16383]
    rgb[o + 1] += grey + sigma * colour * table[(state >>> 15) & 16383]
    rgb[o + 2] += grey + sigma * colour * table[(state >>> 18) & 16383]
  }
}

/**
 * Artefacts like those of JPEG: the luma of every 8 x 8 block goes through a Walsh-Hadamard transform, whose coefficients are
 * rounded to multiples of `step` (finer for low frequencies).
 */
export function blockCode(rgb: Float32Array, width: number, height: number, step: number): void {
  if (step <= 0) return
  const block = new Float32Array(64), before = new Float32Array(64)
  for (let y = 0; y + 8 <= height; y += 8)
    for (let x = 0; x + 8 <= width; x += 8) {
      for (let k = 0; k < 64; k++) {
        const o = 3 * ((y + (k >> 3)) * width + x + (k & 7))
        before[k] = block[k] = 0.299 * rgb[o] + 0.587 * rgb[o + 1] + 0.114 * rgb[o + 2]
      }
      hadamard(block)
      for (let k = 1; k < 64; k++) {
        const unit = step * 8 * (0.25 + 0.12 * (sequency[k >> 3] + sequency[k & 7]))
        block[k] = Math.round(block[k] / unit) * unit
      }
      hadamard(block)
      for (let k = 0; k < 64; k++) {
        const o = 3 * ((y + (k >> 3)) * width + x + (k & 7)), change = block[k] / 64 - before[k]
        rgb[o] += change
        rgb[o + 1] += change
        rgb[o + 2] += change
      }
    }
}

/** Sign changes of the Hadamard rows in natural order. */
const sequency = [0, 7, 3, 4, 1, 6, 2, 5]

/** In-place transform of an 8 x 8 block (64 values); applied twice it multiplies by 64. */
function hadamard(block: Float32Array): void {
  for (let half = 1; half < 64; half <<= 1)
    for (let i = 0; i < 64; i++) {
      if (i & half) continue
      const a = block[i], b = block[i + half]
      block[i] = a + b
      block[i + half] = a - b
    }
}

function clip(rgb: Float32Array): void {
  for (let i = 0; i < rgb.length; i++) rgb[i] = rgb[i] < 0 ? 0 : rgb[i] > 255 ? 255 : rgb[i]
}
