import type { Random } from '../../main/core/random.ts'
import type { Vector } from '../../main/core/render/camera.ts'
import { noise3 } from '../../main/core/render/noise.ts'
import type { Floor } from '../../main/core/render/shade.ts'

/** Table tops of the sample line, drawn by chance; lengths in millimetres. */

/** Turns the plane, so that no texture runs along the picture. */
function turned(rng: Random): (x: number, y: number) => [number, number] {
  const angle = rng.between(0, 2 * Math.PI)
  const c = Math.cos(angle), s = Math.sin(angle)
  const dx = rng.between(-1e4, 1e4), dy = rng.between(-1e4, 1e4)
  return (x, y) => [c * x - s * y + dx, s * x + c * y + dy]
}

const mix = (a: Vector, b: Vector, t: number): Vector => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
const times = (a: Vector, f: number): Vector => [a[0] * f, a[1] * f, a[2] * f]

const woods: readonly (readonly [Vector, Vector])[] = [
  [[0.56, 0.38, 0.2], [0.38, 0.22, 0.1]],
  [[0.38, 0.22, 0.11], [0.2, 0.1, 0.045]],
  [[0.2, 0.11, 0.06], [0.1, 0.05, 0.026]],
  [[0.62, 0.48, 0.31], [0.48, 0.33, 0.19]],
]

/** Boards: rings cut along the trunk, drawn-out pores, joints. */
export function wood(rng: Random): Floor {
  const place = turned(rng)
  const [light, dark] = rng.pick(woods)
  const ring = rng.between(5, 13)
  const board = rng.between(60, 140)
  const roughness = rng.between(0.35, 0.7)
  return {
    material(px, py) {
      const [x, y] = place(px, py)
      const plank = Math.floor(y / board)
      const bend = 7 * noise3(x / 160, y / 35, plank * 9.1) + 1.2 * noise3(x / 40, y / 9, 3)
      const rings = 0.5 + 0.5 * Math.sin(((y + bend * 2.2) / ring) * 2 * Math.PI + plank * 2.3)
      const pores = Math.max(0, noise3(x / 9, y / 0.55, 11) - 0.25)
      const tone = 1 + 0.14 * noise3(plank * 3.7, x / 400, 5) + 0.06 * noise3(x / 5, y / 1.2, 7)
      const joint = Math.abs(y / board - plank - 0.5) > 0.5 - 0.5 / board ? 0.4 : 1
      return { colour: times(mix(light, dark, 0.75 * rings * rings + 0.5 * pores), tone * joint), metal: 0, roughness }
    },
  }
}

/** A steel plate: brushed one way or worn to a cloud, with scratches and stains. */
export function metal(rng: Random): Floor {
  const place = turned(rng)
  const brushed = rng.chance(0.55)
  const base = rng.between(0.22, 0.6)
  const tint: Vector = [rng.between(0.95, 1.05), 1, rng.between(0.94, 1.08)]
  const roughness = rng.between(0.55, 0.8)
  const scratches = Array.from({ length: 14 }, () => ({
    x: rng.between(-200, 200), y: rng.between(-200, 200), angle: rng.between(0, Math.PI), length: rng.between(10, 90), depth: rng.between(0.1, 0.35),
  }))
  return {
    material(px, py) {
      const [x, y] = place(px, py)
      const stain = noise3(x / 45, y / 45, 3) + 0.5 * noise3(x / 16, y / 16, 8)
      const fine = brushed ? 0.16 * noise3(x / 60, y / 0.7, 4) + 0.1 * noise3(x / 25, y / 2.1, 14) : 0.13 * noise3(x / 2.2, y / 2.2, 4) + 0.1 * noise3(x / 6, y / 6, 9)
      let scratch = 0
      for (const s of scratches) {
        const dx = px - s.x, dy = py - s.y
        const along = Math.cos(s.angle) * dx + Math.sin(s.angle) * dy
        const across = Math.cos(s.angle) * dy - Math.sin(s.angle) * dx
        if (Math.abs(along) < s.length && Math.abs(across) < 0.5) scratch += s.depth
      }
      const tone = base * (1 + 0.13 * stain + fine + scratch)
      return { colour: times(tint, Math.max(0.03, tone)), metal: 1, roughness: Math.min(0.9, roughness + 0.08 * stain) }
    },
  }
}

/** A dark speckled rubber sheet, or a cutting mat with its grid. */
export function rubber(rng: Random): Floor {
  return rng.chance(0.5) ? speckled(rng) : cuttingMat(rng)
}

function speckled(rng: Random): Floor {
  const place = turned(rng)
  const base = rng.between(0.015, 0.07)
  const speck: Vector = rng.pick([[0.45, 0.45, 0.45], [0.1, 0.14, 0.28], [0.34, 0.13, 0.09], [0.15, 0.27, 0.15]] as const)
  const size = rng.between(1.6, 3.2)
  const share = rng.between(0.5, 0.72)
  return {
    material(px, py) {
      const [x, y] = place(px, py)
      const speckle = noise3(x / size, y / size, 2) > share
      const tone = base * (1 + 0.35 * noise3(x / 1.1, y / 1.1, 6) + 0.25 * noise3(x / 30, y / 30, 4))
      return { colour: speckle ? times(speck, 0.75) : [tone, tone, tone * 1.03], metal: 0, roughness: 0.85 }
    },
  }
}

const mats: readonly Vector[] = [[0.03, 0.2, 0.12], [0.03, 0.12, 0.3], [0.05, 0.05, 0.06], [0.02, 0.25, 0.27], [0.28, 0.06, 0.12]]

function cuttingMat(rng: Random): Floor {
  const place = turned(rng)
  const colour = rng.pick(mats)
  const line: Vector = rng.chance(0.6) ? [0.62, 0.66, 0.6] : [0.62, 0.55, 0.12]
  const width = rng.between(0.5, 0.9)
  return {
    material(px, py) {
      const [x, y] = place(px, py)
      const near = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) * step
      const thin = near(x, 10) < width / 2 || near(y, 10) < width / 2
      const thick = near(x, 50) < width || near(y, 50) < width
      const tone = 1 + 0.12 * noise3(x / 1.3, y / 1.3, 5) + 0.2 * noise3(x / 60, y / 60, 2)
      const worn = 0.75 + 0.25 * noise3(x / 8, y / 8, 12)
      return { colour: thick || thin ? mix(colour, line, (thick ? 0.9 : 0.6) * worn) : times(colour, tone), metal: 0, roughness: 0.6 }
    },
  }
}

export const floors = { wood, metal, rubber } as const
export type FloorName = keyof typeof floors
export const floorNames = Object.keys(floors) as FloorName[]
