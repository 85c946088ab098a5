import type { Random } from '../random.ts'
import { lookAt, windowAround, type Camera, type Vector } from './camera.ts'
import { frame } from './pose.ts'
import type { Lens } from './trace.ts'

/** How a camera sees what is before it. */
export interface CameraModel {
  /** Half the picture's width at distance 1, the tangent of half the field of view; without, it follows from how the part fills the picture. */
  readonly slope?: number
  /** Distance in millimetres, drawn between these two; without, such that the part fills its share of the picture. */
  readonly distance?: readonly [number, number]
  /** Radius of the blur of what lies one radius of the part behind the focus, and length of the smear of motion, in pixels. */
  readonly defocus?: number
  readonly motion?: number
}

/** What a camera looks at. */
export interface Subject {
  readonly centre: Vector
  readonly radius: number
  readonly positions: Float32Array
  readonly millimetres: number
}

interface Framing extends CameraModel {
  readonly width: number
  readonly height: number
  readonly fill: readonly [number, number]
  readonly shift: number
}

/** Distances of a camera whose field of view is drawn by chance, in radii of the part. */
const chanceDistance = [3, 9] as const
/** A camera comes no nearer to the middle of a part than this many radii. */
const nearest = 1.1

/** A camera in a direction from the subject, by its model. */
export function aimCamera(subject: Subject, direction: Vector, roll: number, up: Vector, options: Framing, rng: Random): Camera {
  const { centre, radius, positions, millimetres } = subject
  const aspect = options.width / options.height
  if (options.slope === undefined && options.distance === undefined) {
    const camera = lookAt(centre, direction, radius * rng.between(...chanceDistance), roll, up)
    return frame(camera, positions, aspect, rng.between(options.fill[0], options.fill[1]), options.shift, rng)
  }
  const fill = rng.between(options.fill[0], options.fill[1])
  const at = (distance: number) => lookAt(centre, direction, Math.max(nearest * radius, distance), roll, up)
  const given = options.distance && rng.between(...options.distance) / millimetres
  if (options.slope === undefined) return frame(at(given!), positions, aspect, fill, options.shift, rng)
  const half = { x: options.slope, y: options.slope / aspect }
  const distance = given ?? fillingDistance(at, subject, half, fill)
  return shiftAside(at(distance), Math.max(nearest * radius, distance), positions, half, options.shift, rng)
}

interface Half { readonly x: number; readonly y: number }

/** Distance from which the outline spans the given share of the picture. */
function fillingDistance(at: (distance: number) => Camera, { radius, positions }: Subject, half: Half, fill: number): number {
  let distance = radius / (fill * Math.min(half.x, half.y))
  for (let step = 0; step < 8; step++) {
    const w = windowAround(at(distance), positions)
    distance = Math.max(nearest * radius, (distance * Math.max((w.right - w.left) / half.x, (w.top - w.bottom) / half.y)) / (2 * fill))
  }
  return distance
}

/** Moves a camera sideways, so that the part lies somewhere in the picture. */
function shiftAside(camera: Camera, distance: number, positions: Float32Array, half: Half, shift: number, rng: Random): Camera {
  const w = windowAround(camera, positions)
  const x = (w.left + w.right) / 2 + rng.between(-0.5, 0.5) * shift * Math.max(0, 2 * half.x - (w.right - w.left))
  const y = (w.top + w.bottom) / 2 + rng.between(-0.5, 0.5) * shift * Math.max(0, 2 * half.y - (w.top - w.bottom))
  const eye = [0, 1, 2].map((k) => camera.eye[k] + distance * (x * camera.right[k] + y * camera.up[k]))
  return { ...camera, eye: eye as unknown as Vector, window: { left: -half.x, right: half.x, top: half.y, bottom: -half.y } }
}

/** The lens of a camera that looks at a subject, or none where it is a pinhole that stands still. */
export function drawLens(camera: Camera, { centre, radius }: Subject, { defocus = 0, motion = 0, width }: Framing, rng: Random): Lens | undefined {
  if (defocus === 0 && motion === 0) return undefined
  const depth = [0, 1, 2].reduce((sum, k) => sum + (centre[k] - camera.eye[k]) * camera.forward[k], 0)
  const focus = depth + radius * rng.between(-0.5, 0.5)
  const blur = (defocus * (camera.window.right - camera.window.left)) / width
  const angle = rng.between(0, 2 * Math.PI)
  const length = motion * rng.uniform()
  return { focus, aperture: blur / (1 / focus - 1 / (focus + radius)), motion: [length * Math.cos(angle), length * Math.sin(angle)] }
}
