import type { LabelMap, RgbImage } from '../image/types.ts'
import { levelOf } from './composite-cutout.ts'

/** Grey levels within which the middle half of a plain background lies; photos and surfaces spread over 8 and more. */
const SPREAD = 3

/**
 * Whether a render is before a plain background: half of what is behind its parts is of one shade. Shadows may darken the rest.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @param mask Class index per pixel, [H, W]; 0 is background.
 */
export function isPlain({ data }: RgbImage, mask: LabelMap): boolean {
  const counts = new Float64Array(256)
  let total = 0
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] !== 0) continue
    counts[data[3 * i + 1]]++
    total++
  }
  return total > 0 && levelOf(counts, 0.75 * total) - levelOf(counts, 0.25 * total) < SPREAD
}
