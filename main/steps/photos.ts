import type { Settings } from '../../preload/contract/settings.ts'
import { resizeRgb } from '../core/image/resize.ts'
import type { RgbImage } from '../core/image/types.ts'
import type { Store } from '../store/index.ts'
import type { ImageRow } from '../store/images.ts'
import type { Run } from './run.ts'
import type { Size } from './worker.ts'

/** Frames are multiples of this, so that the coarsest features divide them. */
const frameUnit = 16

/** Size at which masks of a photo are made: its own, or reduced to `masks.size`. */
export function workSize({ width, height }: Size, settings: Settings): Size {
  const scale = Math.min(1, settings['masks.size'] / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * Size of the pictures a network sees: long side `training.size` times `scale`, shape of most photos. Every picture is brought to it.
 */
export function frameOf(store: Store, settings: Settings, scale = 1): Size {
  const photos = store.images.list({ kind: 'photo' })
  const aspect = mostCommon((photos.length > 0 ? photos : store.images.list({ kind: 'render' })).map(({ width, height }) => width / height)) ?? 4 / 3
  const long = settings['training.size'] * scale
  const fit = (pixels: number) => Math.max(2 * frameUnit, Math.round(pixels / frameUnit) * frameUnit)
  return aspect >= 1 ? { width: fit(long), height: fit(long / aspect) } : { width: fit(long * aspect), height: fit(long) }
}

/** Size of training pictures: a crop of the frame. */
export const canvasOf = (store: Store, settings: Settings): Size => frameOf(store, settings, settings['training.crop'])

/** Size of the windows in which the pyramid of a network that predicts sums up a photo, that of training pictures; undefined: all of it. */
export const windowOf = (store: Store, settings: Settings): Size | undefined => (settings['predict.windows'] ? canvasOf(store, settings) : undefined)

function mostCommon(values: readonly number[]): number | undefined {
  const count = new Map<number, number>()
  for (const value of values) count.set(value, (count.get(value) ?? 0) + 1)
  return [...count].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** Photos that take part in a run: all that a person has not rejected. Those with truth are looked at but never train. */
export const photosOf = (store: Store) => store.images.list({ kind: 'photo', rejected: false })

/** Every n-th picture, so that there are `most` of them at most. */
export function spread(images: readonly ImageRow[], most: number): ImageRow[] {
  const every = Math.max(1, Math.ceil(images.length / most))
  return images.filter((_, i) => i % every === 0)
}

/** The pixels of an image, at a wanted size. */
export function readPixels({ store, codec }: Pick<Run, 'store' | 'codec'>, image: ImageRow, size: Size = image): RgbImage {
  return resizeRgb(codec.decodeRgb(store.images.bytes(image.id)), size.width, size.height)
}
