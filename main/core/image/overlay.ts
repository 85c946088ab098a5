import { IGNORE, type LabelMap, type RgbImage } from './types.ts'

export type Colour = readonly [red: number, green: number, blue: number]

/**
 * Colours of workpieces that stay apart for colour-blind eyes: Okabe and Ito 2008 (https://jfly.uni-koeln.de/color/), then Tol's
 * bright scheme (https://personal.sron.nl/~pault/). Class 1 takes the first; after twelve they come again.
 */
export const palette: readonly Colour[] = [
  [230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0],
  [204, 121, 167], [68, 119, 170], [102, 204, 238], [34, 136, 51], [238, 102, 119], [170, 51, 119],
]

export const colourOf = (classIndex: number): Colour => palette[(classIndex - 1) % palette.length]

const fill = 0.45
const hatch = 8

/**
 * A photo with its mask on it: workpieces as 45 % fill with an outline inside and a dark halo outside, ignored pixels hatched.
 *
 * @param photo 8-bit sRGB, [H, W, 3]; not changed.
 * @param labels Class per pixel, [H, W].
 * @throws RangeError if sizes differ.
 */
export function overlay(photo: RgbImage, labels: LabelMap): RgbImage {
  return painted(photo, labels, (data, x, y, label) => {
    const i = y * photo.width + x
    if (label === IGNORE) {
      if ((x + y) % hatch < 2) blend(data, i, [128, 128, 128], 0.6)
    } else if (touches(labels, x, y, label)) blend(data, i, label === 0 ? [0, 0, 0] : colourOf(label), label === 0 ? 0.5 : 1)
    else if (label > 0) blend(data, i, colourOf(label), fill)
  })
}

/**
 * A photo with the outline of its mask on it: three pixels wide in the colour of the workpiece, the photo itself stays as it is.
 *
 * @param photo 8-bit sRGB, [H, W, 3]; not changed.
 * @param labels Class per pixel, [H, W].
 * @throws RangeError if sizes differ.
 */
export function outline(photo: RgbImage, labels: LabelMap): RgbImage {
  const { width, height } = photo
  return painted(photo, labels, (data, x, y, label) => {
    if (label === 0 || label === IGNORE || !touches(labels, x, y, label)) return
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) blend(data, v * width + u, colourOf(label), 1)
  })
}

/** A copy of a photo that `paint` has seen every pixel of, row by row. */
function painted(photo: RgbImage, labels: LabelMap, paint: (data: Uint8Array, x: number, y: number, label: number) => void): RgbImage {
  const { width, height } = photo
  if (labels.width !== width || labels.height !== height)
    throw new RangeError(`expected labels of ${width} x ${height}, got ${labels.width} x ${labels.height}`)
  const data = photo.data.slice()
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) paint(data, x, y, labels.data[y * width + x])
  return { width, height, data }
}

/** Whether a workpiece begins or ends at this pixel. */
function touches({ width, height, data }: LabelMap, x: number, y: number, label: number): boolean {
  const at = y * width + x
  const differs = (other: number) => other !== label && (label !== 0 ? true : other !== IGNORE)
  return (x > 0 && differs(data[at - 1])) || (x + 1 < width && differs(data[at + 1]))
    || (y > 0 && differs(data[at - width])) || (y + 1 < height && differs(data[at + width]))
}

function blend(data: Uint8Array, pixel: number, colour: Colour, share: number): void {
  for (let c = 0; c < 3; c++) data[pixel * 3 + c] = data[pixel * 3 + c] * (1 - share) + colour[c] * share
}
