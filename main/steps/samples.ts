import { resizeLabels, resizeRgb } from '../core/image/resize.ts'
import type { LabelMap } from '../core/image/types.ts'
import type { PhotoSample, RenderSample } from '../core/train/sampler.ts'
import type { ImageRow } from '../store/images.ts'
import { openBatches, type Batches } from './batches.ts'
import { classCount, classIndices } from './classes.ts'
import { canvasOf, frameOf, readPixels } from './photos.ts'
import type { Run } from './run.ts'
import type { Size } from './worker.ts'

/** Renders are kept a little larger than the frame, so that a part cut out of them is sharp. */
const renderScale = 1.5
/** Long side for which distances in pixels are given. */
const referenceSize = 640
/** Batches drawn ahead of the one that trains. */
const drawnAhead = 2

/** The steps after this one that are worth drawing already. */
export const nextSteps = (step: number, steps: number) => Array.from({ length: Math.min(drawnAhead, steps - 1 - step) }, (_, i) => step + 1 + i)

/** Draws training batches of the project. `labels` gives the mask of a photo, null where it has none. */
export async function openSamples(
  run: Run, { renderBatch, photoBatch, photos, crop, labels }: {
    renderBatch: number; photoBatch: number; photos: readonly ImageRow[]
    /** Share of a photo's sides that a training picture shows. */
    crop: number
    labels: (photo: ImageRow) => LabelMap | null
  },
): Promise<Batches> {
  const { store, settings } = run
  const canvas = canvasOf(store, settings)
  const frame = crop < 1 ? frameOf(store, settings) : canvas
  const renders = store.images.list({ kind: 'render', rejected: false })
  const total = renders.length + photos.length
  const read = async <T>(images: readonly ImageRow[], before: number, load: (image: ImageRow) => T): Promise<T[]> => {
    const loaded: T[] = []
    for (const image of images) {
      run.signal.throwIfAborted()
      loaded.push(load(image))
      await run.report({ step: 'read', done: before + loaded.length, total, unit: 'images' })
    }
    return loaded
  }
  const classes = classIndices(store)
  const renderSamples = await read(renders, 0, (image) => renderSample(run, image, frame, classes))
  const photoSamples = await read(photos, renders.length, (photo): PhotoSample => ({
    image: readPixels(run, photo, frame), labels: scaled(labels(photo), frame), tags: photo.tags.map((name) => classes.get(name)!),
  }))
  return openBatches({
    renders: renderSamples, photos: photoSamples,
    boundary: { k: settings['weights.boundary'], width: settings['weights.boundaryWidth'] },
    background: settings['weights.background'],
    distance: (settings['weights.distance'] * settings['training.size']) / referenceSize,
    options: {
      seed: settings['run.seed'], ...canvas, classes: classCount(store), renderBatch, photoBatch,
      augment: {
        composite: settings['augment.composite'], photoBackgrounds: settings['augment.photoBackgrounds'], randomise: settings['augment.randomise'],
        parts: settings['augment.parts'], clutter: settings['augment.clutter'], shadows: settings['augment.shadows'], turn: settings['augment.turn'], scaleMin: settings['augment.scaleMin'], scaleMax: settings['augment.scaleMax'],
        cutPaste: settings['augment.cutPaste'], expectedShare: settings['initial.share'], crop,
        zoomMin: settings['augment.zoomMin'], zoomMax: settings['augment.zoomMax'],
      },
    },
  })
}

const scaled = (labels: LabelMap | null, { width, height }: Size) => labels && resizeLabels(labels, width, height)

function renderSample(run: Run, image: ImageRow, frame: Size, classes: ReadonlyMap<string, number>): RenderSample {
  const mask = run.store.masks.ofRender(image.id)
  const scale = Math.min(1, (renderScale * frame.width) / image.width, (renderScale * frame.height) / image.height)
  const width = Math.max(1, Math.round(image.width * scale))
  const height = Math.max(1, Math.round(image.height * scale))
  return { image: resizeRgb(readPixels(run, image), width, height), mask: resizeLabels(mask, width, height), classIndex: classes.get(image.tags[0])! }
}
