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
}

/**
 * Traces a scene: owner and depth by one ray through the centre of every pixel, light by several jittered rays.
 *
 * Whitted, CACM 1980 (ray tracing); Walter et al., EGSR 2007 (GGX); Karis, SIGGRAPH 2013 course (prefiltered light).
 *
 * @param rng Jitter, soft shadows, occlusion.
 */
export function trace(scene: Scene, camera: Camera, options: TraceOptions, rng: Random): Traced {
  const { width, height, antialias } = options
  const light = new Float32Array(width * height * 3)
  const coverage = new Float32Array(width * height)
  const owners = new Uint8Array(width * height)
  const depth = new Float32Array(width * height).fill(Infinity)
  const work = makeWork(scene, rng)
  const d = new Float64Array(3)
  const [ex, ey, ez] = camera.eye
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
        aim(camera, (i + jx) / width, (j + jy) / height, d)
        if (!firstHit(work, ex, ey, ez, d[0], d[1], d[2])) continue
        coverage[at] += 1 / rays
        out.fill(0)
        shade(work, ex, ey, ez, d[0], d[1], d[2])
        for (let k = 0; k < 3; k++) light[3 * at + k] += out[k] / rays
      }
    }
  return {
    light: { width, height, data: light }, coverage: { width, height, data: coverage },
    owners: { width, height, data: owners }, depth: { width, height, data: depth },
  }
}

/** Ray through a place 0 .. 1 of the picture, one long along the view axis, so that distances are depths. */
function aim({ window: w, right, up, forward }: Camera, s: number, t: number, out: Float64Array): void {
  const x = w.left + (w.right - w.left) * s
  const y = w.top + (w.bottom - w.top) * t
  for (let k = 0; k < 3; k++) out[k] = forward[k] + x * right[k] + y * up[k]
}
