import type { RgbImage } from '../image/types.ts'
import { random, type Random } from '../random.ts'
import { noiseAt, noiseTile } from './augment-noise.ts'

/** A height in about 0..1 for every pixel; a palette makes colour of it. */
type Field = (x: number, y: number) => number
type Colour = readonly [number, number, number]

/**
 * A pool of drawn surfaces (wood, cutting mat, grain, clutter, brushed metal ...), the same for the same seed.
 *
 * @param count Number of surfaces.
 * @param size Side of each, in pixels.
 * @returns 8-bit sRGB pictures, [size, size, 3] each.
 */
export function surfacePool(seed: number, count: number, size: number): RgbImage[] {
  return Array.from({ length: count }, (_, i) => drawSurface(random(seed, 'surface', i), size, surfaceKinds[i % surfaceKinds.length]))
}

/** Draws one surface. */
export function drawSurface(rng: Random, size: number, kind: SurfaceKind): RgbImage {
  const field = fields[kind](rng, size / 256)
  const palette = drawPalette(rng, kind)
  const data = new Uint8Array(size * size * 3)
  const stain = rng.chance(0.5) ? rng.between(0, 0.18) : 0
  const tile = noiseTile(), ox = rng.below(256), oy = rng.below(256)
  for (let y = 0, i = 0; y < size; y++)
    for (let x = 0; x < size; x++, i += 3) {
      const gain = 1 + stain * noiseAt(tile, x * 0.3 + ox, y * 0.3 + oy)
      paint(data, i, palette, field(x, y), gain)
    }
  const surface = { width: size, height: size, data }
  if (kind === 'clutter') scatter(rng, surface)
  return surface
}

export const surfaceKinds = ['wood', 'mat', 'grain', 'cloud', 'clutter', 'plain', 'brushed', 'wood', 'mat', 'speckle', 'tiles', 'vein'] as const
export type SurfaceKind = (typeof surfaceKinds)[number]

const fields: Record<SurfaceKind, (rng: Random, zoom: number) => Field> = {
  wood: (rng, zoom) => {
    const tile = noiseTile(), o = rng.below(256), rings = rng.between(0.04, 0.16) / zoom
    const warp = rng.between(1, 6), fibre = rng.between(0.1, 0.4), long = rng.between(0.03, 0.15)
    return (x, y) => {
      const bend = noiseAt(tile, x * 0.25 + o, y * long + o) * warp
      const ring = 0.5 + 0.5 * Math.sin(6.283 * (x * rings + bend * 0.35))
      return (1 - fibre) * ring + fibre * (0.5 + noiseAt(tile, x * 9 + o, y * 0.5))
    }
  },
  mat: (rng, zoom) => {
    const step = rng.between(9, 36) * zoom, width = rng.between(0.8, 2.2), major = rng.chance(0.4) ? 5 : 1, soft = rng.between(0, 0.12)
    const tile = noiseTile(), ratio = rng.chance(0.7) ? 1 : rng.between(0.5, 2)
    return (x, y) => {
      const line = Math.max(lineAt(x, step, width), lineAt(y, step * ratio, width))
      const strong = major > 1 ? Math.max(lineAt(x, step * major, width * 1.6), lineAt(y, step * ratio * major, width * 1.6)) : 0
      return Math.min(1, 0.12 + soft * noiseAt(tile, x * 2, y * 2) + Math.max(line * (major > 1 ? 0.45 : 0.88), strong * 0.88))
    }
  },
  grain: (rng) => {
    const tile = noiseTile(), rough = rng.between(0.2, 0.8), cloud = rng.between(0.1, 0.6)
    return (x, y) => 0.5 + rough * (rng.uniform() - 0.5) + cloud * noiseAt(tile, x * 0.7, y * 0.7) * 0.6
  },
  cloud: (rng) => {
    const tile = noiseTile(), o = rng.below(256), f = rng.between(0.3, 1.6), fine = rng.between(0.1, 0.5)
    return (x, y) => 0.5 + 0.5 * noiseAt(tile, x * f + o, y * f) + fine * noiseAt(tile, x * f * 5.3, y * f * 5.3 + o) + 0.08 * (rng.uniform() - 0.5)
  },
  clutter: (rng) => {
    const tile = noiseTile(), f = rng.between(0.2, 1)
    return (x, y) => 0.5 + 0.4 * noiseAt(tile, x * f, y * f)
  },
  plain: (rng, zoom) => {
    const angle = rng.between(0, 6.283), c = Math.cos(angle) / 256 / zoom, s = Math.sin(angle) / 256 / zoom, speck = rng.between(0, 0.06)
    return (x, y) => 0.4 + 0.4 * (x * c + y * s) + speck * (rng.uniform() - 0.5)
  },
  brushed: (rng) => {
    const tile = noiseTile(), fine = rng.between(3, 9), long = rng.between(0.01, 0.12), broad = rng.between(0.1, 0.5)
    return (x, y) => 0.5 + 0.35 * noiseAt(tile, x * long, y * fine) + broad * noiseAt(tile, x * 0.15, y * 0.4) + 0.05 * (rng.uniform() - 0.5)
  },
  speckle: (rng) => {
    const tile = noiseTile(), f = rng.between(1.5, 7), cut = rng.between(-0.2, 0.5), soft = rng.between(2, 8)
    return (x, y) => Math.min(1, Math.max(0, 0.3 + soft * 0.3 * (noiseAt(tile, x * f, y * f) - cut)))
  },
  tiles: (rng, zoom) => {
    const step = rng.between(14, 60) * zoom, shape = rng.below(3), duty = rng.between(0.25, 0.75), tile = noiseTile()
    return (x, y) => {
      const i = Math.floor(x / step), j = Math.floor(y / step)
      const u = x / step - i - 0.5, v = y / step - j - 0.5
      const on = shape === 0 ? (i + j) & 1 : shape === 1 ? Number(Math.hypot(u, v) < duty / 2) : Number(Math.abs(u) < duty / 2)
      return 0.2 + 0.6 * on + 0.1 * noiseAt(tile, x, y)
    }
  },
  vein: (rng) => {
    const tile = noiseTile(), f = rng.between(0.3, 1.2), o = rng.below(256), sharp = rng.between(2, 7)
    return (x, y) => Math.min(1, sharp * Math.abs(noiseAt(tile, x * f + o, y * f))) * 0.7 + 0.3 * noiseAt(tile, x * 3, y * 3)
  },
}

function lineAt(x: number, step: number, width: number): number {
  const d = Math.abs(x - step * Math.round(x / step))
  return Math.min(1, Math.max(0, width / 2 + 0.5 - d))
}

/** Two to four colours from dark to light along the field. */
function drawPalette(rng: Random, kind: SurfaceKind): Colour[] {
  const wooden = kind === 'wood' && rng.chance(0.75)
  const grey = !wooden && rng.chance(kind === 'brushed' ? 0.8 : kind === 'mat' ? 0.15 : 0.45)
  const hue = wooden ? rng.between(0.04, 0.11) : rng.uniform()
  const saturation = grey ? rng.between(0, 0.12) : wooden ? rng.between(0.3, 0.7) : rng.between(0.2, 0.9)
  const base = rng.between(0.12, 0.92), contrast = rng.between(0.06, kind === 'mat' ? 0.6 : 0.45) * (rng.chance(0.7) ? 1 : -1)
  const count = 2 + rng.below(3)
  return Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1)
    const value = Math.min(1, Math.max(0.03, base + contrast * (t - 0.4) + rng.between(-0.04, 0.04)))
    const fade = kind === 'mat' ? 1 - t * rng.between(0.3, 1) : 1
    return toRgb(hue + rng.between(-0.02, 0.02), saturation * fade, value)
  })
}

/** HSV to sRGB, 0..255. Hue wraps; saturation and value in 0..1. */
export function toRgb(hue: number, saturation: number, value: number): Colour {
  const channel = (n: number) => {
    const k = (n + (hue - Math.floor(hue)) * 6) % 6
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))
  }
  return [channel(5), channel(3), channel(1)]
}

function paint(data: Uint8Array, at: number, palette: readonly Colour[], height: number, gain: number): void {
  const position = Math.min(0.9999, Math.max(0, height)) * (palette.length - 1)
  const i = Math.floor(position), t = position - i
  for (let c = 0; c < 3; c++)
    data[at + c] = Math.min(255, Math.max(0, gain * (palette[i][c] + (palette[i + 1][c] - palette[i][c]) * t)))
}

/** Lays random convex polygons over a surface. */
function scatter(rng: Random, { width, height, data }: RgbImage): void {
  for (let n = 8 + rng.below(24); n > 0; n--) {
    const cx = rng.between(0, width), cy = rng.between(0, height), radius = rng.between(0.03, 0.2) * width
    const sides = 3 + rng.below(5), turn = rng.between(0, 6.283), flat = rng.between(0.3, 1)
    const planes = Array.from({ length: sides }, (_, i) => {
      const angle = turn + (6.283 * i) / sides
      return [Math.cos(angle), Math.sin(angle) / flat, radius * rng.between(0.6, 1)]
    })
    const colour = toRgb(rng.uniform(), rng.chance(0.4) ? 0.08 : rng.between(0.2, 0.9), rng.between(0.1, 0.95))
    const slope = rng.between(-0.3, 0.3) / radius
    for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(height, cy + radius); y++)
      for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(width, cx + radius); x++) {
        if (!planes.every(([a, b, d]) => a * (x - cx) + b * (y - cy) < d * 0.7)) continue
        const gain = 1 + slope * (x - cx)
        for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = Math.min(255, Math.max(0, colour[c] * gain))
      }
  }
}
