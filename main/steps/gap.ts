import type { Output } from '../../preload/contract/api.ts'
import type { Codec } from '../core/image/codec.ts'
import { rgbToLab } from '../core/image/lab.ts'
import { resizeRgb } from '../core/image/resize.ts'
import type { RgbImage } from '../core/image/types.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'

type Gaps = Output<'images:gap'>

/** Pictures of each kind that are looked at, and the long side at which. */
const sampleSize = 24
const side = 320

type Look = { readonly L: number; readonly contrast: number; readonly a: number; readonly b: number; readonly sharpness: number; readonly noise: number }

/** How far renders are from photos, each measure 0 (alike) .. 1 (worlds apart); empty where one kind is missing. */
export function measureGap(store: Store, codec: Codec): Gaps {
  const look = (kind: 'render' | 'photo') => meanOf(spread(store.images.list({ kind })).map((image) => lookOf(small(codec.decodeRgb(store.images.bytes(image.id))))))
  const renders = look('render')
  const photos = look('photo')
  if (!renders || !photos) return []
  const ratio = (a: number, b: number) => Math.abs(Math.log((a + 0.1) / (b + 0.1))) / Math.log(8)
  const gaps: Record<Gaps[number]['name'], number> = {
    brightness: Math.abs(renders.L - photos.L) / 50,
    contrast: Math.abs(renders.contrast - photos.contrast) / 25,
    colour: Math.hypot(renders.a - photos.a, renders.b - photos.b) / 40,
    sharpness: ratio(renders.sharpness, photos.sharpness),
    noise: ratio(renders.noise, photos.noise),
  }
  return Object.entries(gaps).map(([name, gap]) => ({ name: name as Gaps[number]['name'], gap: Math.min(1, gap) }))
}

function spread(images: readonly ImageRow[]): ImageRow[] {
  const every = Math.max(1, Math.ceil(images.length / sampleSize))
  return images.filter((_, i) => i % every === 0)
}

function small(image: RgbImage): RgbImage {
  const scale = Math.min(1, side / Math.max(image.width, image.height))
  return resizeRgb(image, Math.max(3, Math.round(image.width * scale)), Math.max(3, Math.round(image.height * scale)))
}

/**
 * Mean and spread of lightness, mean colour, mean gradient, and noise by the Laplacian of Immerkaer (CVIU 1996, equation 4).
 *
 * @param image 8-bit sRGB, [H, W, 3], at least 3 x 3.
 */
export function lookOf(image: RgbImage): Look {
  const { width, height, data } = rgbToLab(image)
  const n = width * height
  const sum = [0, 0, 0, 0]
  for (let i = 0; i < data.length; i += 3) {
    sum[0] += data[i]
    sum[1] += data[i + 1]
    sum[2] += data[i + 2]
    sum[3] += data[i] ** 2
  }
  const L = (x: number, y: number) => data[(y * width + x) * 3]
  let gradient = 0
  let laplacian = 0
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      gradient += Math.abs(L(x + 1, y) - L(x - 1, y)) + Math.abs(L(x, y + 1) - L(x, y - 1))
      laplacian += Math.abs(L(x - 1, y - 1) - 2 * L(x, y - 1) + L(x + 1, y - 1) - 2 * L(x - 1, y) + 4 * L(x, y) - 2 * L(x + 1, y)
        + L(x - 1, y + 1) - 2 * L(x, y + 1) + L(x + 1, y + 1))
    }
  const inner = (width - 2) * (height - 2)
  return {
    L: sum[0] / n, a: sum[1] / n, b: sum[2] / n, contrast: Math.sqrt(Math.max(0, sum[3] / n - (sum[0] / n) ** 2)),
    sharpness: gradient / inner, noise: (Math.sqrt(Math.PI / 2) * laplacian) / (6 * inner),
  }
}

function meanOf(looks: readonly Look[]): Look | null {
  if (looks.length === 0) return null
  const keys = Object.keys(looks[0]) as (keyof Look)[]
  return Object.fromEntries(keys.map((key) => [key, looks.reduce((sum, look) => sum + look[key], 0) / looks.length])) as Look
}
