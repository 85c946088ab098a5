import { parentPort, workerData } from 'node:worker_threads'
import type { LabelMap, RgbImage } from '../core/image/types.ts'
import { random, type Random } from '../core/random.ts'
import { drawDistractor } from '../core/render/distractors.ts'
import { makeEnvironment, mapSky, roomSky, type Environment } from '../core/render/environment.ts'
import { preparePart, renderDefaults, renderPart, type Part } from '../core/render/render.ts'
import { renderScene, type SceneOptions, type Thing } from '../core/render/scene.ts'
import { onMessages } from '../core/threads.ts'
import { drawSurface, surfaceKinds } from '../core/train/procedural.ts'

/** Thread entry: renders of the parts of one file; a wish in, that render out. */

export interface RenderJob {
  /** Parts with what masks call them. */
  readonly things: readonly (Thing & { readonly name: string })[]
  readonly options: Partial<SceneOptions>
  readonly seed: number
  /** What lies around and behind; null: the part alone before plain grey. */
  readonly scene: SceneJob | null
  /** Bytes of EXR or HDR pictures; without, rooms are drawn. */
  readonly maps: readonly Uint8Array[]
}
export interface SceneJob {
  /** Most workpieces and stray things in one picture. */
  readonly parts: number
  readonly distractors: number
  /** Whether the other workpieces are about as large as the first, whatever their files say. */
  readonly alike: boolean
  readonly background: 'grey' | 'drawn' | 'photos'
  /** Of the size of the renders. */
  readonly photos: readonly RgbImage[]
}
export interface RenderWish {
  /** Place of the part in the list, and number of its render. */
  readonly thing: number
  readonly number: number
}
export interface RenderAnswer {
  readonly image: RgbImage
  readonly mask: LabelMap
  readonly instances: LabelMap
}

const rooms = 16
const drawnThings = 48
const drawnSurfaces = 24
/** Of five renders, three show the part as it lies, two from anywhere. */
const posesInTurn = ['resting', 'sphere', 'resting', 'sphere', 'resting'] as const
const job = workerData as RenderJob

/** Makes a thing once for each number. */
function once<T>(make: (number: number) => T): (number: number) => T {
  const made = new Map<number, T>()
  return (number) => {
    if (!made.has(number)) made.set(number, make(number))
    return made.get(number)!
  }
}

const light = once<Environment>((number) => makeEnvironment(job.maps.length > 0 ? mapSky(job.maps[number]) : roomSky(random(job.seed, 'room', number))))
const distractor = once<Part>((number) => preparePart(drawDistractor(random(job.seed, 'distractor', number))))
const surface = once<RgbImage>((number) => drawSurface(random(job.seed, 'behind', number), Math.max(size.width, size.height), surfaceKinds[number % surfaceKinds.length]))
const size = { width: job.options.width ?? renderDefaults.width, height: job.options.height ?? renderDefaults.height }

function render({ thing, number }: RenderWish): RenderAnswer {
  const { things, options, seed, scene, maps } = job
  const main = things[thing]
  const rng = things.length > 1 || scene ? random(seed, 'render-cad', number, main.name) : random(seed, 'render-cad', number)
  const environments = [light(number % (maps.length || rooms))]
  const all = { pose: posesInTurn[number % posesInTurn.length], environments, ...options }
  if (scene) return renderScene(thingsOf(scene, main, rng), behind(scene, rng), { ...all, noisyBehind: scene.background === 'photos' }, rng)
  const { image, mask } = renderPart(main.part, { ...all, label: main.label }, rng)
  return { image, mask, instances: { ...mask, data: mask.data.map((label) => (label ? 1 : 0)) } }
}

/** The part, others of the file or more of its kind, and stray things, the smallest a fifth and the largest almost twice its size. */
function thingsOf({ parts, distractors, alike }: SceneJob, main: Thing, rng: Random): Thing[] {
  const radius = main.part.extent.radius * (main.part.millimetres ?? 1)
  const likeMain = ({ part, label }: Thing) => ({ part: { ...part, millimetres: (radius / part.extent.radius) * rng.between(0.8, 1.25) }, label })
  const others = Array.from({ length: rng.below(parts) }, () => rng.pick(job.things)).map((thing) => (alike ? likeMain(thing) : thing))
  const stray = Array.from({ length: rng.below(distractors + 1) }, () => ({
    part: { ...distractor(rng.below(drawnThings)), millimetres: radius * 0.2 * 9 ** rng.uniform() }, label: 0,
  }))
  return [main, ...rng.shuffle([...others, ...stray])]
}

function behind({ background, photos }: SceneJob, rng: Random): RgbImage {
  const { width, height } = size
  if (background === 'grey') return { width, height, data: new Uint8Array(3 * width * height).fill(Math.round(rng.between(150, 215))) }
  return mirrored(background === 'photos' ? rng.pick(photos) : surface(rng.below(drawnSurfaces)), rng)
}

/** The upper left of a picture in the size of the renders, mirrored by chance. */
function mirrored(image: RgbImage, rng: Random): RgbImage {
  const { width, height } = size
  const flipX = rng.chance(0.5), flipY = rng.chance(0.5)
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = 3 * ((flipY ? height - 1 - y : y) * image.width + (flipX ? width - 1 - x : x)), to = 3 * (y * width + x)
      data[to] = image.data[from]
      data[to + 1] = image.data[from + 1]
      data[to + 2] = image.data[from + 2]
    }
  return { width, height, data }
}

function take(wish: RenderWish): void {
  const { image, mask, instances } = render(wish)
  const buffers = [image, mask, instances].map(({ data }) => data.buffer as ArrayBuffer)
  parentPort!.postMessage({ image, mask, instances } satisfies RenderAnswer, buffers)
}

onMessages(take, () => undefined)
