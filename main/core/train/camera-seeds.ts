import { rgbToLab } from '../image/lab.ts'
import type { FloatMap, RgbImage } from '../image/types.ts'
import { standing } from './standing.ts'

/** What a fixed camera gives away about one photo. */
export interface CameraSeed {
  /** How clearly a pixel differs from what the camera sees there otherwise, 0..1; from 0.5 on it is foreground. [H, W] */
  readonly score: FloatMap
  /** How far the photo shows what the frames show, 0..1, by `standing`; near 0 where the camera moves. */
  readonly agreement: number
}

/** Fewest frames of which a median tells what stands still. */
export const fewestFrames = 3
/** Values between these are neither crushed nor clipped, and tell the light. */
const darkest = 8
const brightest = 247
/** Difference of CIELAB that is foreground where frames are alike, and how much more their spread asks for. */
const leastDifference = 8
const spreadFactor = 2

/**
 * What stands on a photo of a fixed camera: its difference to the per-pixel median of other frames, in CIELAB, against their own spread.
 *
 * Method, section 9. Each frame is first brought to the photo's light by one gain a channel.
 *
 * @param photo 8-bit sRGB, [H, W, 3].
 * @param frames At least three, of the same size; what is on the photo should be elsewhere on most of them.
 * @throws RangeError if there are fewer frames or sizes differ.
 */
export function cameraSeed(photo: RgbImage, frames: readonly RgbImage[]): CameraSeed {
  if (frames.length < fewestFrames) throw new RangeError(`expected at least ${fewestFrames} frames, got ${frames.length}`)
  const { width, height } = photo
  const lab = rgbToLab(photo)
  const seen = lab.data
  const others = frames.map((frame) => rgbToLab(inLightOf(photo, frame)).data)
  const column = new Float32Array(others.length)
  const still = seen.map((_, i) => {
    for (let k = 0; k < others.length; k++) column[k] = others[k][i]
    return medianOf(column)
  })
  const score = Float32Array.from({ length: width * height }, (_, p) => {
    for (let k = 0; k < others.length; k++) column[k] = difference(others[k], still, p)
    const spread = medianOf(column)
    const ratio = (difference(seen, still, p) / (leastDifference + spreadFactor * spread)) ** 2
    return ratio / (1 + ratio)
  })
  return { score: { width, height, data: score }, agreement: standing(lab, { width, height, data: still }) }
}

/**
 * How far apart two frames are where they are alike: the mean of the smaller half of their differences, so that what stands on the one
 * or the other does not count. Values of sRGB, after the second is brought to the light of the first.
 *
 * @throws RangeError if sizes differ.
 */
export function frameDistance(a: RgbImage, b: RgbImage): number {
  const { data } = inLightOf(a, b)
  const differences = Float32Array.from({ length: a.width * a.height }, (_, p) =>
    (Math.abs(a.data[3 * p] - data[3 * p]) + Math.abs(a.data[3 * p + 1] - data[3 * p + 1]) + Math.abs(a.data[3 * p + 2] - data[3 * p + 2])) / 3)
  const alike = differences.sort().subarray(0, Math.ceil(differences.length / 2))
  return alike.reduce((sum, value) => sum + value, 0) / alike.length
}

/** Distance of frames up to which they may be of one camera under one light. */
const nearDistance = 4
/** Of how many times more frames than asked for the emptiest are taken. */
const choiceFactor = 3

/**
 * The frames to hold a photo against: of the nearest those with the fewest workpieces, since a median forgives what stands on few of them.
 *
 * @param distances To each candidate, by `frameDistance`.
 * @param loads Workpieces on each candidate; 0 for an empty frame.
 * @returns Up to `count` candidates; ties go to the first.
 */
export function nearFrames(distances: ArrayLike<number>, loads: ArrayLike<number>, count: number): number[] {
  const order = Array.from(distances, (_, i) => i).sort((a, b) => distances[a] - distances[b] || a - b)
  return order.filter((i, rank) => rank < count || distances[i] <= nearDistance).slice(0, choiceFactor * count)
    .sort((a, b) => loads[a] - loads[b] || distances[a] - distances[b] || a - b).slice(0, count)
}

/** A frame in the light of a photo: each channel times the median ratio of the two, by values that are neither crushed nor clipped. */
function inLightOf(photo: RgbImage, frame: RgbImage): RgbImage {
  if (photo.width !== frame.width || photo.height !== frame.height)
    throw new RangeError(`expected frames of ${photo.width} x ${photo.height}, got ${frame.width} x ${frame.height}`)
  const gains = [0, 1, 2].map((channel) => gainOf(photo.data, frame.data, channel))
  const data = new Uint8Array(frame.data.length)
  for (let i = 0; i < data.length; i++) data[i] = Math.min(255, frame.data[i] * gains[i % 3] + 0.5)
  return { ...frame, data }
}

/** Ratios are counted in steps of a hundredth of an octave, up to two octaves either way. */
const stepsAnOctave = 100
const octaves = 2

function gainOf(photo: Uint8Array, frame: Uint8Array, channel: number): number {
  const count = new Int32Array(2 * octaves * stepsAnOctave + 1)
  let pixels = 0
  for (let i = channel; i < photo.length; i += 3) {
    if (Math.min(photo[i], frame[i]) < darkest || Math.max(photo[i], frame[i]) > brightest) continue
    const octave = Math.max(-octaves, Math.min(octaves, Math.log2(photo[i] / frame[i])))
    count[Math.round((octave + octaves) * stepsAnOctave)]++
    pixels++
  }
  if (pixels === 0) return 1
  let step = 0
  for (let seen = count[0]; 2 * seen < pixels; seen += count[++step]);
  return 2 ** (step / stepsAnOctave - octaves)
}

/** Distance of two colours of CIELAB, CIE 76. */
function difference(a: Float32Array, b: Float32Array, pixel: number): number {
  const i = 3 * pixel
  return Math.sqrt((a[i] - b[i]) ** 2 + (a[i + 1] - b[i + 1]) ** 2 + (a[i + 2] - b[i + 2]) ** 2)
}

/** The median of a few values, which it sorts. */
function medianOf(values: Float32Array): number {
  for (let i = 1; i < values.length; i++) {
    const value = values[i]
    let j = i
    for (; j > 0 && values[j - 1] > value; j--) values[j] = values[j - 1]
    values[j] = value
  }
  return (values[(values.length - 1) >> 1] + values[values.length >> 1]) / 2
}
