import { FloatType } from 'three'
import { EXRLoader } from 'three/addons/loaders/EXRLoader.js'
import { HDRLoader } from 'three/addons/loaders/HDRLoader.js'
import type { Random } from '../random.ts'

/** Light that arrives from a direction (x, y, z; z is up): writes linear red, green, blue to `out`. */
export type Sky = (x: number, y: number, z: number, out: Float64Array) => void

/**
 * Light from all around, as octahedral maps: the first as a mirror shows it, the following blurred as rougher
 * surfaces show it, and the last as a matt surface gathers it.
 */
export interface Environment {
  readonly maps: readonly OctahedralMap[]
  readonly matt: OctahedralMap
}

/** Linear light over all directions, [size, size, 3]. */
export interface OctahedralMap {
  readonly size: number
  readonly data: Float32Array
}

const MIRROR_SIZE = 128
/** Sides of the maps that light is gathered from, and of those it is blurred to: for slightly rough, and for rougher surfaces. */
const fine = { source: 48, blurred: 32 } as const
const coarse = { source: 24, blurred: 20 } as const
const COARSE_FROM = 0.4
/** Roughness of each map of an environment. */
export const mapRoughness = [0, 0.25, 0.45, 0.7, 1] as const

/**
 * Samples a sky and blurs it for rough and matt surfaces.
 *
 * Karis, Real Shading in Unreal Engine 4, SIGGRAPH 2013 course (prefiltered light, N = V = R);
 * Cigolle et al., JCGT 2014 (octahedral map).
 */
export function makeEnvironment(sky: Sky): Environment {
  const source = sample(sky, fine.source, 3)
  const [many, few] = [listLights(source), listLights(halve(source))]
  const maps = mapRoughness.map((roughness) => {
    if (roughness === 0) return sample(sky, MIRROR_SIZE, 1)
    const rough = roughness >= COARSE_FROM
    return blur(rough ? few : many, rough ? coarse.blurred : fine.blurred, (cosine) => lobe(cosine, roughness))
  })
  return { maps, matt: blur(few, coarse.blurred, (cosine) => cosine) }
}

function halve({ size, data }: OctahedralMap): OctahedralMap {
  const half = size / 2
  const out = new Float32Array(half * half * 3)
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++)
      for (let k = 0; k < 3; k++) out[3 * ((j >> 1) * half + (i >> 1)) + k] += data[3 * (j * size + i) + k] / 4
  return { size: half, data: out }
}

/** GGX distribution times the cosine, for light at this cosine from the mirrored direction. */
function lobe(cosine: number, roughness: number): number {
  const a2 = roughness ** 4
  const d = ((1 + cosine) / 2) * (a2 - 1) + 1
  return (a2 * cosine) / (d * d)
}

function sample(sky: Sky, size: number, parts: number): OctahedralMap {
  const data = new Float32Array(size * size * 3)
  const direction = new Float64Array(3)
  const light = new Float64Array(3)
  for (let j = 0; j < size * parts; j++)
    for (let i = 0; i < size * parts; i++) {
      decode((i + 0.5) / (size * parts), (j + 0.5) / (size * parts), direction)
      sky(direction[0], direction[1], direction[2], light)
      const at = 3 * (Math.floor(j / parts) * size + Math.floor(i / parts))
      for (let k = 0; k < 3; k++) data[at + k] += light[k] / (parts * parts)
    }
  return { size, data }
}

interface Lights { readonly count: number; readonly directions: Float64Array; readonly colours: Float64Array; readonly areas: Float64Array }

function listLights({ size, data }: OctahedralMap): Lights {
  const count = size * size
  const directions = new Float64Array(count * 3)
  const areas = new Float64Array(count)
  const direction = new Float64Array(3)
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++) {
      const length = decode((i + 0.5) / size, (j + 0.5) / size, direction)
      areas[j * size + i] = 1 / length ** 3
      directions.set(direction, 3 * (j * size + i))
    }
  return { count, directions, colours: Float64Array.from(data), areas }
}

function blur({ count, directions: d, colours: c, areas }: Lights, size: number, weigh: (cosine: number) => number): OctahedralMap {
  const data = new Float32Array(size * size * 3)
  const n = new Float64Array(3)
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++) {
      decode((i + 0.5) / size, (j + 0.5) / size, n)
      let red = 0, green = 0, blue = 0, sum = 0
      for (let l = 0; l < count; l++) {
        const cosine = n[0] * d[3 * l] + n[1] * d[3 * l + 1] + n[2] * d[3 * l + 2]
        if (cosine <= 0) continue
        const weight = weigh(cosine) * areas[l]
        red += weight * c[3 * l]
        green += weight * c[3 * l + 1]
        blue += weight * c[3 * l + 2]
        sum += weight
      }
      data.set([red / sum, green / sum, blue / sum], 3 * (j * size + i))
    }
  return { size, data }
}

/** Direction of a place 0 .. 1 on the octahedral map; returns its length before it was made 1. */
function decode(s: number, t: number, out: Float64Array): number {
  let x = 2 * s - 1
  let y = 2 * t - 1
  const z = 1 - Math.abs(x) - Math.abs(y)
  if (z < 0) {
    const folded = (1 - Math.abs(y)) * (x < 0 ? -1 : 1)
    y = (1 - Math.abs(x)) * (y < 0 ? -1 : 1)
    x = folded
  }
  const length = Math.hypot(x, y, z)
  out[0] = x / length
  out[1] = y / length
  out[2] = z / length
  return length
}

/** Adds `weight` times the light of a direction, interpolated between four texels. */
export function addLight({ size, data }: OctahedralMap, x: number, y: number, z: number, weight: number, out: Float64Array): void {
  const scale = 1 / (Math.abs(x) + Math.abs(y) + Math.abs(z))
  let s = x * scale
  let t = y * scale
  if (z < 0) {
    const folded = (1 - Math.abs(t)) * (s < 0 ? -1 : 1)
    t = (1 - Math.abs(s)) * (t < 0 ? -1 : 1)
    s = folded
  }
  const px = Math.min(Math.max((s * 0.5 + 0.5) * size - 0.5, 0), size - 1.001)
  const py = Math.min(Math.max((t * 0.5 + 0.5) * size - 0.5, 0), size - 1.001)
  const i = Math.floor(px), j = Math.floor(py)
  const fx = px - i, fy = py - j
  const a = 3 * (j * size + i), b = a + 3 * size
  const w00 = weight * (1 - fx) * (1 - fy), w10 = weight * fx * (1 - fy), w01 = weight * (1 - fx) * fy, w11 = weight * fx * fy
  for (let k = 0; k < 3; k++) out[k] += w00 * data[a + k] + w10 * data[a + 3 + k] + w01 * data[b + k] + w11 * data[b + 3 + k]
}

/** Adds `weight` times the light that a surface of this roughness mirrors from a direction. */
export function addMirrored({ maps }: Environment, roughness: number, x: number, y: number, z: number, weight: number, out: Float64Array): void {
  let level = 0
  while (level < maps.length - 2 && roughness > mapRoughness[level + 1]) level++
  const share = Math.min(1, Math.max(0, (roughness - mapRoughness[level]) / (mapRoughness[level + 1] - mapRoughness[level])))
  if (share < 1) addLight(maps[level], x, y, z, weight * (1 - share), out)
  if (share > 0) addLight(maps[level + 1], x, y, z, weight * share, out)
}

/** An even sky over a darker floor: the light of a CAD viewer. */
export const plainSky: Sky = (_x, _y, z, out) => {
  out.fill(0.75 + 0.25 * z)
}

/**
 * A room drawn by chance: walls, floor and ceiling of different brightness, two to six lamps or windows as soft
 * boxes, and a few dark things that metal mirrors.
 */
export function roomSky(rng: Random): Sky {
  const warmth = rng.between(-0.15, 0.15)
  const tint = [1 + warmth, 1, 1 - warmth]
  const floor = rng.between(0.05, 0.4)
  const wall = rng.between(0.15, 0.6)
  const ceiling = rng.between(0.3, 0.9)
  const boxes = Array.from({ length: 2 + rng.below(5) }, () => softBox(rng, rng.between(2, 14), rng.between(0.15, 0.98)))
  const things = Array.from({ length: 3 + rng.below(6) }, () => softBox(rng, -rng.between(0.3, 0.9), rng.between(-0.4, 0.5)))
  return (x, y, z, out) => {
    const up = Math.min(1, Math.max(0, (z - 0.3) * 3))
    const down = Math.min(1, Math.max(0, -z * 4))
    let light = (wall * (1 - up) + ceiling * up) * (1 - down) + floor * down
    for (const thing of things) light *= 1 + thing.light * thing.cover(x, y, z)
    let lamps = 0
    for (const box of boxes) lamps += box.light * box.cover(x, y, z)
    for (let k = 0; k < 3; k++) out[k] = light * tint[k] + lamps * (1 + (tint[k] - 1) * 0.5)
  }
}

/** A rectangle seen in a direction at height z; `cover` is 1 inside it and falls to 0 at its soft edge. */
function softBox(rng: Random, light: number, height: number) {
  const around = rng.between(0, 2 * Math.PI)
  const flat = Math.sqrt(Math.max(0, 1 - height * height))
  const n = [flat * Math.cos(around), flat * Math.sin(around), height]
  const turn = rng.between(0, Math.PI)
  const u = [-Math.sin(around), Math.cos(around), 0]
  const v = [n[1] * u[2] - n[2] * u[1], n[2] * u[0] - n[0] * u[2], n[0] * u[1] - n[1] * u[0]]
  const a = u.map((value, k) => Math.cos(turn) * value + Math.sin(turn) * v[k])
  const b = u.map((value, k) => Math.cos(turn) * v[k] - Math.sin(turn) * value)
  const width = rng.between(0.1, 0.5)
  const length = rng.between(0.15, 0.9)
  const edge = rng.between(0.02, 0.15)
  const cover = (x: number, y: number, z: number) => {
    const depth = x * n[0] + y * n[1] + z * n[2]
    if (depth <= 0.05) return 0
    const p = Math.abs(x * a[0] + y * a[1] + z * a[2]) / depth
    const q = Math.abs(x * b[0] + y * b[1] + z * b[2]) / depth
    return ramp((width - p) / edge) * ramp((length - q) / edge)
  }
  return { light, cover }
}

function ramp(x: number): number {
  return Math.min(1, Math.max(0, x + 0.5))
}

/**
 * A light map from an OpenEXR or Radiance HDR file with equal angles across and down, scaled to a mean of 0.5.
 *
 * @throws RangeError if the bytes are no such picture that can be read.
 */
export function mapSky(bytes: Uint8Array): Sky {
  const { data, width, height } = readMap(bytes)
  let sum = 0
  let weights = 0
  for (let j = 0; j < height; j++) {
    const weight = Math.sin(((j + 0.5) / height) * Math.PI)
    for (let i = 0; i < width; i++) sum += weight * Math.min(100, data[4 * (j * width + i) + 1])
    weights += weight * width
  }
  const scale = 0.5 / (sum / weights || 1)
  return (x, y, z, out) => {
    const i = Math.min(width - 1, Math.floor((Math.atan2(y, x) / (2 * Math.PI) + 0.5) * width))
    const j = Math.min(height - 1, Math.floor((Math.asin(Math.min(1, Math.max(-1, z))) / Math.PI + 0.5) * height))
    for (let k = 0; k < 3; k++) out[k] = Math.min(100, Math.max(0, data[4 * (j * width + i) + k])) * scale
  }
}

function readMap(bytes: Uint8Array): { data: Float32Array; width: number; height: number } {
  try {
    const loader = bytes[0] === 0x23 && bytes[1] === 0x3f ? new HDRLoader() : new EXRLoader()
    const picture = loader.setDataType(FloatType).parse(Uint8Array.from(bytes).buffer)
    const { data, width, height } = picture as { data: Float32Array; width: number; height: number }
    return { data, width, height }
  } catch (cause) {
    throw new RangeError(`expected an EXR or HDR picture, got bytes that cannot be read (${(cause as Error).message})`, { cause })
  }
}
