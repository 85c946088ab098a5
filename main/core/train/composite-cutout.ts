import type { LabelMap, RgbImage } from '../image/types.ts'

/** A part without its surroundings: colour, soft alpha and labels, on a tight raster with an empty border of one pixel. */
export interface Cutout {
  readonly width: number
  readonly height: number
  /** [H, W, 4]: sRGB (bled outwards over the edge, so that interpolation never meets the old background) and alpha, 0..255. */
  readonly rgba: Uint8Array
  /** Class index per pixel, [H, W]; 0 outside. */
  readonly labels: Uint8Array
  /** Pixels of a compact part: mean of its disc of equal area and of equal spread. */
  readonly diameter: number
  /** Luma below which 2 % and 98 % of the part's pixels lie. */
  readonly low: number
  readonly high: number
  /** Shares of the part's pixels per luma, 64 bins. */
  readonly histogram: Float32Array
}

interface Shape {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly diameter: number
}

/**
 * Cuts the labelled part (every label but 0) out of a picture and shrinks it to a wanted size by area averaging; it never enlarges.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @param mask Class index per pixel, [H, W]; 255 stays 255 (ignore).
 * @param wantedDiameter Size of the part to keep, in pixels.
 * @returns The part, or null where the mask is empty.
 * @throws RangeError if sizes differ.
 */
export function cutOut(image: RgbImage, mask: LabelMap, wantedDiameter = Infinity): Cutout | null {
  if (mask.width !== image.width || mask.height !== image.height)
    throw new RangeError(`expected a mask of ${image.width} x ${image.height}, got ${mask.width} x ${mask.height}`)
  const shape = measure(mask)
  if (!shape) return null
  const scale = Math.min(1, wantedDiameter / shape.diameter)
  const width = Math.ceil(shape.width * scale) + 2
  const height = Math.ceil(shape.height * scale) + 2
  const rgba = new Uint8Array(width * height * 4)
  const labels = new Uint8Array(width * height)
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) average(image, mask, shape, scale, x - 1, y - 1, rgba, labels, y * width + x)
  bleed(rgba, width, height)
  return finishCutout(width, height, rgba, labels, shape.diameter * scale)
}

/** Adds what pasting needs to know about a part: its range of luma and histogram. */
export function finishCutout(width: number, height: number, rgba: Uint8Array, labels: Uint8Array, diameter: number): Cutout {
  const counts = new Float64Array(256)
  let total = 0
  for (let i = 0; i < width * height; i++) {
    if (rgba[4 * i + 3] < 128) continue
    counts[(rgba[4 * i] * 77 + rgba[4 * i + 1] * 150 + rgba[4 * i + 2] * 29) >> 8]++
    total++
  }
  const histogram = new Float32Array(64)
  for (let l = 0; l < 256; l++) histogram[l >> 2] += counts[l] / Math.max(1, total)
  return { width, height, rgba, labels, diameter, low: levelOf(counts, total * 0.02), high: levelOf(counts, total * 0.98), histogram }
}

/** The grey level, of 256 with their counts, at which more than `wanted` are reached. */
export function levelOf(counts: Float64Array, wanted: number): number {
  let sum = 0
  for (let l = 0; l < 256; l++) if ((sum += counts[l]) > wanted) return l
  return 255
}

function measure(mask: LabelMap): Shape | null {
  const { width, height, data } = mask
  let left = width, right = -1, top = height, bottom = -1
  let area = 0, sx = 0, sy = 0, sxx = 0, syy = 0
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (data[i] === 0) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
      area++
      sx += x; sy += y; sxx += x * x; syy += y * y
    }
  if (area === 0) return null
  const spread = (sxx + syy) / area - (sx / area) ** 2 - (sy / area) ** 2
  const ofArea = Math.sqrt((4 * area) / Math.PI)
  const ofSpread = Math.max(1, 2 * Math.sqrt(2 * Math.max(0, spread)))
  return { left, top, width: right - left + 1, height: bottom - top + 1, diameter: Math.sqrt(ofArea * ofSpread) }
}

/** Writes one pixel of the shrunk part: colour averaged over part pixels alone, alpha = covered share, label = majority vote. */
function average(
  image: RgbImage, mask: LabelMap, shape: Shape, scale: number, ox: number, oy: number, rgba: Uint8Array, labels: Uint8Array, at: number,
): void {
  const x0 = ox / scale, x1 = Math.min(shape.width, (ox + 1) / scale)
  const y0 = oy / scale, y1 = Math.min(shape.height, (oy + 1) / scale)
  let r = 0, g = 0, b = 0, covered = 0, label = 0, lead = 0
  for (let y = Math.floor(y0); y < y1; y++) {
    const wy = Math.min(y + 1, y1) - Math.max(y, y0)
    for (let x = Math.floor(x0); x < x1; x++) {
      const i = (shape.top + y) * mask.width + shape.left + x
      const found = mask.data[i]
      if (found === 0) continue
      const weight = wy * (Math.min(x + 1, x1) - Math.max(x, x0))
      r += weight * image.data[3 * i]
      g += weight * image.data[3 * i + 1]
      b += weight * image.data[3 * i + 2]
      covered += weight
      if (found === label) lead += weight
      else if (lead >= weight) lead -= weight
      else { label = found; lead = weight - lead }
    }
  }
  if (covered <= 0) return
  rgba[4 * at] = r / covered + 0.5
  rgba[4 * at + 1] = g / covered + 0.5
  rgba[4 * at + 2] = b / covered + 0.5
  rgba[4 * at + 3] = Math.min(255, covered * scale * scale * 255 + 0.5)
  labels[at] = label
}

/** Carries colour two pixels outwards into empty pixels; alpha stays 0 there. */
export function bleed(rgba: Uint8Array, width: number, height: number): void {
  const filled = new Uint8Array(width * height)
  for (let i = 0; i < filled.length; i++) filled[i] = rgba[4 * i + 3] > 0 ? 1 : 0
  for (let pass = 1; pass <= 2; pass++)
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        if (filled[i]) continue
        const from = x > 0 && usable(filled[i - 1], pass) ? i - 1
          : x < width - 1 && usable(filled[i + 1], pass) ? i + 1
          : y > 0 && usable(filled[i - width], pass) ? i - width
          : y < height - 1 && usable(filled[i + width], pass) ? i + width : -1
        if (from < 0) continue
        for (let c = 0; c < 3; c++) rgba[4 * i + c] = rgba[4 * from + c]
        filled[i] = pass + 1
      }
}

const usable = (state: number, pass: number) => state > 0 && state <= pass
