import type { Random } from '../random.ts'
import type { Cutout } from './composite-cutout.ts'
import { inverse, reach, type Canvas, type Placement } from './composite-placement.ts'

/** Darkens the canvas by a soft shadow of the part thrown to one side, and by a narrow one at its foot. */
export function castShadow(rng: Random, canvas: Canvas, part: Cutout, placement: Placement): void {
  const size = part.diameter * placement.scale
  const angle = rng.between(0, 2 * Math.PI), far = size * rng.between(0.03, 0.35)
  const soft = Math.max(1, Math.round(size * rng.between(0.03, 0.16)))
  throwOne(canvas, part, placement, far * Math.cos(angle), far * Math.sin(angle), soft, rng.between(0.1, 0.6))
  throwOne(canvas, part, placement, 0.3 * far * Math.cos(angle), 0.3 * far * Math.sin(angle), Math.max(1, soft >> 1), rng.between(0, 0.45))
}

/**
 * Darkens the canvas by the shadow of something that is not on it: a shape stretched as a low lamp stretches it, with a hard or soft edge,
 * anywhere. Labels stay: what lies in a shadow is what it was.
 */
export function strayShadow(rng: Random, canvas: Canvas, shape: Cutout): void {
  const size = canvas.width * Math.exp(rng.between(Math.log(0.1), Math.log(0.7)))
  const placement = { x: canvas.width * rng.uniform(), y: canvas.height * rng.uniform(), scale: size / shape.diameter, turn: rng.between(0, 2 * Math.PI), mirrored: false }
  const cover = coverage(shape, stretched(inverse(placement, shape), shape, rng.between(1, 2.5)), 0, 0, canvas.width, canvas.height)
  const soft = rng.chance(0.5) ? Math.round(size * rng.between(0, 0.08)) : 0
  if (soft > 0) blur(cover, canvas.width, canvas.height, soft)
  darken(canvas, cover, [0, 0, canvas.width, canvas.height], rng.between(0.15, 0.85), [1, rng.between(0.93, 1), rng.between(0.85, 1)])
}

function throwOne(canvas: Canvas, part: Cutout, placement: Placement, dx: number, dy: number, radius: number, depth: number): void {
  const moved = { ...placement, x: placement.x + dx, y: placement.y + dy }
  const [left, right, top, bottom] = reach(canvas, part, moved, 2 * radius + 1)
  const width = right - left, height = bottom - top
  if (width <= 0 || height <= 0) return
  const cover = coverage(part, inverse(moved, part), left, top, width, height)
  blur(cover, width, height, radius)
  darken(canvas, cover, [left, top, width, height], depth)
}

/** Two passes of a running mean over 2 radius + 1 pixels each way. */
function blur(cover: Float32Array, width: number, height: number, radius: number): void {
  const spare = new Float32Array(cover.length)
  for (let pass = 0; pass < 2; pass++) {
    boxRows(cover, spare, width, height, radius)
    boxColumns(spare, cover, width, height, radius)
  }
}

/** Takes light from a window of the canvas where it is covered; `tint` is how much of the depth each channel loses. */
function darken(canvas: Canvas, cover: Float32Array, [left, top, width, height]: readonly number[], depth: number, tint: readonly number[] = [1, 1, 1]): void {
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const o = 3 * ((top + y) * canvas.width + left + x)
      for (let c = 0; c < 3; c++) canvas.rgb[o + c] *= 1 - depth * tint[c] * cover[i]
    }
}

type Inverse = ReturnType<typeof inverse>

/** A placement's inverse under which the part is longer along its own rows. */
const stretched = ({ a, b, u, ...columns }: Inverse, part: Cutout, factor: number): Inverse =>
  ({ ...columns, a: a / factor, b: b / factor, u: part.width / 2 + (u - part.width / 2) / factor })

/** Alpha of a placed part over a window of the canvas, 0..1, nearest pixel. */
function coverage(part: Cutout, { a, b, c, d, u, v }: Inverse, left: number, top: number, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const px = x + left + 0.5, py = y + top + 0.5
      const s = a * px + b * py + u, t = c * px + d * py + v
      if (s >= 0 && t >= 0 && s < part.width && t < part.height) out[i] = part.rgba[4 * ((t | 0) * part.width + (s | 0)) + 3] / 255
    }
  return out
}

/** Running mean over 2 radius + 1 pixels along rows; the border repeats. */
export function boxRows(from: Float32Array, to: Float32Array, width: number, height: number, radius: number): void {
  for (let y = 0; y < height; y++) boxLine(from, to, y * width, 1, width, radius)
}

/** The same along columns. */
export function boxColumns(from: Float32Array, to: Float32Array, width: number, height: number, radius: number): void {
  for (let x = 0; x < width; x++) boxLine(from, to, x, width, height, radius)
}

function boxLine(from: Float32Array, to: Float32Array, start: number, step: number, length: number, radius: number): void {
  const last = length - 1, share = 1 / (2 * radius + 1)
  let sum = from[start] * (radius + 1)
  for (let k = 1; k <= radius; k++) sum += from[start + Math.min(k, last) * step]
  for (let k = 0; k < length; k++) {
    to[start + k * step] = sum * share
    sum += from[start + Math.min(k + radius + 1, last) * step] - from[start + Math.max(k - radius, 0) * step]
  }
}
