import type { Random } from '../random.ts'
import type { Vector } from './camera.ts'
import { addLight, addMirrored, type Environment } from './environment.ts'
import { noise3 } from './noise.ts'
import { intersect, type Hit, type Surface } from './surface.ts'

/** What a surface is made of. */
export interface Material {
  /** Linear red, green, blue 0 .. 1 that a matt surface scatters, or a metal one mirrors. */
  readonly colour: Vector
  /** 0 = matt or painted, 1 = bare metal. */
  readonly metal: number
  /** 0 = polished, 1 = as cast. */
  readonly roughness: number
  /** Unevenness of the surface: how far its normal strays, and over which length in the mesh's unit. */
  readonly grain?: { readonly strength: number; readonly length: number; readonly along?: Vector }
}

/** A round lamp. */
export interface Lamp {
  readonly position: Vector
  readonly radius: number
  readonly colour: Vector
}

/** A level floor at height 0 whose material may change from place to place. */
export interface Floor {
  material(x: number, y: number): Material
}

/** A level table at height 0 that a picture behind shows: the eye looks through it, surfaces mirror it. */
export interface Behind {
  /** Writes the linear light 0 .. 1 that the picture shows of a place. */
  lightAt(x: number, y: number, out: Float64Array): void
}

export interface Scene {
  readonly surface: Surface
  /** One for each mesh of the surface. */
  readonly materials: readonly Material[]
  readonly environment: Environment
  /** Turns a direction of the scene into one of the environment; row-major 3 x 3. */
  readonly turn?: readonly number[]
  readonly lamps: readonly Lamp[]
  /** At most one of the two. */
  readonly floor?: Floor
  readonly behind?: Behind
  /** Whether surfaces shade and mirror each other; without, only lamps and environment light them. */
  readonly bounces: boolean
}

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
/** Stands for floor and table where a triangle's number is asked for. */
export const FLOOR = -1

/** A scene, and the numbers that are reused from ray to ray. */
export interface Work {
  readonly scene: Scene
  readonly turn: readonly number[]
  readonly rng: Random
  readonly hit: Hit
  readonly other: Hit
  /** Normal at the place being shaded, and that of the flat triangle. */
  readonly n: Float64Array
  readonly flat: Float64Array
  readonly out: Float64Array
  /** What is mirrored of the picture behind, as light of that picture. */
  readonly mirrored: Float64Array
  readonly aside: Float64Array
  /** Two numbers for each use of chance, the same for all rays of a pixel, and the number of the ray. */
  readonly shifts: Float64Array
  ray: number
}

export function makeWork(scene: Scene, rng: Random): Work {
  const hit = () => ({ distance: 0, triangle: 0, u: 0, v: 0 })
  return {
    scene, turn: scene.turn ?? identity, rng, hit: hit(), other: hit(),
    n: new Float64Array(3), flat: new Float64Array(3), out: new Float64Array(3), mirrored: new Float64Array(3), aside: new Float64Array(3),
    shifts: new Float64Array(6), ray: 0,
  }
}

/** Draws the chances of the next pixel. */
export function nextPixel({ shifts, rng }: Work): void {
  for (let k = 0; k < shifts.length; k++) shifts[k] = rng.uniform()
}

const SCATTER = 0
const MIRROR = 2
const LAMP = 4
/** Two numbers 0 .. 1 that fill the square evenly over the rays of a pixel: Roberts' R2 sequence (2018), shifted by chance. */
const even = (work: Work, use: number) => (work.shifts[use] + work.ray * 0.7548776662466927) % 1
const odd = (work: Work, use: number) => (work.shifts[use + 1] + work.ray * 0.5698402909980532) % 1

/** First thing a ray meets, in `hit`; the floor counts. */
export function firstHit({ scene, hit }: Work, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): boolean {
  hit.distance = Infinity
  hit.triangle = FLOOR
  if (scene.floor && dz < 0 && oz > 0) hit.distance = -oz / dz
  return intersect(scene.surface, ox, oy, oz, dx, dy, dz, hit) || hit.distance < Infinity
}

function materialAt({ scene }: Work, triangle: number, x: number, y: number): Material {
  return triangle === FLOOR ? scene.floor!.material(x, y) : scene.materials[scene.surface.owners[triangle]]
}

/** Smooth and flat normal of a place on a triangle, both turned towards where the ray came from. */
function setNormals({ scene: { surface }, n, flat }: Work, hit: Hit, dx: number, dy: number, dz: number): void {
  if (hit.triangle === FLOOR) {
    n[0] = n[1] = flat[0] = flat[1] = 0
    n[2] = flat[2] = 1
    return
  }
  const k = 9 * hit.triangle
  const w = 1 - hit.u - hit.v
  const m = surface.normals
  const c = surface.corners
  for (let a = 0; a < 3; a++) n[a] = w * m[k + a] + hit.u * m[k + 3 + a] + hit.v * m[k + 6 + a]
  const ux = c[k + 3] - c[k], uy = c[k + 4] - c[k + 1], uz = c[k + 5] - c[k + 2]
  const wx = c[k + 6] - c[k], wy = c[k + 7] - c[k + 1], wz = c[k + 8] - c[k + 2]
  flat[0] = uy * wz - uz * wy
  flat[1] = uz * wx - ux * wz
  flat[2] = ux * wy - uy * wx
  normalise(flat)
  normalise(n)
  if (flat[0] * dx + flat[1] * dy + flat[2] * dz > 0) scale(flat, -1)
  if (n[0] * flat[0] + n[1] * flat[1] + n[2] * flat[2] < 0) scale(n, -1)
  if (n[0] * dx + n[1] * dy + n[2] * dz > 0) n.set(flat)
}

function normalise(a: Float64Array): void {
  scale(a, 1 / (Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) || 1))
}

function scale(a: Float64Array, by: number): void {
  a[0] *= by
  a[1] *= by
  a[2] *= by
}

/** Adds the light that leaves the place in `hit` towards the eye to `out`, what it mirrors of the picture behind to `mirrored`. */
export function shade(work: Work, ox: number, oy: number, oz: number, rx: number, ry: number, rz: number): void {
  const { scene, hit, n, out } = work
  const length = Math.sqrt(rx * rx + ry * ry + rz * rz)
  const dx = rx / length, dy = ry / length, dz = rz / length
  const x = ox + hit.distance * rx, y = oy + hit.distance * ry, z = oz + hit.distance * rz
  const material = materialAt(work, hit.triangle, x, y)
  setNormals(work, hit, dx, dy, dz)
  if (material.grain) stray(n, material.grain, x, y, z)
  const facing = Math.max(0.02, -(n[0] * dx + n[1] * dy + n[2] * dz))
  const step = 1e-4 * hit.distance * length
  const px = x + work.flat[0] * step, py = y + work.flat[1] * step, pz = z + work.flat[2] * step

  const { metal, roughness, colour } = material
  addScattered(work, px, py, pz, colour, (1 - metal) * 0.96)
  const mx = dx + 2 * facing * n[0], my = dy + 2 * facing * n[1], mz = dz + 2 * facing * n[2]
  const share = mirroredShare(roughness, facing)
  for (let k = 0; k < 3; k++) {
    const base = 0.04 * (1 - metal) + colour[k] * metal
    work.aside[k] = base * share.scale + share.bias
  }
  addReflection(work, px, py, pz, mx, my, mz, roughness)
  for (const lamp of scene.lamps) addLamp(work, lamp, px, py, pz, dx, dy, dz, facing, material)
  for (let k = 0; k < 3; k++) if (!(out[k] >= 0)) out[k] = 0
}

const share = { scale: 0, bias: 0 }

/** Share of prefiltered light a surface mirrors: Karis, Physically Based Shading on Mobile, 2014 (fit of the split sum). */
function mirroredShare(roughness: number, facing: number): typeof share {
  const a = 1 - roughness
  const b = Math.min(a * a, 2 ** (-9.28 * facing)) * a + 0.0425 - 0.0275 * roughness
  share.scale = -1.04 * b + 1.04 - 0.572 * roughness
  share.bias = Math.max(0, 1.04 * b - 0.04 + 0.022 * roughness)
  return share
}

/** Matt light from the environment, less where a chance direction is blocked. */
function addScattered(work: Work, px: number, py: number, pz: number, colour: Vector, weight: number): void {
  if (weight <= 0) return
  const { n, out, scene } = work
  let open = 1
  if (scene.bounces) {
    const angle = 2 * Math.PI * even(work, SCATTER)
    const up = 2 * odd(work, SCATTER) - 1
    const flat = Math.sqrt(1 - up * up)
    const sx = n[0] + flat * Math.cos(angle), sy = n[1] + flat * Math.sin(angle), sz = n[2] + up
    if (blocked(work, px, py, pz, sx, sy, sz, Infinity)) open = 0.15
  }
  gather.fill(0)
  addMatt(work, n[0], n[1], n[2], open, gather)
  for (let k = 0; k < 3; k++) out[k] += weight * colour[k] * gather[k]
}

const gather = new Float64Array(3)

function addMatt({ scene, turn: t }: Work, x: number, y: number, z: number, weight: number, out: Float64Array): void {
  addLight(scene.environment.matt, t[0] * x + t[1] * y + t[2] * z, t[3] * x + t[4] * y + t[5] * z, t[6] * x + t[7] * y + t[8] * z, weight, out)
}

function blocked({ scene, other }: Work, px: number, py: number, pz: number, dx: number, dy: number, dz: number, far: number): boolean {
  other.distance = far
  if (intersect(scene.surface, px, py, pz, dx, dy, dz, other, true)) return true
  return hasTable(scene) && dz < 0 && pz > 0 && -pz / dz < far && far !== Infinity
}

const hasTable = ({ floor, behind }: Scene) => floor !== undefined || behind !== undefined

/** Mirrored light, from another surface where one is in the way; `aside` holds the share of each colour. */
function addReflection(work: Work, px: number, py: number, pz: number, mx: number, my: number, mz: number, roughness: number): void {
  const { scene, other, turn: t, aside } = work
  gather.fill(0)
  let met = false
  let { out } = work
  if (scene.bounces) {
    const angle = 2 * Math.PI * even(work, MIRROR)
    const up = 2 * odd(work, MIRROR) - 1
    const flat = Math.sqrt(1 - up * up)
    const spread = Math.min(0.95, roughness * roughness)
    const sx = mx + spread * flat * Math.cos(angle), sy = my + spread * flat * Math.sin(angle), sz = mz + spread * up
    other.distance = Infinity
    other.triangle = FLOOR
    if (hasTable(scene) && sz < 0 && pz > 0) other.distance = -pz / sz
    met = intersect(scene.surface, px, py, pz, sx, sy, sz, other) || other.distance < Infinity
    if (met) {
      const x = px + sx * other.distance, y = py + sy * other.distance
      if (other.triangle === FLOOR && scene.behind) {
        scene.behind.lightAt(x, y, gather)
        out = work.mirrored
      } else addSeen(work, other, x, y, sx, sy, sz)
    }
  }
  if (!met)
    addMirrored(
      scene.environment, roughness,
      t[0] * mx + t[1] * my + t[2] * mz, t[3] * mx + t[4] * my + t[5] * mz, t[6] * mx + t[7] * my + t[8] * mz, 1, gather,
    )
  for (let k = 0; k < 3; k++) out[k] += aside[k] * gather[k]
}

/** What a mirror shows of another surface: its matt light, and for metal the light around it. */
function addSeen(work: Work, hit: Hit, x: number, y: number, dx: number, dy: number, dz: number): void {
  const material = materialAt(work, hit.triangle, x, y)
  setNormals(work, hit, dx, dy, dz)
  addMatt(work, work.n[0], work.n[1], work.n[2], 0.7, gather)
  for (let k = 0; k < 3; k++) gather[k] *= material.colour[k]
}

/** One chance ray to a round lamp: its soft shadow, matt and mirrored light. */
function addLamp(
  work: Work, lamp: Lamp, px: number, py: number, pz: number, dx: number, dy: number, dz: number, facing: number, material: Material,
): void {
  const { n, out } = work
  const angle = 2 * Math.PI * even(work, LAMP)
  const up = 2 * odd(work, LAMP) - 1
  const ring = Math.sqrt(1 - up * up) * lamp.radius
  let lx = lamp.position[0] + ring * Math.cos(angle) - px
  let ly = lamp.position[1] + ring * Math.sin(angle) - py
  let lz = lamp.position[2] + up * lamp.radius - pz
  const distance = Math.sqrt(lx * lx + ly * ly + lz * lz)
  lx /= distance
  ly /= distance
  lz /= distance
  const cosine = n[0] * lx + n[1] * ly + n[2] * lz
  if (cosine <= 0) return
  if (work.scene.bounces && blocked(work, px, py, pz, lx, ly, lz, distance)) return
  const hx = lx - dx, hy = ly - dy, hz = lz - dz
  const half = Math.sqrt(hx * hx + hy * hy + hz * hz)
  const nh = (n[0] * hx + n[1] * hy + n[2] * hz) / half
  const vh = Math.max(0, -(dx * hx + dy * hy + dz * hz) / half)
  const alpha = Math.min(1, material.roughness ** 2 + lamp.radius / (2 * distance) + 0.01)
  const d = nh * nh * (alpha * alpha - 1) + 1
  const glint = (alpha * alpha) / (4 * d * d * Math.max(0.05, cosine * facing + 0.25 * alpha))
  const fresnel = (1 - vh) ** 5
  for (let k = 0; k < 3; k++) {
    const base = 0.04 * (1 - material.metal) + material.colour[k] * material.metal
    const mirrored = (base + (1 - base) * fresnel) * glint
    out[k] += lamp.colour[k] * cosine * (material.colour[k] * (1 - material.metal) + mirrored)
  }
}

/** Tilts a normal by smooth noise over the surface, drawn out along a direction where one is given. */
function stray(n: Float64Array, grain: NonNullable<Material['grain']>, x: number, y: number, z: number): void {
  let sx = x, sy = y, sz = z
  if (grain.along) {
    const [ax, ay, az] = grain.along
    const along = 0.96 * (x * ax + y * ay + z * az)
    sx -= along * ax
    sy -= along * ay
    sz -= along * az
  }
  const f = 1 / grain.length
  n[0] += grain.strength * noise3(sx * f, sy * f, sz * f)
  n[1] += grain.strength * noise3(sx * f + 31.4, sy * f + 7.1, sz * f)
  n[2] += grain.strength * noise3(sx * f, sy * f + 17.7, sz * f + 53.2)
  normalise(n)
}
