import type { FloatMap } from '../image/types.ts'
import type { Random } from '../random.ts'
import type { Camera } from './camera.ts'
import { addLight } from './environment.ts'
import type { Scene } from './shade.ts'
import { intersect } from './surface.ts'
import { aim } from './trace.ts'

/** Chance directions in which the light over a place of the floor is asked for. */
const asked = 8
/** The picture is looked at in squares of this many pixels. */
const step = 2

/**
 * Share of the light of a level floor at height 0 that the things on it leave, as the camera sees it: soft where they are far, dark where they touch.
 *
 * Zhukov et al., An ambient light illumination model, 1998.
 *
 * @param reach Distance from the origin beyond which nothing is shaded.
 * @returns 0 .. 1 for every pixel; 1 where there is no floor.
 */
export function shadeFloor(scene: Scene, camera: Camera, { width, height }: { width: number; height: number }, reach: number, rng: Random): FloatMap {
  const across = Math.ceil(width / step), down = Math.ceil(height / step)
  const coarse = new Float32Array(across * down).fill(1)
  const ambient = skyLight(scene)
  const d = new Float64Array(3)
  const [ex, ey, ez] = camera.eye
  for (let j = 0; j < down; j++)
    for (let i = 0; i < across; i++) {
      aim(camera, ((i + 0.5) * step) / width, ((j + 0.5) * step) / height, d)
      if (d[2] >= 0) continue
      const t = -ez / d[2]
      const x = ex + t * d[0], y = ey + t * d[1]
      if (Math.hypot(x, y) < reach) coarse[j * across + i] = openShare(scene, x, y, 1e-4 * reach, ambient, rng)
    }
  return spread(smooth(smooth(coarse, across, down), across, down), across, down, width, height)
}

/** Brightness that a level floor gathers from all around. */
function skyLight({ environment, turn: m = [1, 0, 0, 0, 1, 0, 0, 0, 1] }: Scene): number {
  const light = new Float64Array(3)
  addLight(environment.matt, m[2], m[5], m[8], 1, light)
  return (light[0] + light[1] + light[2]) / 3
}

const hit = { distance: 0, triangle: 0, u: 0, v: 0 }
function blocked(scene: Scene, x: number, y: number, z: number, dx: number, dy: number, dz: number, far: number): boolean {
  hit.distance = far
  return intersect(scene.surface, x, y, z, dx, dy, dz, hit, true)
}

function openShare(scene: Scene, x: number, y: number, z: number, ambient: number, rng: Random): number {
  const s = rng.uniform(), u = rng.uniform()
  let open = 0
  for (let k = 0; k < asked; k++) {
    const angle = 2 * Math.PI * ((s + k * 0.7548776662466927) % 1)
    const up = 2 * ((u + k * 0.5698402909980532) % 1) - 1
    const flat = Math.sqrt(1 - up * up)
    if (!blocked(scene, x, y, z, flat * Math.cos(angle), flat * Math.sin(angle), 1 + up, Infinity)) open += 1 / asked
  }
  let whole = ambient
  let left = ambient * open
  for (const { position, radius, colour } of scene.lamps) {
    const angle = rng.between(0, 2 * Math.PI), away = radius * Math.sqrt(rng.uniform())
    const lx = position[0] + away * Math.cos(angle) - x, ly = position[1] + away * Math.sin(angle) - y, lz = position[2] - z
    const light = ((colour[0] + colour[1] + colour[2]) / 3) * Math.max(0, lz / Math.hypot(lx, ly, lz))
    whole += light
    if (light > 0 && !blocked(scene, x, y, z, lx, ly, lz, 1)) left += light
  }
  return whole > 0 ? left / whole : 1
}

/** Mean over 3 x 3; the border repeats. */
function smooth(values: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      let sum = 0
      for (let y = -1; y <= 1; y++)
        for (let x = -1; x <= 1; x++) sum += values[Math.min(height - 1, Math.max(0, j + y)) * width + Math.min(width - 1, Math.max(0, i + x))]
      out[j * width + i] = sum / 9
    }
  return out
}

/** Brings a coarse map to the picture's size, interpolated between four values. */
function spread(coarse: Float32Array, across: number, down: number, width: number, height: number): FloatMap {
  const data = new Float32Array(width * height)
  for (let j = 0; j < height; j++) {
    const v = Math.min(down - 1, Math.max(0, (j + 0.5) / step - 0.5)), y = Math.min(down - 1, Math.floor(v)), y1 = Math.min(down - 1, y + 1)
    for (let i = 0; i < width; i++) {
      const u = Math.min(across - 1, Math.max(0, (i + 0.5) / step - 0.5)), x = Math.min(across - 1, Math.floor(u)), x1 = Math.min(across - 1, x + 1)
      const top = coarse[y * across + x] * (1 - u + x) + coarse[y * across + x1] * (u - x)
      const low = coarse[y1 * across + x] * (1 - u + x) + coarse[y1 * across + x1] * (u - x)
      data[j * width + i] = top * (1 - v + y) + low * (v - y)
    }
  }
  return { width, height, data }
}
