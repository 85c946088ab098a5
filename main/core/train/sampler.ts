import { IGNORE, type LabelMap, type RgbImage } from '../image/types.ts'
import { random, type Random } from '../random.ts'
import { augmentPhoto, paintScene, plainPicture, type AugmentOptions, type Backdrop } from './augment.ts'
import { cutOut, type Cutout } from './composite-cutout.ts'
import { isPlain } from './plain-background.ts'
import { expectedDiameter, type Canvas } from './composite-placement.ts'
import { surfacePool } from './procedural.ts'
import { solidPool } from './procedural-solids.ts'
import { evenOrder } from './sampler-order.ts'

/** A render with its exact mask: class index per pixel, 0 = background. Any size from the training size up. */
export interface RenderSample {
  readonly image: RgbImage
  readonly mask: LabelMap
  /** The workpiece it shows; renders are drawn evenly over these. */
  readonly classIndex: number
}

/** A photo at about the training size. */
export interface PhotoSample {
  readonly image: RgbImage
  /** Pseudo labels [H, W], 255 = ignore; null where there are none: a photo without tags is then all background. */
  readonly labels: LabelMap | null
  /** Class indices of the workpieces on it; empty = none. */
  readonly tags: readonly number[]
}

export interface SamplerOptions {
  readonly seed: number
  readonly width: number
  readonly height: number
  /** Number of classes with background. */
  readonly classes: number
  readonly renderBatch: number
  readonly photoBatch: number
  readonly augment: AugmentOptions
}

/** One batch: rows 0 .. renders - 1 are renders, the rest photos. */
export interface Batch {
  /** sRGB 0..255, [B, H, W, 3]. */
  readonly image: Float32Array
  /** Class index, 255 = ignore, [B, H, W]. */
  readonly labels: Int32Array
  readonly renders: number
  readonly photos: number
}

/** Photos and composited renders for the tag classifier. */
export interface TagBatch {
  /** sRGB 0..255, [B, H, W, 3]. */
  readonly image: Float32Array
  /** 1 where the workpiece is on the picture, [B, classes - 1]; column k is class k + 1. */
  readonly tags: Float32Array
}

export interface Sampler {
  /** The batch of one step of one round. */
  batch(round: number, step: number): Batch
  /** A batch of `size` pictures for the classifier; `renderShare` of them are composited renders. */
  tagBatch(step: number, size: number, renderShare: number): TagBatch
}

interface PreparedRender {
  readonly sample: RenderSample
  readonly cutout: Cutout | null
  /** Whether it is before a plain background, which teaches nothing: it is always pasted on another. */
  readonly plain: boolean
}

const SURFACES = 48
const SOLIDS = 32
const MOST_PARTS = 8

/**
 * Draws training batches, evenly over workpieces and tags; the same for the same (seed, round, step), whatever came before.
 *
 * @throws RangeError if a batch wants renders or photos and there are none.
 */
export function batchSampler(renders: readonly RenderSample[], photos: readonly PhotoSample[], options: SamplerOptions): Sampler {
  const { seed, width, height, augment } = options
  if (options.renderBatch > 0 && renders.length === 0) throw new RangeError('expected at least one render, got none')
  if (options.photoBatch > 0 && photos.length === 0) throw new RangeError('expected at least one photo, got none')
  const wanted = (1.25 * expectedDiameter(width, height, augment.expectedShare)) / augment.crop
  const prepared = renders.map((sample) => ({ sample, cutout: augment.composite > 0 ? cutOut(sample.image, sample.mask, wanted) : null, plain: augment.composite > 0 && isPlain(sample.image, sample.mask) }))
  const world: World = {
    options,
    nextRender: evenOrder(groupBy(prepared, (r) => [r.sample.classIndex]), seed, 'renders'),
    nextPhoto: evenOrder(groupBy(photos, (p) => (p.tags.length > 0 ? p.tags : [0])), seed, 'photos'),
    surfaces: augment.composite > 0 ? surfacePool(seed, SURFACES, Math.round(1.5 * Math.max(width, height))) : [],
    solids: augment.clutter + augment.shadows > 0 ? solidPool(seed, SOLIDS, 80) : [],
    backdrops: photos.flatMap(toBackdrop),
    pieces: augment.cutPaste > 0 ? photoPieces(photos) : [],
  }
  return {
    batch: (round, step) => drawBatch(world, round, step),
    tagBatch: (step, size, renderShare) => drawTagBatch(world, step, size, renderShare),
  }
}

interface World {
  readonly options: SamplerOptions
  readonly nextRender: ((draw: number) => PreparedRender) | null
  readonly nextPhoto: ((draw: number) => PhotoSample) | null
  readonly surfaces: readonly RgbImage[]
  readonly solids: readonly Cutout[]
  readonly backdrops: readonly Backdrop[]
  readonly pieces: readonly (readonly Cutout[])[]
}

function drawBatch(world: World, round: number, step: number): Batch {
  const { seed, renderBatch, photoBatch, width, height } = world.options
  const size = renderBatch + photoBatch, pixels = width * height
  const image = new Float32Array(size * pixels * 3), labels = new Int32Array(size * pixels)
  for (let i = 0; i < size; i++) {
    const rng = random(seed, 'sample', round, step, i)
    const canvas = i < renderBatch
      ? drawRender(world, rng, step * renderBatch + i)
      : drawPhoto(world, rng, world.nextPhoto!(step * photoBatch + i - renderBatch))
    image.set(canvas.rgb, i * pixels * 3)
    labels.set(canvas.labels, i * pixels)
  }
  return { image, labels, renders: renderBatch, photos: photoBatch }
}

function drawRender(world: World, rng: Random, draw: number): Canvas {
  const { augment, width, height } = world.options
  const { sample, cutout, plain } = world.nextRender!(draw)
  if (!cutout || !(rng.chance(augment.composite) || plain))
    return augment.randomise > 0
      ? augmentPhoto(rng, width, height, { image: sample.image, labels: sample.mask, pasted: [], ...drawStrays(world, rng, true) }, augment)
      : plainPicture(rng, width, height, sample.image, sample.mask)
  const parts = [cutout]
  while (parts.length < MOST_PARTS && rng.chance(1 - 1 / augment.parts)) {
    const other = world.nextRender!(rng.below(1 << 20)).cutout
    if (other) parts.unshift(other)
  }
  const clutter = drawClutter(world, rng), shadows = drawShadows(world, rng)
  const photo = world.backdrops.length > 0 && rng.chance(augment.photoBackgrounds)
  const backdrop = photo ? rng.pick(world.backdrops) : { image: rng.pick(world.surfaces), labels: null, endless: true }
  return paintScene(rng, width, height, { backdrop, clutter, shadows, parts }, augment)
}

/** Stray things and shadows for a picture as it was taken; things only where its other pixels are labelled too. */
const drawStrays = (world: World, rng: Random, labelled: boolean) =>
  ({ clutter: labelled && world.options.augment.clutter > 0 ? drawClutter(world, rng) : [], shadows: drawShadows(world, rng) })

/** Things that are no workpiece, for one picture. */
function drawClutter({ options, solids }: World, rng: Random): Cutout[] {
  return Array.from({ length: rng.chance(options.augment.clutter) ? 1 + rng.below(3) : 0 }, () => rng.pick(solids))
}

/** What throws shadows on one picture: workpieces where they are cut out, else stray things. */
function drawShadows({ options, solids, nextRender }: World, rng: Random): Cutout[] {
  const wanted = options.augment.shadows > 0 && rng.chance(options.augment.shadows) ? 1 + rng.below(2) : 0
  return Array.from({ length: wanted }, () => (rng.chance(0.5) ? nextRender?.(rng.below(1 << 20)).cutout : null) ?? rng.pick(solids))
}

function drawPhoto(world: World, rng: Random, photo: PhotoSample): Canvas {
  const { augment, width, height } = world.options
  const pasted = world.pieces.length > 0 && rng.chance(augment.cutPaste) ? [rng.pick(rng.pick(world.pieces))] : []
  const labels = labelsOf(photo)
  return augmentPhoto(rng, width, height, { image: photo.image, labels, pasted, ...drawStrays(world, rng, labels !== null) }, augment)
}

function drawTagBatch(world: World, step: number, size: number, renderShare: number): TagBatch {
  const { seed, classes, width, height } = world.options, pixels = width * height
  const image = new Float32Array(size * pixels * 3), tags = new Float32Array(size * (classes - 1))
  const renders = !world.nextPhoto ? size : world.nextRender ? Math.round(size * renderShare) : 0
  for (let i = 0; i < size; i++) {
    const rng = random(seed, 'tags', step, i)
    const photo = i < renders ? null : world.nextPhoto!(step * (size - renders) + i - renders)
    const canvas = photo ? drawPhoto({ ...world, pieces: [] }, rng, photo) : drawRender(world, rng, step * renders + i)
    for (const tag of photo ? photo.tags : visible(canvas)) tags[i * (classes - 1) + tag - 1] = 1
    image.set(canvas.rgb, i * pixels * 3)
  }
  return { image, tags }
}

/** Classes that cover at least 0.2 % of a canvas. */
function visible({ labels }: Canvas): number[] {
  const counts = new Uint32Array(256)
  for (const label of labels) counts[label]++
  const least = 0.002 * labels.length
  return [...counts.keys()].filter((label) => label > 0 && label < IGNORE && counts[label] >= least)
}

function groupBy<T>(list: readonly T[], keys: (item: T) => readonly number[]): T[][] {
  const groups = new Map<number, T[]>()
  for (const item of list) for (const key of keys(item)) groups.set(key, [...(groups.get(key) ?? []), item])
  return [...groups.keys()].sort((a, b) => a - b).map((key) => groups.get(key)!)
}

/** Labels of a photo: its pseudo labels; all background without tags; else unknown. */
function labelsOf(photo: PhotoSample): LabelMap | null {
  if (photo.labels || photo.tags.length > 0) return photo.labels
  return { width: photo.image.width, height: photo.image.height, data: new Uint8Array(photo.image.width * photo.image.height) }
}

/** A photo serves as backdrop when its labels are known. */
function toBackdrop(photo: PhotoSample): Backdrop[] {
  const labels = labelsOf(photo)
  return labels ? [{ image: photo.image, labels, endless: false }] : []
}

/** Workpieces cut out of photos by their pseudo labels, one list per class. */
function photoPieces(photos: readonly PhotoSample[]): Cutout[][] {
  const pieces = new Map<number, Cutout[]>()
  for (const { image, labels, tags } of photos)
    for (const tag of labels ? tags : []) {
      const mask = { ...labels!, data: labels!.data.map((label) => (label === tag ? tag : 0)) }
      const piece = cutOut(image, mask)
      if (piece && piece.diameter > 6) pieces.set(tag, [...(pieces.get(tag) ?? []), piece])
    }
  return [...pieces.keys()].sort((a, b) => a - b).map((key) => pieces.get(key)!)
}
