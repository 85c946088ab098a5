import type { LabelMap, RgbImage } from '../../main/core/image/types.ts'
import type { Random } from '../../main/core/random.ts'
import { lookAt, windowAround, type Camera, type Vector } from '../../main/core/render/camera.ts'
import { develop, meanLight } from '../../main/core/render/develop.ts'
import { makeEnvironment, roomSky } from '../../main/core/render/environment.ts'
import { joinMeshes, meshExtent, moveMesh, type Mesh } from '../../main/core/render/mesh.ts'
import { directionBetween, drawRest, restsOf, turnToZ } from '../../main/core/render/pose.ts'
import type { Floor, Material, Scene } from '../../main/core/render/shade.ts'
import { buildSurface } from '../../main/core/render/surface.ts'
import { trace } from '../../main/core/render/trace.ts'

export const photoSize = { width: 320, height: 240 } as const

/** A part: its mesh, what masks call it, and the look that all of its kind leave the workshop with. */
export interface Part {
  readonly mesh: Mesh
  readonly label: number
  readonly material: (size: number, rng: Random) => Material
}

/** A photo of parts that lie on a floor, and its exact mask. */
export function takePhoto(parts: readonly Part[], floor: Floor, rng: Random): { image: RgbImage; mask: LabelMap } {
  const placed = layOut(parts, rng)
  const scene = makeScene(placed, floor, rng)
  const camera = aimCamera(placed, scene, rng)
  const traced = trace(scene, camera, { ...photoSize, antialias: 3 }, rng)
  const exposure = (rng.between(0.13, 0.3) / meanLight(traced)) * rng.between(0.85, 1.2)
  const data = traced.owners.data.map((owner) => (owner && owner <= placed.length ? placed[owner - 1].label : 0))
  return { image: spoil(develop(traced, exposure, [0, 0, 0]), rng), mask: { ...photoSize, data } }
}

/** Lets every part come to rest, one beside the other. */
function layOut(parts: readonly Part[], rng: Random): Part[] {
  let edge = 0
  const around = rng.between(0, 2 * Math.PI)
  return parts.map(({ mesh, label, material }) => {
    const down = drawRest(restsOf(mesh), rng)
    const turned = moveMesh(mesh, turnToZ([-down[0], -down[1], -down[2]], rng.between(0, 2 * Math.PI)), [0, 0, 0])
    const { centre, radius } = meshExtent(turned)
    let low = Infinity
    for (let i = 2; i < turned.positions.length; i += 3) low = Math.min(low, turned.positions[i])
    const away = edge === 0 ? 0 : edge + radius * rng.between(0.9, 1.2)
    edge = away + radius
    const move: Vector = [away * Math.cos(around) - centre[0], away * Math.sin(around) - centre[1], -low]
    return { mesh: moveMesh(turned, [1, 0, 0, 0, 1, 0, 0, 0, 1], move), label, material }
  })
}

/** A triangle far below the floor, so that a scene without parts has a surface. */
const nothing: Mesh = { positions: Float32Array.from([0, 0, -1e6, 1, 0, -1e6, 0, 1, -1e6]), indices: Uint32Array.from([0, 1, 2]) }

const bare: Material = { colour: [0.5, 0.5, 0.5], metal: 0, roughness: 1 }

function makeScene(placed: readonly Part[], floor: Floor, rng: Random): Scene {
  const meshes = placed.length ? placed.map(({ mesh }) => mesh) : [nothing]
  const materials = placed.length ? placed.map(({ mesh, material }) => material(meshExtent(mesh).radius, rng)) : [bare]
  const direction = directionBetween(0.35, 0.95, rng)
  const far = rng.between(350, 900)
  const strength = rng.between(0.2, 1)
  const warmth = rng.between(-0.12, 0.12)
  const lamp = {
    position: [far * direction[0], far * direction[1], far * direction[2]] as const,
    radius: far * rng.between(0.2, 0.45), colour: [strength * (1 + warmth), strength, strength * (1 - warmth)] as const,
  }
  return { surface: buildSurface(meshes), materials, environment: makeEnvironment(roomSky(rng)), lamps: [lamp], floor, bounces: true }
}

/** A camera above the table, its window set so that the parts fill a chance share of the picture and lie somewhere in it. */
function aimCamera(placed: readonly Part[], scene: Scene, rng: Random): Camera {
  const aspect = photoSize.width / photoSize.height
  const camera = lookAt([0, 0, 10], directionBetween(0.6, 1, rng), rng.between(420, 700), rng.between(-Math.PI, Math.PI))
  const half = rng.between(0.2, 0.3)
  const wide = { ...camera, window: { left: -half * aspect, right: half * aspect, top: half, bottom: -half } }
  if (placed.length === 0) return wide
  const around = windowAround(camera, joinMeshes(placed.map(({ mesh }) => mesh)).positions)
  const square = Math.max(around.right - around.left, (around.top - around.bottom) * aspect)
  const box = { left: around.left, right: around.left + square, top: around.top, bottom: around.top - square / aspect }
  const share = coveredShare(scene, { ...camera, window: box }, rng)
  const wanted = rng.between(0.09, 0.19) * (placed.length > 1 ? 1.5 : 1)
  const width = square * Math.max(1.12, Math.sqrt(share / wanted))
  const height = width / aspect
  const x = (around.left + around.right) / 2 + rng.between(-0.48, 0.48) * Math.max(0, width - (around.right - around.left))
  const y = (around.top + around.bottom) / 2 + rng.between(-0.48, 0.48) * Math.max(0, height - (around.top - around.bottom))
  return { ...camera, window: { left: x - width / 2, right: x + width / 2, top: y + height / 2, bottom: y - height / 2 } }
}

function coveredShare(scene: Scene, camera: Camera, rng: Random): number {
  const { owners } = trace({ ...scene, bounces: false }, camera, { width: 80, height: 60, antialias: 1 }, rng)
  return owners.data.reduce((sum, owner) => sum + (owner ? 1 : 0), 0) / owners.data.length
}

/** What lens and sensor do: falloff to the corners, white balance, blur, noise. */
function spoil({ width, height, data }: RgbImage, rng: Random): RgbImage {
  const falloff = rng.between(0, 0.35)
  const warmth = rng.between(-0.08, 0.08)
  const gain = [1 + warmth, 1 + rng.between(-0.02, 0.02), 1 - warmth]
  const soft = blur(data, width, height, rng.between(0.35, 1.1))
  const read = rng.between(1, 3.5)
  const shot = rng.between(0.1, 0.45)
  const out = new Uint8Array(data.length)
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const r2 = ((i / width - 0.5) ** 2 + (j / height - 0.5) ** 2) * 2
      for (let k = 0; k < 3; k++) {
        const value = soft[3 * (j * width + i) + k] * gain[k] * (1 - falloff * r2)
        out[3 * (j * width + i) + k] = Math.min(255, Math.max(0, Math.round(value + rng.normal() * (read + shot * Math.sqrt(Math.max(0, value))))))
      }
    }
  return { width, height, data: out }
}

/** Gaussian blur, rows then columns. */
function blur(data: Uint8Array, width: number, height: number, sigma: number): Float32Array {
  const reach = Math.ceil(2.5 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigma * sigma)))
  const sum = weights.reduce((a, b) => a + b)
  const clamp = (value: number, high: number) => Math.min(high, Math.max(0, value))
  const rows = new Float32Array(data.length)
  const out = new Float32Array(data.length)
  const pass = (from: ArrayLike<number>, to: Float32Array, dx: number, dy: number) => {
    for (let j = 0; j < height; j++)
      for (let i = 0; i < width; i++)
        for (let w = -reach; w <= reach; w++) {
          const at = 3 * (clamp(j + w * dy, height - 1) * width + clamp(i + w * dx, width - 1))
          for (let k = 0; k < 3; k++) to[3 * (j * width + i) + k] += (from[at + k] * weights[w + reach]) / sum
        }
  }
  pass(data, rows, 1, 0)
  pass(rows, out, 0, 1)
  return out
}
