import type { LabelMap, RgbImage } from '../image/types.ts'

/** Grey levels within which the middle half of a plain background lies; photos and surfaces spread over 8 and more. */
const SPREAD = 3

/**
 * Whether a render is before a plain background: half of what is behind its parts is of one shade. Shadows may darken the rest.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @param mask Class index per pixel, [H, W]; 0 is background.
 */
export function isPlain({ data }: RgbImage, mask: LabelMap): boolean {
  const counts = new Uint32Array(256)
  let total = 0
  for (const [i, label] of mask.data.entries()) {
    if (label !== 0) continue
    counts[data[3 * i + 1]]++
    total++
  }
  const levelAt = (share: number) => {
    let rest = share * total
    return counts.findIndex((count) => (rest -= count) <= 0)
  }
  return total > 0 && levelAt(0.75) - levelAt(0.25) < SPREAD
}
