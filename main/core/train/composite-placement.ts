import type { Random } from '../random.ts'
import type { Cutout } from './composite-cutout.ts'

/** A picture in the making. */
export interface Canvas {
  readonly width: number
  readonly height: number
  /** sRGB, 0..255 (may overshoot until the camera clips it), [H, W, 3]. */
  readonly rgb: Float32Array
  /** Class index per pixel, [H, W]; 255 = ignore. */
  readonly labels: Uint8Array
}

/** Where a part goes: centre in canvas pixels, size in canvas pixels per part pixel, turn in radians. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly scale: number
  readonly turn: number
  readonly mirrored: boolean
}

export interface PlacementOptions {
  /** Expected share of the photo that one workpiece covers. */
  readonly expectedShare: number
  readonly scaleMin: number
  readonly scaleMax: number
  /** Largest turn, degrees. */
  readonly turn: number
  /** Share of a photo's sides that the canvas shows. */
  readonly crop: number
}

/** An empty canvas, black, background everywhere. */
export function blankCanvas(width: number, height: number): Canvas {
  return { width, height, rgb: new Float32Array(width * height * 3), labels: new Uint8Array(width * height) }
}

/** Draws where and how large a part lies: size uniform in its logarithm, centre anywhere, so that the border may cut it. */
export function drawPlacement(rng: Random, canvas: Canvas, part: Cutout, options: PlacementOptions, factor = 1): Placement {
  const wanted = expectedDiameter(canvas.width, canvas.height, options.expectedShare) / options.crop
  const size = factor * Math.exp(rng.between(Math.log(options.scaleMin), Math.log(options.scaleMax)))
  const margin = 0.06
  return {
    x: canvas.width * rng.between(margin, 1 - margin),
    y: canvas.height * rng.between(margin, 1 - margin),
    scale: (wanted * size) / part.diameter,
    turn: (rng.between(-1, 1) * options.turn * Math.PI) / 180,
    mirrored: rng.chance(0.5),
  }
}

/** Diameter in pixels of a disc that covers this share of a picture. */
export function expectedDiameter(width: number, height: number, share: number): number {
  return Math.sqrt((4 * share * width * height) / Math.PI)
}

/** The inverse of a placement: part coordinates = (a x + b y + u, c x + d y + v) of canvas pixel centres. */
export function inverse({ x, y, scale, turn, mirrored }: Placement, part: Cutout): Record<'a' | 'b' | 'c' | 'd' | 'u' | 'v', number> {
  const cos = Math.cos(turn) / scale, sin = Math.sin(turn) / scale
  const a = mirrored ? -cos : cos, b = mirrored ? -sin : sin
  const c = -sin, d = cos
  return { a, b, c, d, u: part.width / 2 - a * x - b * y, v: part.height / 2 - c * x - d * y }
}

/** Canvas rows and columns a placed part can touch, cut to the canvas; `grow` pixels more on every side. */
export function reach(canvas: Canvas, part: Cutout, { x, y, scale, turn }: Placement, grow = 1): [number, number, number, number] {
  const cos = Math.abs(Math.cos(turn)), sin = Math.abs(Math.sin(turn))
  const halfX = (scale * (part.width * cos + part.height * sin)) / 2 + grow
  const halfY = (scale * (part.width * sin + part.height * cos)) / 2 + grow
  return [
    Math.max(0, Math.floor(x - halfX)), Math.min(canvas.width, Math.ceil(x + halfX)),
    Math.max(0, Math.floor(y - halfY)), Math.min(canvas.height, Math.ceil(y + halfY)),
  ]
}
