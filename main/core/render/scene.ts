import type { FloatMap, LabelMap, RgbImage } from '../image/types.ts'
import type { Random } from '../random.ts'
import { project, type Camera, type Vector } from './camera.ts'
import { aimCamera, drawLens } from './camera-model.ts'
import { developOver, fromSrgb, linear, meanLight } from './develop.ts'
import { makeEnvironment, roomSky } from './environment.ts'
import { drawMaterial } from './finish.ts'
import { shadeFloor } from './floor-shade.ts'
import { meshExtent } from './mesh.ts'
import { placeSurfaces, type Placed } from './place-surfaces.ts'
import { directionBetween, drawRest, turnToZ } from './pose.ts'
import { check, drawLamps, renderDefaults, type Part, type RenderOptions } from './render.ts'
import { addDarkNoise, addNoise } from './sensor.ts'
import type { Behind, Scene } from './shade.ts'
import type { Surface } from './surface.ts'
import { trace } from './trace.ts'

/** Something that can lie on the table; label 0 is nothing that is looked for. */
export interface Thing {
  readonly part: Part
  readonly label: number
}

export interface SceneOptions extends RenderOptions {
  /** How much of the shadows the picture behind takes, 0 .. 1. */
  readonly shadow: number
  /** Share of pictures whose things are about as light as the picture behind, whatever `exposure` says, 0 .. 1. */
  readonly matched?: number
  /** Largest grain of shadows on the table and of what hides them, in grey levels where no light is left; drawn from none to this. */
  readonly darkNoise?: number
  /** The picture behind has noise of its own: things alone get that of the sensor. */
  readonly noisyBehind?: boolean
}

export interface SceneRender {
  readonly image: RgbImage
  /** Label of the thing whose point the centre of a pixel shows, else 0. */
  readonly mask: LabelMap
  /** A number of its own for each thing whose label is not 0, the first's being 1; else 0. */
  readonly instances: LabelMap
  readonly depth: FloatMap
  readonly camera: Camera
  /** All things in place, in millimetres; owners are their places in the list. */
  readonly surface: Surface
}

/** A thing in its place: the disc it stands on, and its corners. */
interface Standing extends Placed {
  readonly label: number
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly positions: Float32Array
}

/** Stray things lie up to this many radii of both from the next thing, so that the border of a picture cuts some. */
const strayAway = 3
/** Draws until the first thing is seen, this often at most. */
const attempts = 4

/**
 * Renders things that lie beside each other on a table before a picture, with exact masks and shadows.
 *
 * @param things The first is in the picture for certain; others are left out where there is no room.
 * @param behind The picture behind, of the size of the render.
 * @throws RangeError on a size, share or label out of range.
 */
export function renderScene(things: readonly Thing[], behind: RgbImage, options: Partial<SceneOptions>, rng: Random): SceneRender {
  const all = { ...renderDefaults, shadow: 1, sparing: true, ...options }
  check(all)
  if (behind.width !== all.width || behind.height !== all.height)
    throw new RangeError(`expected a picture of ${all.width} x ${all.height} behind, got ${behind.width} x ${behind.height}`)
  for (let attempt = 1; ; attempt++) {
    const made = renderOnce(things, behind, all, rng)
    if (attempt === attempts || made.instances.data.includes(1)) return made
  }
}

function renderOnce(things: readonly Thing[], behind: RgbImage, options: SceneOptions, rng: Random): SceneRender {
  const standing = layOut(things, options, rng)
  const subject = subjectOf(standing.filter(({ label }) => label > 0))
  const scene = makeScene(standing, subject, options, rng)
  const direction = directionBetween(options.lowest, 1, rng)
  const camera = aimCamera(subject, direction, rng.between(0, 2 * Math.PI), [0, 0, 1], { ...options, fill: fillOf(subject, standing, options) }, rng)
  const lens = drawLens(camera, subject, options, rng)
  const left = leave(options.shadow, shadeFloor(scene, camera, options, reachOf(standing), rng))
  const traced = trace({ ...scene, behind: tableOf(behind, left, camera) }, camera, { ...options, lens }, rng)
  const mean = meanLight(traced)
  const clean = developOver(traced, mean === 0 ? 1 : drawExposure(behind, options, rng) / mean, behind, left)
  const even = options.noise ? addNoise(clean, options.noise, rng, options.noisyBehind ? traced.coverage : undefined) : clean
  const image = options.darkNoise ? addDarkNoise(even, rng.between(0, options.darkNoise), left, rng) : even
  const byOwner = (of: (owner: number) => number) => ({ ...traced.owners, data: traced.owners.data.map((owner) => (owner ? of(owner - 1) : 0)) })
  return {
    image, camera, depth: traced.depth, surface: scene.surface,
    mask: byOwner((owner) => standing[owner].label), instances: byOwner((owner) => (standing[owner].label ? owner + 1 : 0)),
  }
}

/** Mean light that the things shall have. */
function drawExposure(behind: RgbImage, { matched = 0, exposure }: SceneOptions, rng: Random): number {
  const asBehind = matched > 0 && rng.chance(matched)
  return asBehind ? lightOf(behind) * rng.between(0.8, 1.25) : rng.between(...exposure)
}

const lightOf = (image: RgbImage) => meanColour(image).reduce((sum, value) => sum + value, 0) / 3

/** What a group spans of the picture so that the largest of its workpieces spans what is wanted, a little over the border at most. */
function fillOf({ radius }: { radius: number }, standing: readonly Standing[], { fill }: SceneOptions): [number, number] {
  const largest = Math.max(...standing.filter(({ label }) => label > 0).map(({ positions }) => meshExtent({ positions, indices: new Uint32Array(0) }).radius))
  const wider = (share: number) => Math.max(share, Math.min(1.1, (share * radius) / largest))
  return [wider(fill[0]), wider(fill[1])]
}

/** Lets every thing come to rest, each beside another; stray ones also farther away. */
function layOut(things: readonly Thing[], { pose }: SceneOptions, rng: Random): Standing[] {
  const standing: Standing[] = []
  for (const thing of things) {
    const made = stand(thing, pose, rng)
    const place = standing.length === 0 ? [0, 0] as const : placeBeside(standing, made.radius, thing.label === 0 ? strayAway : 1.4, rng)
    if (place) standing.push(moveTo(made, place[0], place[1]))
  }
  return standing
}

/** Turns a thing as it lies (or stands, or in any way) and sets it on the table over the origin. */
function stand({ part, label }: Thing, pose: RenderOptions['pose'], rng: Random): Standing {
  const down = drawRest(part.rests, rng)
  const up: Vector = pose === 'resting' ? [-down[0], -down[1], -down[2]] : pose === 'upper' ? part.up ?? [0, 0, 1] : directionBetween(-1, 1, rng)
  const turn = turnToZ(up, rng.between(0, 2 * Math.PI)).map((value) => value * (part.millimetres ?? 1))
  const positions = new Float32Array(part.positions.length)
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < positions.length; i += 3)
    for (let k = 0; k < 3; k++) {
      const value = turn[3 * k] * part.positions[i] + turn[3 * k + 1] * part.positions[i + 1] + turn[3 * k + 2] * part.positions[i + 2]
      positions[i + k] = value
      if (value < low[k]) low[k] = value
      if (value > high[k]) high[k] = value
    }
  const thing = { surface: part.surface, turn, move: [0, 0, 0] as const, label, x: 0, y: 0, radius: 0, positions }
  const moved = shifted(thing, [-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2]])
  let radius = 0
  for (let i = 0; i < positions.length; i += 3) radius = Math.max(radius, Math.hypot(moved.positions[i], moved.positions[i + 1]))
  return { ...moved, radius }
}

function shifted(thing: Standing, by: Vector): Standing {
  const move = [0, 1, 2].map((k) => thing.move[k] + by[k]) as unknown as Vector
  return { ...thing, move, positions: thing.positions.map((value, i) => value + by[i % 3]) }
}

const moveTo = (thing: Standing, x: number, y: number): Standing => ({ ...shifted(thing, [x, y, 0]), x, y })

/** A free place near one of the things, or none; `farthest` is in sums of both radii. */
function placeBeside(standing: readonly Standing[], radius: number, farthest: number, rng: Random): readonly [number, number] | null {
  for (let attempt = 0; attempt < 40; attempt++) {
    const next = rng.pick(standing)
    const angle = rng.between(0, 2 * Math.PI)
    const away = (next.radius + radius) * rng.between(1.02, farthest)
    const x = next.x + away * Math.cos(angle), y = next.y + away * Math.sin(angle)
    if (standing.every((other) => Math.hypot(other.x - x, other.y - y) > other.radius + radius)) return [x, y]
  }
  return null
}

function subjectOf(standing: readonly Standing[]) {
  const positions = new Float32Array(standing.reduce((sum, thing) => sum + thing.positions.length, 0))
  let at = 0
  for (const thing of standing) {
    positions.set(thing.positions, at)
    at += thing.positions.length
  }
  return { ...meshExtent({ positions, indices: new Uint32Array(0) }), positions, millimetres: 1 }
}

function makeScene(standing: readonly Standing[], subject: ReturnType<typeof subjectOf>, options: SceneOptions, rng: Random): Scene {
  const finish = rng.pick(options.finishes)
  const first = drawMaterial(finish, standing[0].radius, rng)
  const materials = standing.map(({ label, radius }, i) => {
    if (i === 0 || label === standing[0].label) return first
    return drawMaterial(rng.pick(label ? options.finishes : renderDefaults.finishes), radius, rng)
  })
  return {
    surface: placeSurfaces(standing), materials, bounces: true,
    environment: options.environments ? rng.pick(options.environments) : makeEnvironment(roomSky(rng)),
    turn: turnToZ([0, 0, 1], rng.between(0, 2 * Math.PI)), lamps: drawLamps(subject, [0, 0, 1], options, rng),
  }
}

/** The table as the camera sees it in the picture behind, under the shadows that are left of it; beyond its border the picture goes on as in a mirror. */
function tableOf(behind: RgbImage, left: FloatMap, camera: Camera): Behind {
  const { width, height, data } = behind
  const { window: w } = camera
  const mean = meanColour(behind)
  return {
    lightAt(x, y, out) {
      const place = project(camera, x, y, 0)
      if (!place) return out.set(mean)
      const i = within((place[0] - w.left) / (w.right - w.left), width), j = within((place[1] - w.top) / (w.bottom - w.top), height)
      const at = j * width + i
      for (let k = 0; k < 3; k++) out[k] = linear[data[3 * at + k]] * left.data[at]
    },
  }
}

/** The pixel of a place that is 0 .. 1 within the picture; outside, of its mirror image. */
function within(place: number, pixels: number): number {
  const folded = Math.abs(place) % 2
  return Math.min(pixels - 1, Math.floor(pixels * (folded > 1 ? 2 - folded : folded)))
}

/** Linear light of the mean of a picture's sRGB values. */
function meanColour({ data }: RgbImage): Vector {
  const sum = [0, 0, 0]
  for (let i = 0; i < data.length; i++) sum[i % 3] += data[i]
  return sum.map((value) => fromSrgb((3 * value) / data.length)) as unknown as Vector
}

const reachOf = (standing: readonly Standing[]) => 4 * Math.max(...standing.map(({ x, y, radius }) => Math.hypot(x, y) + radius))

const leave = (strength: number, shade: FloatMap): FloatMap => ({ ...shade, data: shade.data.map((value) => 1 - strength * (1 - value)) })
