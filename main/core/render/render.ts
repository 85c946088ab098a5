import type { FloatMap, LabelMap, RgbImage } from '../image/types.ts'
import type { Random } from '../random.ts'
import { unit, type Camera, type Vector } from './camera.ts'
import { aimCamera, drawLens, type CameraModel, type Subject } from './camera-model.ts'
import { develop, meanLight } from './develop.ts'
import { makeEnvironment, plainSky, roomSky, type Environment } from './environment.ts'
import { drawMaterial, finishes, type Finish } from './finish.ts'
import { cleanMesh, meshExtent, type Extent, type Mesh } from './mesh.ts'
import { directionBetween, drawRest, restsOf, turnToZ, type Pose, type Rest } from './pose.ts'
import { addNoise } from './sensor.ts'
import type { Lamp, Material, Scene } from './shade.ts'
import { buildSurface, type Surface } from './surface.ts'
import { trace } from './trace.ts'

export interface RenderOptions extends CameraModel {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Rays a pixel are the square of this. */
  readonly antialias: number
  readonly pose: Pose
  /** Share of the picture's width or height that the part spans, drawn between these two. */
  readonly fill: readonly [number, number]
  /** 0 keeps the part in the middle, 1 lets it touch the border. */
  readonly shift: number
  /** `plain` as in a CAD viewer; `varied` draws metal and paint, lamps and rooms by chance. */
  readonly look: 'plain' | 'varied'
  /** Finishes that `varied` draws from. */
  readonly finishes: readonly Finish[]
  /** sRGB 0 .. 255, or a grey drawn by chance. */
  readonly background: Vector | 'grey'
  /** Light for `varied`; without, a room is drawn for every render. */
  readonly environments?: readonly Environment[]
  /** Lamps beside the environment; without, one in seven of ten renders. */
  readonly lamps?: number
  /** Strength of the brightest lamp beside light from all around that is 1. */
  readonly strongest: number
  /** Radius of the largest lamp as a share of its distance: small ones throw hard shadows. */
  readonly softest: number
  /** Lowest height of a lamp over the table, degrees. */
  readonly lampsFrom: number
  /** Mean light of the part in the picture, drawn between these two. */
  readonly exposure: readonly [number, number]
  /** Noise of the sensor: its standard deviation at white, in grey levels. */
  readonly noise?: number
  /** Whether pixels within an even surface get fewer rays: about twice as fast, a little more grain. */
  readonly sparing?: boolean
  /** Lowest height of the camera over a lying part: the sine of its angle over the table. */
  readonly lowest: number
  /** What the mask says where the part is, 1 .. 254. */
  readonly label: number
}

export const renderDefaults: RenderOptions = {
  width: 320, height: 240, antialias: 3, pose: 'sphere', fill: [0.4, 0.85], shift: 0.5, look: 'varied', finishes, background: 'grey', strongest: 1.5, softest: 0.3, lampsFrom: Math.acos(1 / 1.2) * (180 / Math.PI), exposure: [0.1, 0.45], lowest: 0.35, label: 1,
}

/** A mesh made ready to be rendered many times; plain data that crosses to another thread. */
export interface Part {
  readonly positions: Float32Array
  readonly extent: Extent
  readonly surface: Surface
  readonly rests: readonly Rest[]
  /** Millimetres in one unit of the mesh; 1 where none is given. */
  readonly millimetres?: number
  /** Direction that is up when the part stands as drawn; z where none is given. */
  readonly up?: Vector
}

export interface Render {
  readonly image: RgbImage
  /** `label` where the centre of a pixel shows the part, else 0. */
  readonly mask: LabelMap
  /** Share 0 .. 1 of a pixel that the part covers: its alpha on a transparent background. */
  readonly coverage: FloatMap
  /** Distance along the view axis in the mesh's unit; Infinity where the part is not. */
  readonly depth: FloatMap
  readonly camera: Camera
}

/**
 * Checks a mesh and builds what rendering needs of it.
 *
 * @throws RangeError if the mesh is empty, not finite or without area.
 */
export function preparePart(mesh: Mesh, frame: Pick<Part, 'millimetres' | 'up'> = {}): Part {
  const clean = cleanMesh(mesh)
  return { ...frame, positions: clean.positions, extent: meshExtent(clean), surface: buildSurface([clean]), rests: restsOf(clean) }
}

/**
 * Renders a mesh once, with its exact mask; `preparePart` and `renderPart` are quicker for many renders.
 *
 * @throws RangeError if the mesh is empty, not finite or without area.
 */
export function renderMesh(mesh: Mesh, options: Partial<RenderOptions>, rng: Random): Render {
  return renderPart(preparePart(mesh), options, rng)
}

/**
 * Renders a part in a pose, light and finish drawn by chance, with its exact mask.
 *
 * @throws RangeError on a size, share or label out of range.
 */
export function renderPart(part: Part, options: Partial<RenderOptions>, rng: Random): Render {
  const all = { ...renderDefaults, ...options }
  check(all)
  const view = drawView(part, all, rng)
  const scene = all.look === 'plain' ? plainScene(part, view.camera, rng) : variedScene(part, view.up, all, rng)
  const lens = drawLens(view.camera, subjectOf(part), all, rng)
  const traced = trace(scene, view.camera, { ...all, lens }, rng)
  const mean = meanLight(traced)
  const exposure = all.look === 'plain' || mean === 0 ? 1 : rng.between(...all.exposure) / mean
  const grey = Math.round(rng.between(150, 215))
  const clean = develop(traced, exposure, all.background === 'grey' ? [grey, grey, grey] : all.background)
  const mask = { ...traced.owners, data: traced.owners.data.map((owner) => (owner ? all.label : 0)) }
  const image = all.noise ? addNoise(clean, all.noise, rng) : clean
  return { image, mask, coverage: traced.coverage, depth: traced.depth, camera: view.camera }
}

export function check({ width, height, antialias, fill, label }: RenderOptions): void {
  if (!(width >= 1 && height >= 1 && width * height <= 1 << 26)) throw new RangeError(`expected a picture of 1 to 67108864 pixels, got ${width} x ${height}`)
  if (!(antialias >= 1 && antialias <= 16)) throw new RangeError(`expected antialias in 1 .. 16, got ${antialias}`)
  if (!(fill[0] > 0 && fill[1] >= fill[0] && fill[1] <= 10)) throw new RangeError(`expected fill in 0 .. 10, lower first, got ${fill.join(' .. ')}`)
  if (!(label >= 1 && label <= 254)) throw new RangeError(`expected a label in 1 .. 254, got ${label}`)
}

function drawView(part: Part, options: RenderOptions, rng: Random): { camera: Camera; up: Vector } {
  const up = options.pose === 'resting' ? opposite(drawRest(part.rests, rng)) : options.pose === 'upper' ? part.up ?? [0, 0, 1] : directionBetween(-1, 1, rng)
  const seen = directionBetween(options.pose === 'sphere' ? -1 : options.lowest, 1, rng)
  const m = turnToZ(up, rng.between(0, 2 * Math.PI))
  const direction: Vector = [
    m[0] * seen[0] + m[3] * seen[1] + m[6] * seen[2],
    m[1] * seen[0] + m[4] * seen[1] + m[7] * seen[2],
    m[2] * seen[0] + m[5] * seen[1] + m[8] * seen[2],
  ]
  const roll = options.pose === 'sphere' ? rng.between(0, 2 * Math.PI) : rng.between(-0.3, 0.3)
  return { camera: aimCamera(subjectOf(part), direction, roll, up, options, rng), up }
}

const subjectOf = ({ positions, extent, millimetres = 1 }: Part): Subject => ({ ...extent, positions, millimetres })

function opposite([x, y, z]: Vector): Vector {
  return [-x, -y, -z]
}

let plain: Environment | undefined

function plainScene({ surface, extent: { centre, radius } }: Part, camera: Camera, rng: Random): Scene {
  plain ??= makeEnvironment(plainSky)
  const grey = rng.between(0.2, 0.45)
  const side = rng.between(-1, 1)
  const height = rng.between(0.2, 1.2)
  const position = [0, 1, 2].map((k) => centre[k] + 6 * radius * (side * camera.right[k] + height * camera.up[k] - 1.2 * camera.forward[k]))
  const lamp: Lamp = { position: position as unknown as Vector, radius: 0, colour: [0.8, 0.8, 0.8] }
  const turn = [...camera.right, ...camera.forward.map((value) => -value), ...camera.up]
  return { surface, materials: [{ colour: [grey, grey, grey], metal: 0, roughness: 1 }], environment: plain, turn, lamps: [lamp], bounces: false }
}

function variedScene({ surface, extent }: Part, up: Vector, options: RenderOptions, rng: Random): Scene {
  const material: Material = drawMaterial(rng.pick(options.finishes), extent.radius, rng)
  const environment = options.environments ? rng.pick(options.environments) : makeEnvironment(roomSky(rng))
  const turn = turnToZ(up, rng.between(0, 2 * Math.PI))
  const lamps = drawLamps(extent, up, options, rng)
  return { surface, materials: [material], environment, turn, lamps, bounces: true }
}

export function drawLamps(extent: Extent, up: Vector, options: RenderOptions, rng: Random): Lamp[] {
  const count = options.lamps ?? (rng.chance(0.7) ? 1 : 0)
  return Array.from({ length: count }, () => drawLamp(extent, up, options, rng))
}

function drawLamp({ centre, radius }: Extent, up: Vector, { strongest, softest, lampsFrom }: RenderOptions, rng: Random): Lamp {
  const d = directionBetween(-1, 1, rng)
  const lift = 1 / Math.cos((lampsFrom * Math.PI) / 180)
  const direction = unit([d[0] + lift * up[0], d[1] + lift * up[1], d[2] + lift * up[2]])
  const far = radius * rng.between(4, 10)
  const strength = rng.between(0.2, strongest)
  const warmth = rng.between(-0.15, 0.15)
  return {
    position: [centre[0] + far * direction[0], centre[1] + far * direction[1], centre[2] + far * direction[2]],
    radius: far * rng.between((softest / 0.3) * 0.05, softest),
    colour: [strength * (1 + warmth), strength, strength * (1 - warmth)],
  }
}
