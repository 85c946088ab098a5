import { IGNORE, type FloatMap, type LabelMap, type SegmentMap } from '../image/types.ts'
import { provenance } from './provenance.ts'

/** The activation map of one tag. */
export interface TagScores {
  /** Class of the tag in masks, 1 .. 254. */
  readonly classIndex: number
  /** Activation 0..1, [H, W]. */
  readonly map: FloatMap
}

export interface InitialMaskOptions {
  /** Share of the photo that active pixels must exceed. */
  readonly share: number
  /** A superpixel is positive when all of its pixels are active, or more than half. */
  readonly positive: 'whole' | 'majority'
  /** Activations under this speak for background, 0..1. */
  readonly background: number
}

/** Labels and where each comes from. */
export interface Mask {
  readonly labels: LabelMap
  readonly provenance: Uint8Array
}

/**
 * The threshold of an activation map: t = 1, times 0.99 until more than a share of the pixels reach it.
 *
 * Method, section 2.
 *
 * @param scores Activations 0..1, any length.
 * @param share Share of pixels, 0..1.
 * @returns null where no threshold above 0 can hold, as in a map of zeros.
 */
export function camThreshold(scores: Float32Array, share: number): { threshold: number; steps: number } | null {
  const needed = Math.floor(scores.length * share) + 1
  if (needed > scores.length) return null
  const reach = scores.slice().sort()[scores.length - needed]
  if (!(reach > 0)) return null
  let threshold = 1
  let steps = 0
  while (threshold > reach) {
    threshold *= 0.99
    steps++
  }
  return { threshold, steps }
}

/**
 * The superpixels that belong to a tag, by its activation map.
 *
 * Method, section 2: active pixels by `camThreshold`, then whole superpixels by the rule; where none passes, those with the
 * highest mean activation, at least one and no more than the share.
 *
 * @returns Superpixel indices, ascending, and how they were found.
 */
export function positiveSegments(
  map: FloatMap, segments: SegmentMap, { share, positive }: Omit<InitialMaskOptions, 'background'>,
): { ids: number[]; threshold: number | null; fallback: boolean } {
  requireSize(map, segments)
  const found = camThreshold(map.data, share)
  if (found === null) return { ids: [], threshold: null, fallback: false }
  const { threshold } = found
  const stats = segmentStats(map.data, segments, threshold)
  const passes = positive === 'whole'
    ? (s: number) => stats.active[s] === stats.area[s]
    : (s: number) => 2 * stats.active[s] > stats.area[s]
  const all = Array.from({ length: segments.count }, (_, s) => s).filter((s) => stats.area[s] > 0)
  const ids = all.filter(passes)
  if (ids.length > 0) return { ids, threshold, fallback: false }
  const ranked = all.filter((s) => stats.sum[s] > 0).sort((a, b) => stats.sum[b] / stats.area[b] - stats.sum[a] / stats.area[a] || a - b)
  let left = share * map.data.length
  const taken = ranked.filter((s, i) => {
    left -= stats.area[s]
    return i === 0 || left >= 0
  })
  return { ids: taken.sort((a, b) => a - b), threshold, fallback: true }
}

/**
 * The mask of round 0: superpixels under a tag's activation, background where no tag is active, 255 between.
 *
 * Method, section 2. A superpixel wanted by several tags goes to the one with the higher mean activation (ties: the first). A
 * superpixel is background when its activation, the largest over the tags, stays under the bound in all of its pixels (`whole`)
 * or in more than half (`majority`). A photo without tags is background everywhere.
 *
 * @param tags One map per tag of the photo, all of the superpixels' size.
 * @param segments Superpixels, [H, W].
 * @returns Labels and provenance codes, [H, W].
 * @throws RangeError if sizes differ or a class is not 1 .. 254.
 */
export function initialMask(tags: readonly TagScores[], segments: SegmentMap, options: InitialMaskOptions): Mask {
  const { width, height, count } = segments
  const owner = new Uint8Array(count)
  const ownerMean = new Float64Array(count).fill(-1)
  const source = new Uint8Array(count)
  const threshold = new Float64Array(count)
  const strongest = new Float32Array(width * height)
  for (const { classIndex, map } of tags) {
    if (!Number.isInteger(classIndex) || classIndex < 1 || classIndex >= IGNORE)
      throw new RangeError(`expected a class of 1 to 254, got ${classIndex}`)
    const found = positiveSegments(map, segments, options)
    const { sum, area } = segmentStats(map.data, segments, 0)
    for (const s of found.ids) {
      const mean = sum[s] / area[s]
      if (mean <= ownerMean[s]) continue
      owner[s] = classIndex
      ownerMean[s] = mean
      threshold[s] = found.threshold ?? 0
      source[s] = found.fallback ? provenance.fallback : provenance.superpixel
    }
    for (let i = 0; i < strongest.length; i++) strongest[i] = Math.max(strongest[i], map.data[i])
  }
  const quiet = quietSegments(strongest, segments, options)
  const labels = new Uint8Array(width * height)
  const from = new Uint8Array(width * height)
  for (let i = 0; i < labels.length; i++) {
    const s = segments.data[i]
    if (owner[s] > 0) {
      labels[i] = owner[s]
      const map = tags.find((tag) => tag.classIndex === owner[s])!.map
      from[i] = source[s] === provenance.superpixel && map.data[i] >= threshold[s] ? provenance.cam : source[s]
    } else {
      labels[i] = quiet[s] ? 0 : IGNORE
      from[i] = quiet[s] ? provenance.background : provenance.open
    }
  }
  return { labels: { width, height, data: labels }, provenance: from }
}

/** 1 for superpixels whose activation stays under the background bound. A map of zeros is background everywhere. */
function quietSegments(strongest: Float32Array, segments: SegmentMap, { positive, background }: InitialMaskOptions): Uint8Array {
  const { active, area, sum } = segmentStats(strongest, segments, background)
  return Uint8Array.from(area, (n, s) =>
    (sum[s] === 0 || (positive === 'whole' ? active[s] === 0 : 2 * (n - active[s]) > n) ? 1 : 0))
}

/** Per superpixel: pixels, pixels at or over the threshold, sum of scores. */
function segmentStats(scores: Float32Array, { data, count }: SegmentMap, threshold: number) {
  const area = new Int32Array(count)
  const active = new Int32Array(count)
  const sum = new Float64Array(count)
  for (let i = 0; i < data.length; i++) {
    const s = data[i]
    area[s]++
    sum[s] += scores[i]
    if (scores[i] >= threshold) active[s]++
  }
  return { area, active, sum }
}

function requireSize(map: FloatMap, segments: SegmentMap): void {
  if (map.width !== segments.width || map.height !== segments.height)
    throw new RangeError(`expected a score map of ${segments.width} x ${segments.height}, got ${map.width} x ${map.height}`)
}
