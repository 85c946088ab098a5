import type { LabelMap, Raster } from '../image/types.ts'
import type { Random } from '../random.ts'
import type { Camera } from './camera.ts'
import { firstHit, FLOOR, makeWork, nextPixel, shade, type Scene } from './shade.ts'

/** A traced picture: linear light times coverage [H, W, 3], coverage 0 .. 1, owner + 1 and depth at every pixel's centre. */
export interface Traced {
  readonly light: Raster<Float32Array>
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
}

/** What a pinhole does not have. Owner and depth stay those of the pinhole in the middle of the exposure. */
export interface Lens {
  /** Radius of the opening and distance of what is sharp, in the mesh's unit. */
  readonly aperture: number
  readonly focus: number
  /** How far the picture moves while it is taken, in pixels across and down. */
  readonly motion: readonly [number, number]
}

/**
 * Traces a scene: owner and depth by one ray through the centre of every pixel, light by several jittered rays.
 *
 * Whitted, CACM 1980 (ray tracing); Walter et al., EGSR 2007 (GGX); Karis, SIGGRAPH 2013 course (prefiltered light).
 *
 * @param rng Jitter, soft shadows, occlusion.
 */
export function trace(scene: Scene, camera: Camera, options: TraceOptions, rng: Random): Traced {
  const { width, height, antialias, lens } = options
  const light = new Float32Array(width * height * 3)
  const coverage = new Float32Array(width * height)
  const owners = new Uint8Array(width * height)
  const depth = new Float32Array(width * height).fill(Infinity)
  const work = makeWork(scene, rng)
  const d = new Float64Array(3)
  const [ex, ey, ez] = camera.eye
  const eye = Float64Array.from(camera.eye)
  const rays = antialias * antialias
  const out = work.out
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const at = j * width + i
      aim(camera, (i + 0.5) / width, (j + 0.5) / height, d)
      if (firstHit(work, ex, ey, ez, d[0], d[1], d[2])) {
        depth[at] = work.hit.distance
        if (work.hit.triangle !== FLOOR) owners[at] = scene.surface.owners[work.hit.triangle] + 1
      }
      nextPixel(work)
      for (let s = 0; s < rays; s++) {
        work.ray = s
        const jx = ((s % antialias) + rng.uniform()) / antialias
        const jy = (Math.floor(s / antialias) + rng.uniform()) / antialias
        if (lens) aimThrough(lens, camera, i + jx, j + jy, options, rng, eye, d)
        else aim(camera, (i + jx) / width, (j + jy) / height, d)
        if (!firstHit(work, eye[0], eye[1], eye[2], d[0], d[1], d[2])) continue
        coverage[at] += 1 / rays
        out.fill(0)
        shade(work, eye[0], eye[1], eye[2], d[0], d[1], d[2])
        for (let k = 0; k < 3; k++) light[3 * at + k] += out[k] / rays
      }
    }
  return {
    light: { width, height, data: light }, coverage: { width, height, data: coverage },
    owners: { width, height, data: owners }, depth: { width, height, data: depth },
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
