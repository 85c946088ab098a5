import { IGNORE, type LabelMap, type RgbImage } from '../image/types.ts'
import type { Random } from '../random.ts'
import type { Canvas } from './composite-placement.ts'

/** Where a canvas pixel looks in a picture: ((a x + b y + u) / (g x + h y + 1), (c x + d y + v) / (g x + h y + 1)), pixel centres at .5. */
export interface View {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly u: number
  readonly v: number
  readonly g: number
  readonly h: number
}

export interface ViewOptions {
  /** Largest turn, degrees. */
  readonly turn: number
  readonly zoomMin: number
  readonly zoomMax: number
  /** Largest shift of the centre, as a share of the picture. */
  readonly shift: number
  /** Centre of the view in picture pixels before the shift; the middle of the picture where left out. */
  readonly centre?: readonly [x: number, y: number]
  /** Mirror at random, left-right and up-down. */
  readonly flip: boolean
  /** Random perspective: change of scale from the middle of the canvas to its border. */
  readonly tilt: number
}

/** The whole picture on the whole canvas. */
export function plainView(canvas: { width: number; height: number }, image: { width: number; height: number }): View {
  return { a: image.width / canvas.width, b: 0, c: 0, d: image.height / canvas.height, u: 0, v: 0, g: 0, h: 0 }
}

/** Draws a random view; half of the turns stay within 15 degrees, so that upright pictures keep their weight. */
export function drawView(
  rng: Random, canvas: { width: number; height: number }, image: { width: number; height: number }, options: ViewOptions,
): View {
  const limit = rng.chance(0.5) ? Math.min(15, options.turn) : options.turn
  const turn = (rng.between(-1, 1) * limit * Math.PI) / 180
  const zoom = Math.exp(rng.between(Math.log(options.zoomMin), Math.log(options.zoomMax)))
  const fit = Math.min(image.width / canvas.width, image.height / canvas.height) / zoom
  const sx = options.flip && rng.chance(0.5) ? -fit : fit, sy = options.flip && rng.chance(0.5) ? -fit : fit
  const a = sx * Math.cos(turn), b = -sx * Math.sin(turn), c = sy * Math.sin(turn), d = sy * Math.cos(turn)
  const [x, y] = options.centre ?? [image.width / 2, image.height / 2]
  const cx = x + image.width * rng.between(-1, 1) * options.shift, cy = y + image.height * rng.between(-1, 1) * options.shift
  const mx = canvas.width / 2, my = canvas.height / 2
  const g = (rng.between(-1, 1) * options.tilt) / mx, h = (rng.between(-1, 1) * options.tilt) / my
  const w = 1 / (1 - g * mx - h * my)
  const u = cx - a * mx - b * my, v = cy - c * mx - d * my
  return { a: (a + cx * g) * w, b: (b + cx * h) * w, c: (c + cy * g) * w, d: (d + cy * h) * w,
    u: (u - cx * (g * mx + h * my)) * w, v: (v - cy * (g * mx + h * my)) * w, g: g * w, h: h * w }
}

/**
 * Fills a canvas with a view of a picture: colour bilinear, labels nearest. Outside of the picture colour is mirrored and labels are
 * 255 (or 0 with `endless`, for surfaces that go on for ever).
 *
 * @param labels Class index per pixel, one number for all pixels, or null for 0.
 */
export function fillFromView(canvas: Canvas, image: RgbImage, labels: LabelMap | number | null, view: View, endless = false): void {
  const { width: w, height: h, data } = image, { rgb } = canvas
  const given = typeof labels === 'number' ? labels : 0, map = typeof labels === 'number' || !labels ? null : labels.data
  for (let y = 0, at = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++, at++) {
      const px = x + 0.5, py = y + 0.5, depth = 1 / (1 + view.g * px + view.h * py)
      const s = (view.a * px + view.b * py + view.u) * depth, t = (view.c * px + view.d * py + view.v) * depth
      const inside = s >= 0 && t >= 0 && s < w && t < h
      canvas.labels[at] = !inside && !endless ? IGNORE : map && inside ? map[(t | 0) * w + (s | 0)] : given
      const fs = Math.floor(s - 0.5), ft = Math.floor(t - 0.5), tx = s - 0.5 - fs, ty = t - 0.5 - ft
      const x0 = mirror(fs, w), x1 = mirror(fs + 1, w), y0 = mirror(ft, h) * w, y1 = mirror(ft + 1, h) * w
      const p = 3 * (y0 + x0), q = 3 * (y0 + x1), r = 3 * (y1 + x0), z = 3 * (y1 + x1), o = 3 * at
      const w11 = tx * ty, w10 = tx - w11, w01 = ty - w11, w00 = 1 - tx - w01
      rgb[o] = w00 * data[p] + w10 * data[q] + w01 * data[r] + w11 * data[z]
      rgb[o + 1] = w00 * data[p + 1] + w10 * data[q + 1] + w01 * data[r + 1] + w11 * data[z + 1]
      rgb[o + 2] = w00 * data[p + 2] + w10 * data[q + 2] + w01 * data[r + 2] + w11 * data[z + 2]
    }
}

/** Index in 0 .. n - 1 by mirroring at the border pixels' outer edges. */
function mirror(i: number, n: number): number {
  if (i >= 0 && i < n) return i
  const period = 2 * n
  const k = ((i % period) + period) % period
  return k < n ? k : period - 1 - k
}

/** Multiplies the channels by random gains around a random brightness, and bends contrast: one surface gives many. */
export function tintCanvas(rng: Random, { rgb }: Canvas, strength: number): void {
  const bright = Math.exp(strength * rng.between(-0.5, 0.4)), colour = 0.3 * strength
  const gains = [0, 1, 2].map(() => bright * (1 + colour * rng.between(-1, 1)))
  for (let i = 0; i < rgb.length; i += 3) {
    rgb[i] *= gains[0]
    rgb[i + 1] *= gains[1]
    rgb[i + 2] *= gains[2]
  }
}
