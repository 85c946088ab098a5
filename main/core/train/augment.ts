import { IGNORE, type LabelMap, type RgbImage } from '../image/types.ts'
import type { Random } from '../random.ts'
import { applyCamera } from './augment-camera.ts'
import { drawView, fillFromView, plainView, tintCanvas } from './augment-photo.ts'
import { compositeRender } from './composite.ts'
import type { Cutout } from './composite-cutout.ts'
import { strayShadow } from './composite-shadow.ts'
import { blankCanvas, drawPlacement, type Canvas } from './composite-placement.ts'

/** How pictures are varied; the same names as the settings `augment.*`. */
export interface AugmentOptions {
  /** Share of renders cut out and pasted on another background. */
  readonly composite: number
  /** Share of pasted renders whose background is a photo. */
  readonly photoBackgrounds: number
  /** Strength of random looks, 0..1. */
  readonly randomise: number
  /** Share of pictures with things that are no workpiece. */
  readonly clutter: number
  /** Share of pictures with shadows of things that are not on them. */
  readonly shadows: number
  /** Mean number of workpieces on one composite, 1 or more. */
  readonly parts: number
  /** Largest turn, degrees. */
  readonly turn: number
  readonly scaleMin: number
  readonly scaleMax: number
  /** Share of photos that receive a workpiece cut from another photo. */
  readonly cutPaste: number
  /** Share of the photo one workpiece covers. */
  readonly expectedShare: number
  /** Share of a photo's sides that a training picture shows; 1 = whole photos. */
  readonly crop: number
  /** Random size of whole photos and renders, against that of `crop`. */
  readonly zoomMin: number
  readonly zoomMax: number
}

/** Share of photo crops that are centred on a labelled workpiece. */
const CENTRED = 0.75

/** A picture to lay parts on. `labels` null: all of it is background; a number: that label everywhere. */
export interface Backdrop {
  readonly image: RgbImage
  readonly labels: LabelMap | number | null
  /** A surface without end: no pixel of it is ever outside. */
  readonly endless: boolean
}

/** What is on a picture and no workpiece. */
export interface Strays {
  readonly clutter: readonly Cutout[]
  /** What throws shadows from outside. */
  readonly shadows: readonly Cutout[]
}

/** What a composite is made of; parts are pasted last. */
export interface Scene extends Strays {
  readonly backdrop: Backdrop
  readonly parts: readonly Cutout[]
}

/**
 * Paints parts on a backdrop under random light, seen by a random camera.
 *
 * Recipe of the compositing: every part turned, scaled, recoloured and shadowed by its own draw; then the whole picture passes the camera.
 *
 * @returns A canvas of the wanted size with exact labels.
 */
export function paintScene(rng: Random, width: number, height: number, scene: Scene, options: AugmentOptions): Canvas {
  const canvas = blankCanvas(width, height)
  const { image, labels, endless } = scene.backdrop, strength = options.randomise
  const zoom = endless ? { zoomMin: 1, zoomMax: 2.4, shift: 0.5 } : { zoomMin: 1 / options.crop, zoomMax: 1.5 / options.crop, shift: reachOf(options, 0.08) }
  fillFromView(canvas, image, labels, drawView(rng, canvas, image, { turn: options.turn, flip: true, tilt: endless ? 0.35 : 0.05, ...zoom }), endless)
  tintCanvas(rng, canvas, endless ? strength : 0.5 * strength)
  layStrays(rng, canvas, scene, options)
  const crowd = 1 - 0.12 * Math.max(0, scene.parts.length - 1)
  for (const part of scene.parts) compositeRender(rng, canvas, part, drawPlacement(rng, canvas, part, options, crowd), strength)
  applyCamera(rng, canvas, strength)
  return canvas
}

function layStrays(rng: Random, canvas: Canvas, { clutter, shadows }: Strays, options: AugmentOptions): void {
  for (const shape of shadows) strayShadow(rng, canvas, shape)
  for (const thing of clutter) compositeRender(rng, canvas, thing, drawPlacement(rng, canvas, thing, options, 0.75), 0.5 * options.randomise)
}

/** A picture as it was taken, and what is laid on it. */
export interface Shot extends Strays {
  readonly image: RgbImage
  /** Labels [H, W], or null when it has none: then all is ignored. */
  readonly labels: LabelMap | null
  /** Parts from other photos, pasted with little change of looks. */
  readonly pasted: readonly Cutout[]
}

/**
 * A photo or render with its labels, turned, scaled, mirrored and recoloured; parts cut from other photos and stray things may be laid on it.
 *
 * @returns A canvas of the wanted size; labels outside of the picture are 255.
 */
export function augmentPhoto(rng: Random, width: number, height: number, { image, labels, pasted, ...strays }: Shot, options: AugmentOptions): Canvas {
  const canvas = blankCanvas(width, height)
  const centre = options.crop < 1 && labels && rng.chance(CENTRED) ? workpiecePixel(rng, labels) : undefined
  const shift = centre ? 0.25 * options.crop : reachOf(options, 0.1)
  const view = drawView(rng, canvas, image, { turn: options.turn, zoomMin: options.zoomMin / options.crop, zoomMax: options.zoomMax / options.crop, shift, centre, flip: true, tilt: 0 })
  fillFromView(canvas, image, labels ?? IGNORE, view)
  layStrays(rng, canvas, strays, options)
  for (const part of pasted) {
    const scale = Math.exp(rng.between(-0.4, 0.4)) * (canvas.width / (image.width * options.crop))
    compositeRender(rng, canvas, part, { ...drawPlacement(rng, canvas, part, options), scale }, 0.15 * options.randomise)
  }
  tintCanvas(rng, canvas, 0.3 * options.randomise)
  applyCamera(rng, canvas, 0.4 * options.randomise)
  return canvas
}

/** How far a view may shift so that a crop gets everywhere on a photo; whole photos move a little. */
const reachOf = ({ crop }: AugmentOptions, little: number) => little + (1 - crop) / 2

/** A random pixel that bears the label of a workpiece, or undefined where there is none. */
function workpiecePixel(rng: Random, { width, data }: LabelMap): [number, number] | undefined {
  let count = 0
  for (const label of data) if (label > 0 && label !== IGNORE) count++
  if (count === 0) return undefined
  let left = rng.below(count)
  const at = data.findIndex((label) => label > 0 && label !== IGNORE && left-- === 0)
  return [at % width, Math.floor(at / width)]
}

/** A picture as it is, shrunk or stretched to the canvas, mirrored left-right half of the time. */
export function plainPicture(rng: Random, width: number, height: number, image: RgbImage, labels: LabelMap | null): Canvas {
  const canvas = blankCanvas(width, height)
  const view = plainView(canvas, image)
  const flipped = rng.chance(0.5) ? { ...view, a: -view.a, u: image.width } : view
  fillFromView(canvas, image, labels ?? IGNORE, flipped)
  return canvas
}
