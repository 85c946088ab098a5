import type { Random } from '../random.ts'
import { gaussTable, noiseTile, TILE } from './augment-noise.ts'
import type { Cutout } from './composite-cutout.ts'
import { drawMaterial, type Material } from './composite-material.ts'
import { inverse, reach, type Canvas, type Placement } from './composite-placement.ts'
import { castShadow } from './composite-shadow.ts'

/**
 * Pastes one part: shadow first (80 % at full strength), then the part with a random material and a soft edge.
 *
 * @param strength 0 = as rendered, without shadow; 1 = fully random.
 */
export function compositeRender(rng: Random, canvas: Canvas, part: Cutout, placement: Placement, strength: number): void {
  const beneath = lumaAround(canvas, placement, part)
  const material = drawMaterial(rng, part, strength, beneath)
  if (rng.chance(0.8 * strength)) castShadow(rng, canvas, part, placement)
  pastePart(canvas, part, placement, material)
}

/** Lays a part over the canvas by bilinear sampling; labels change where the part covers at least half a pixel. */
export function pastePart(canvas: Canvas, part: Cutout, placement: Placement, material: Material): void {
  const to = inverse(placement, part)
  const [left, right, top, bottom] = reach(canvas, part, placement)
  const { rgba, labels } = part, w = part.width, limitX = w - 1, limitY = part.height - 1
  const { rgb } = canvas, { ramp } = material
  const varied = material.cloud > 0 || material.band > 0 || material.streak > 0 || material.grain > 0
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const u = to.a * (x + 0.5) + to.b * (y + 0.5) + to.u - 0.5
      const v = to.c * (x + 0.5) + to.d * (y + 0.5) + to.v - 0.5
      if (u < 0 || v < 0 || u >= limitX || v >= limitY) continue
      const i = u | 0, j = v | 0, tx = u - i, ty = v - j
      const p = 4 * (j * w + i), q = p + 4 * w
      const w11 = tx * ty, w10 = tx - w11, w01 = ty - w11, w00 = 1 - tx - w01
      const alpha = (w00 * rgba[p + 3] + w10 * rgba[p + 7] + w01 * rgba[q + 3] + w11 * rgba[q + 7]) / 255
      if (alpha < 0.004) continue
      const r = w00 * rgba[p] + w10 * rgba[p + 4] + w01 * rgba[q] + w11 * rgba[q + 4]
      const g = w00 * rgba[p + 1] + w10 * rgba[p + 5] + w01 * rgba[q + 1] + w11 * rgba[q + 5]
      const b = w00 * rgba[p + 2] + w10 * rgba[p + 6] + w01 * rgba[q + 2] + w11 * rgba[q + 6]
      const luma = 0.299 * r + 0.587 * g + 0.114 * b
      const gain = varied ? variation(material, x, y, u, v) : 1
      const at = y * canvas.width + x, o = 3 * at, k = 3 * (luma | 0)
      const rest = 1 - alpha, on = alpha * gain
      rgb[o] = rest * rgb[o] + on * (ramp[k] + r - luma)
      rgb[o + 1] = rest * rgb[o + 1] + on * (ramp[k + 1] + g - luma)
      rgb[o + 2] = rest * rgb[o + 2] + on * (ramp[k + 2] + b - luma)
      if (alpha >= 0.5) canvas.labels[at] = labels[(v + 0.5 | 0) * w + (u + 0.5 | 0)] || dominant(labels, p >> 2, w)
    }
}

/** The label of any of four neighbouring pixels that has one. */
function dominant(labels: Uint8Array, at: number, width: number): number {
  return labels[at] || labels[at + 1] || labels[at + width] || labels[at + width + 1]
}

const WRAP = TILE - 1

/** Gain of a material at a pixel: cloud and grain by canvas position, bands and streaks by position on the part. */
function variation(m: Material, x: number, y: number, u: number, v: number): number {
  const tile = noiseTile()
  let gain = 1 + m.cloud * tile[(((y * m.cloudStep + m.offset) & WRAP) << 8) + ((x * m.cloudStep) & WRAP)]
  if (m.band > 0) gain *= 1 + m.band * tile[(m.offset << 8) + ((u * m.bandX + v * m.bandY + m.offset) & WRAP)]
  if (m.streak > 0) gain *= 1 + m.streak * tile[(((m.offset + 97) & WRAP) << 8) + ((u * m.streakX + v * m.streakY) & WRAP)]
  if (m.grain > 0) gain *= 1 + m.grain * gaussTable()[(Math.imul(y * 8191 + x, 0x9e3779b1) >>> 15) & 16383]
  return gain < 0.05 ? 0.05 : gain
}

/** Mean luma of the canvas where a part will lie, by a coarse grid. */
function lumaAround(canvas: Canvas, placement: Placement, part: Cutout): number {
  const [left, right, top, bottom] = reach(canvas, part, placement)
  let sum = 0, count = 0
  for (let y = top; y < bottom; y += 4)
    for (let x = left; x < right; x += 4) {
      const o = 3 * (y * canvas.width + x)
      sum += 0.299 * canvas.rgb[o] + 0.587 * canvas.rgb[o + 1] + 0.114 * canvas.rgb[o + 2]
      count++
    }
  return count > 0 ? sum / count : 128
}
