import { random, type Random } from '../random.ts'
import { bleed, finishCutout, type Cutout } from './composite-cutout.ts'
import { toRgb } from './procedural.ts'

type Vector = [number, number, number]
/** Signed distance to a solid's surface. */
type Solid = (x: number, y: number, z: number) => number

/**
 * A pool of shaded solids (boxes, cylinders, cones, rings, balls, prisms) that are no workpiece: things that lie about, labelled
 * background. Sphere tracing as in Hart, The Visual Computer 1996, section 2.
 *
 * @param size Side of the raster each is drawn on, in pixels.
 */
export function solidPool(seed: number, count: number, size: number): Cutout[] {
  return Array.from({ length: count }, (_, i) => drawSolid(random(seed, 'solid', i), size))
}

function drawSolid(rng: Random, size: number): Cutout {
  const solid = turned(rng, shapes[rng.below(shapes.length)](rng))
  const metallic = rng.chance(0.35)
  const colour = toRgb(rng.uniform(), metallic ? rng.between(0, 0.5) : rng.between(0, 0.9), rng.between(0.2, 1))
  const light = unit([rng.between(-1, 1), rng.between(-1, 1), 1.2]), shine = rng.between(0, metallic ? 1 : 0.4), ambient = rng.between(0.2, 0.5)
  const rgba = new Uint8Array(size * size * 4)
  let area = 0
  for (let y = 1; y < size - 1; y++)
    for (let x = 1; x < size - 1; x++) {
      const px = ((x + 0.5) / size) * 3 - 1.5, py = ((y + 0.5) / size) * 3 - 1.5
      const depth = trace(solid, px, py)
      if (depth === null) continue
      const normal = normalAt(solid, px, py, depth)
      const facing = Math.max(0, normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2])
      const glint = shine * facing ** 12, shade = ambient + (1 - ambient) * facing
      for (let c = 0; c < 3; c++) rgba[4 * (y * size + x) + c] = Math.min(255, colour[c] * shade + 255 * glint)
      rgba[4 * (y * size + x) + 3] = 255
      area++
    }
  bleed(rgba, size, size)
  return finishCutout(size, size, rgba, new Uint8Array(size * size), Math.sqrt((4 * Math.max(1, area)) / Math.PI))
}

const shapes: readonly ((rng: Random) => Solid)[] = [
  (rng) => {
    const a = rng.between(0.2, 0.85), b = rng.between(0.2, 0.85), c = rng.between(0.1, 0.85)
    return (x, y, z) => box(Math.abs(x) - a, Math.abs(y) - b, Math.abs(z) - c)
  },
  (rng) => cylinder(rng.between(0.2, 0.8), rng.between(0.1, 0.9)),
  (rng) => {
    const slope = rng.between(0.35, 0.8), norm = Math.hypot(1, slope)
    return (x, y, z) => Math.max((Math.hypot(x, y) + slope * (z - 0.8)) / norm, -0.7 - z)
  },
  (rng) => {
    const large = rng.between(0.45, 0.8), small = rng.between(0.08, 0.3)
    return (x, y, z) => Math.hypot(Math.hypot(x, y) - large, z) - small
  },
  (rng) => {
    const radius = rng.between(0.4, 0.8)
    return (x, y, z) => Math.hypot(x, y, z) - radius
  },
  (rng) => {
    const sides = 3 + rng.below(6), radius = rng.between(0.3, 0.7), half = rng.between(0.1, 0.8)
    return (x, y, z) => {
      let side = -Infinity
      for (let k = 0; k < sides; k++) {
        const angle = (2 * Math.PI * k) / sides
        side = Math.max(side, x * Math.cos(angle) + y * Math.sin(angle) - radius)
      }
      return Math.max(side, Math.abs(z) - half)
    }
  },
  (rng) => {
    const outer = cylinder(rng.between(0.5, 0.9), rng.between(0.1, 0.5)), inner = rng.between(0.15, 0.45)
    return (x, y, z) => Math.max(outer(x, y, z), inner - Math.hypot(x, y))
  },
]

const cylinder = (radius: number, half: number): Solid =>
  (x, y, z) => {
    const side = Math.hypot(x, y) - radius, cap = Math.abs(z) - half
    return Math.min(0, Math.max(side, cap)) + Math.hypot(Math.max(0, side), Math.max(0, cap))
  }

const box = (x: number, y: number, z: number): number =>
  Math.min(0, Math.max(x, y, z)) + Math.hypot(Math.max(0, x), Math.max(0, y), Math.max(0, z))

/** A solid turned about two axes. */
function turned(rng: Random, solid: Solid): Solid {
  const a = rng.between(0, 2 * Math.PI), b = rng.between(0, 2 * Math.PI)
  const ca = Math.cos(a), sa = Math.sin(a), cb = Math.cos(b), sb = Math.sin(b)
  return (x, y, z) => {
    const y1 = ca * y - sa * z, z1 = sa * y + ca * z
    return solid(cb * x - sb * y1, sb * x + cb * y1, z1)
  }
}

function trace(solid: Solid, x: number, y: number): number | null {
  for (let z = 1.5, n = 0; z > -1.5 && n < 48; n++) {
    const distance = solid(x, y, z)
    if (distance < 0.004) return z
    z -= distance * 0.95
  }
  return null
}

function normalAt(solid: Solid, x: number, y: number, z: number): Vector {
  const e = 0.003
  return unit([
    solid(x + e, y, z) - solid(x - e, y, z), solid(x, y + e, z) - solid(x, y - e, z), solid(x, y, z + e) - solid(x, y, z - e),
  ])
}

function unit([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z) || 1
  return [x / length, y / length, z / length]
}
