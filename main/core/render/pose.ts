import { Vector3 } from 'three'
import { ConvexHull } from 'three/addons/math/ConvexHull.js'
import type { Random } from '../random.ts'
import { dot, lookAt, unit, windowAround, type Camera, type Vector } from './camera.ts'
import { meshExtent, type Mesh } from './mesh.ts'

/** From where a part is seen: all around, from above as it stands when drawn, or from above as it lies on a table. */
export const poses = ['sphere', 'upper', 'resting'] as const
export type Pose = (typeof poses)[number]

/** A direction that points down when the part lies still, and how likely it comes to lie so. */
export interface Rest {
  readonly down: Vector
  readonly weight: number
}

/** A direction drawn evenly from the part of the sphere whose z is in low .. high. */
export function directionBetween(low: number, high: number, rng: Random): Vector {
  const z = rng.between(low, high)
  const around = rng.between(0, 2 * Math.PI)
  const flat = Math.sqrt(Math.max(0, 1 - z * z))
  return [flat * Math.cos(around), flat * Math.sin(around), z]
}

/**
 * The ways a part can lie on a table: the faces of its convex hull over which its centre stands, each as likely as
 * the part of the sphere it fills as seen from the centre.
 *
 * Goldberg et al., IJRR 1999, section 3 (quasi-static estimate of poses). https://doi.org/10.1177/02783649922066293
 */
export function restsOf(mesh: Mesh): Rest[] {
  const { centre, radius } = meshExtent(mesh)
  const points: Vector3[] = []
  const p = mesh.positions
  for (let i = 0; i < p.length; i += 3)
    points.push(new Vector3(p[i] - centre[0], p[i + 1] - centre[1], p[i + 2] - centre[2]).divideScalar(radius))
  const rests: { down: Vector; weight: number; stands: boolean }[] = []
  for (const face of new ConvexHull().setFromPoints(points).faces) {
    const a = face.edge.head().point, b = face.edge.next.head().point, c = face.edge.prev.head().point
    const down: Vector = [face.normal.x, face.normal.y, face.normal.z]
    const weight = solidAngle(a, b, c)
    const stands = holdsCentre(face.normal, a, b, c)
    const same = rests.find((rest) => dot(rest.down, down) > 0.9998)
    if (!same) rests.push({ down, weight, stands })
    else {
      same.weight += weight
      same.stands ||= stands
    }
  }
  const still = rests.filter((rest) => rest.stands)
  return still.length > 0 ? still : [{ down: [0, 0, -1], weight: 1 }]
}

/** Van Oosterom and Strackee, IEEE TBME 1983, equation 8. */
function solidAngle(a: Vector3, b: Vector3, c: Vector3): number {
  const la = a.length(), lb = b.length(), lc = c.length()
  const volume = Math.abs(a.dot(b.clone().cross(c)))
  return 2 * Math.abs(Math.atan2(volume, la * lb * lc + a.dot(b) * lc + a.dot(c) * lb + b.dot(c) * la))
}

/** Whether the centre (the origin), moved along the normal, lands inside the triangle. */
function holdsCentre(normal: Vector3, a: Vector3, b: Vector3, c: Vector3): boolean {
  const side = (from: Vector3, to: Vector3) => to.clone().sub(from).cross(from.clone().negate()).dot(normal)
  return side(a, b) >= -1e-9 && side(b, c) >= -1e-9 && side(c, a) >= -1e-9
}

/** One of the rests, drawn by weight. */
export function drawRest(rests: readonly Rest[], rng: Random): Vector {
  let left = rng.uniform() * rests.reduce((sum, rest) => sum + rest.weight, 0)
  for (const rest of rests) {
    left -= rest.weight
    if (left <= 0) return rest.down
  }
  return rests[rests.length - 1].down
}

/** Two directions square to each other and to the given one: the rows of a turn that takes it to z. */
export function turnToZ(up: Vector, around: number): number[] {
  const camera = lookAt([0, 0, 0], up, 1, around, Math.abs(up[2]) > 0.99 ? [0, 1, 0] : [0, 0, 1])
  return [...camera.right, ...camera.up, ...unit(up)]
}

/**
 * Sets the window of a camera so that the part's outline spans the given share of the picture, away from its middle
 * by a chance share of the room left.
 *
 * @param fill Share 0 .. 1 of the width or height, whichever is filled more; over 1 cuts the part.
 * @param shift 0 keeps the part in the middle, 1 lets it touch the border.
 */
export function frame(camera: Camera, positions: Float32Array, aspect: number, fill: number, shift: number, rng: Random): Camera {
  const w = windowAround(camera, positions)
  const wide = Math.max(w.right - w.left, (w.top - w.bottom) * aspect) / fill
  const high = wide / aspect
  const x = (w.left + w.right) / 2 + rng.between(-0.5, 0.5) * shift * Math.max(0, wide - (w.right - w.left))
  const y = (w.top + w.bottom) / 2 + rng.between(-0.5, 0.5) * shift * Math.max(0, high - (w.top - w.bottom))
  return { ...camera, window: { left: x - wide / 2, right: x + wide / 2, top: y + high / 2, bottom: y - high / 2 } }
}
