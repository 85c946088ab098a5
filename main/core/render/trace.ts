import type { LabelMap, Raster } from '../image/types.ts'
import type { Random } from '../random.ts'
import type { Camera } from './camera.ts'
import { firstHit, FLOOR, makeWork, nextPixel, shade, type Scene, type Work } from './shade.ts'
import type { Hit } from './surface.ts'

/** A traced picture: linear light times coverage [H, W, 3], coverage 0 .. 1, owner + 1 and depth at every pixel's centre. */
export interface Traced {
  readonly light: Raster<Float32Array>
  /** What is mirrored of the picture behind, as light of that picture, times coverage [H, W, 3]. */
  readonly mirrored: Raster<Float32Array>
  readonly coverage: Raster<Float32Array>
  /** 0 = floor or nothing, n = mesh n - 1. */
  readonly owners: LabelMap
  /** Distance along the view axis in the mesh's unit; Infinity where nothing is. */
  readonly depth: Raster<Float32Array>
}

export interface TraceOptions {
  readonly width: number
  readonly height: number
  /** Rays a pixel are the square of this. */
  readonly antialias: number
  readonly lens?: Lens
  /** Whether pixels within an even surface, as their neighbours show it, get fewer rays. */
  readonly sparing?: boolean
}

/** What a pinhole does not have. Owner and depth stay those of the pinhole in the middle of the exposure. */
export interface Lens {
  /** Radius of the opening and distance of what is sharp, in the mesh's unit. */
  readonly aperture: number
  readonly focus: number
  /** How far the picture moves while it is taken, in pixels across and down. */
  readonly motion: readonly [number, number]
}

/** Rays of a pixel within an even surface, across and in all; never more than elsewhere. */
const evenSide = 2
const evenRays = evenSide * evenSide
/** Cosine of the bend, and step in depth as a share of it, over which a surface is not even. */
const evenBend = 0.97
const evenStep = 0.002

/**
 * Traces a scene: owner and depth by one ray through the centre of every pixel, light by several jittered rays.
 *
 * Whitted, CACM 1980 (ray tracing); Walter et al., EGSR 2007 (GGX); Karis, SIGGRAPH 2013 course (prefiltered light).
 *
 * @param rng Jitter, soft shadows, occlusion.
 */
export function trace(scene: Scene, camera: Camera, options: TraceOptions, rng: Random): Traced {
  const { width, height, antialias, lens } = options
  const light = new Float32Array(width * height * 3), mirrored = new Float32Array(width * height * 3)
  const coverage = new Float32Array(width * height)
  const owners = new Uint8Array(width * height)
  const depth = new Float32Array(width * height).fill(Infinity)
  const work = makeWork(scene, rng)
  const d = new Float64Array(3)
  const eye = Float64Array.from(camera.eye)
  const most = antialias * antialias
  const out = work.out
  const seen = options.sparing && !lens ? new Float32Array(3 * width * height) : undefined
  lookThroughCentres(work, camera, { width, height, owners, depth, seen })
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const at = j * width + i
      const rays = seen && isEven(owners, depth, seen, at, i, j, width, height) ? Math.min(most, evenRays) : most
      nextPixel(work)
      for (let s = 0; s < rays; s++) {
        work.ray = s
        const side = rays === most ? antialias : evenSide
        const jx = ((s % side) + rng.uniform()) / side
        const jy = (Math.floor(s / side) + rng.uniform()) / side
        if (lens) aimThrough(lens, camera, i + jx, j + jy, options, rng, eye, d)
        else aim(camera, (i + jx) / width, (j + jy) / height, d)
        if (!firstHit(work, eye[0], eye[1], eye[2], d[0], d[1], d[2])) continue
        coverage[at] += 1 / rays
        out.fill(0)
        work.mirrored.fill(0)
        shade(work, eye[0], eye[1], eye[2], d[0], d[1], d[2])
        for (let k = 0; k < 3; k++) {
          light[3 * at + k] += out[k] / rays
          mirrored[3 * at + k] += work.mirrored[k] / rays
        }
      }
    }
  return {
    light: { width, height, data: light }, mirrored: { width, height, data: mirrored }, coverage: { width, height, data: coverage },
    owners: { width, height, data: owners }, depth: { width, height, data: depth },
  }
}

interface Centres { width: number; height: number; owners: Uint8Array; depth: Float32Array; seen: Float32Array | undefined }

/** Fills in what the centre of every pixel shows: its owner, its depth and, where wanted, its normal. */
function lookThroughCentres(work: Work, camera: Camera, { width, height, owners, depth, seen }: Centres): void {
  const { scene, hit } = work
  const d = new Float64Array(3)
  const [ex, ey, ez] = camera.eye
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const at = j * width + i
      aim(camera, (i + 0.5) / width, (j + 0.5) / height, d)
      if (!firstHit(work, ex, ey, ez, d[0], d[1], d[2])) continue
      depth[at] = hit.distance
      if (hit.triangle !== FLOOR) owners[at] = scene.surface.owners[hit.triangle] + 1
      if (seen) noteNormal(scene, hit, seen, 3 * at)
    }
}

/** Ray through a place 0 .. 1 of the picture, one long along the view axis, so that distances are depths. */
export function aim({ window: w, right, up, forward }: Camera, s: number, t: number, out: Float64Array): void {
  const x = w.left + (w.right - w.left) * s
  const y = w.top + (w.bottom - w.top) * t
  for (let k = 0; k < 3; k++) out[k] = forward[k] + x * right[k] + y * up[k]
}

/** Ray through a chance place of the lens at a chance time of the exposure; what is in focus stays where it is. */
function aimThrough(
  { aperture, focus, motion }: Lens, camera: Camera, x: number, y: number, { width, height }: TraceOptions, rng: Random, eye: Float64Array, out: Float64Array,
): void {
  const time = rng.uniform() - 0.5
  aim(camera, (x + time * motion[0]) / width, (y + time * motion[1]) / height, out)
  const away = aperture * Math.sqrt(rng.uniform())
  const angle = 2 * Math.PI * rng.uniform()
  const across = away * Math.cos(angle), along = away * Math.sin(angle)
  for (let k = 0; k < 3; k++) {
    const offset = across * camera.right[k] + along * camera.up[k]
    eye[k] = camera.eye[k] + offset
    out[k] -= offset / focus
  }
}

/** Smooth normal of the place a ray met. */
function noteNormal({ surface: { normals: m } }: Scene, { triangle, u, v }: Hit, out: Float32Array, at: number): void {
  if (triangle === FLOOR) return
  const k = 9 * triangle, w = 1 - u - v
  const x = w * m[k] + u * m[k + 3] + v * m[k + 6], y = w * m[k + 1] + u * m[k + 4] + v * m[k + 7], z = w * m[k + 2] + u * m[k + 5] + v * m[k + 8]
  const length = Math.sqrt(x * x + y * y + z * z) || 1
  out[at] = x / length
  out[at + 1] = y / length
  out[at + 2] = z / length
}

/** Whether the four neighbours of a pixel go on with its surface: the same thing, hardly bent, without a step. */
function isEven(owners: Uint8Array, depth: Float32Array, normals: Float32Array, at: number, i: number, j: number, width: number, height: number): boolean {
  if (i === 0 || j === 0 || i === width - 1 || j === height - 1) return false
  return goesOn(owners, depth, normals, at, 1) && goesOn(owners, depth, normals, at, width)
}

function goesOn(owners: Uint8Array, depth: Float32Array, n: Float32Array, at: number, by: number): boolean {
  const a = at - by, b = at + by
  if (owners[a] !== owners[at] || owners[b] !== owners[at]) return false
  if (owners[at] === 0) return depth[a] === depth[at] && depth[b] === depth[at]
  const bend = (o: number) => Math.abs(n[3 * o] * n[3 * at] + n[3 * o + 1] * n[3 * at + 1] + n[3 * o + 2] * n[3 * at + 2])
  return bend(a) > evenBend && bend(b) > evenBend && Math.abs(depth[a] + depth[b] - 2 * depth[at]) < evenStep * depth[at]
}
