import type { ChannelMap } from '../image/resize.ts'
import { IGNORE, type LabelMap, type Raster, type SegmentMap } from '../image/types.ts'
import type { Thresholds } from './adaptive-threshold.ts'
import type { Mask } from './initial-mask.ts'
import { nameWholePieces } from './piece-tags.ts'
import { provenance } from './provenance.ts'

export interface PredictionRules {
  /** Classes of the photo's tags. None = the photo is background everywhere. */
  readonly tags: readonly number[]
  /** Classes not on the photo: allowed, forbidden, forbidden and the tags lifted, or that for every piece as one. */
  readonly tagRule: 'off' | 'mask' | 'fold' | 'pieces'
  /** With `fold`: 1 gives the tags all the mass of what is not on the photo, 0.5 (default) the root of that, 0 none. */
  readonly fold?: number
  /** With `fold`: a tag that would win less than this share of the photo is scaled up to it; 0 = never (default). */
  readonly minShare?: number
  /** With `pieces`: evidence a piece needs, as a share of that of the best piece of its tag, 0..1 (default 0). */
  readonly pieceRatio?: number
  /** Superpixels whose mean probabilities are averaged half and half with the pixels' own; none = no blending. */
  readonly blend?: SegmentMap
  /** Sharpens probabilities, [H, W, C] -> [H, W, C]; none = no CRF. It decides the class, not the confidence. */
  readonly crf?: (probabilities: ChannelMap) => ChannelMap
}

/** What one photo brings to the choice of thresholds, and later its mask. */
export interface Prediction extends Raster<Float32Array> {
  /** Probability of the chosen class, [H, W] (`data`); class per pixel, [H, W]. */
  readonly classes: Uint8Array
  readonly provenance: Uint8Array
}

/**
 * Pass 1 of label refinement: class and confidence of every pixel of a photo.
 *
 * Method, sections 5 (Algorithm 2) and 9. In order: tags, superpixel blend, CRF. Confidence is the probability, before the CRF,
 * of the class chosen. Leave photos without tags out of the choice of thresholds: they are certain.
 *
 * @param probabilities [H, W, C], class 0 = background; not changed.
 * @returns Confidence (`data`), classes and provenance codes, [H, W].
 * @throws RangeError if a tag is no class or sizes differ.
 */
export function refinePrediction(probabilities: ChannelMap, rules: PredictionRules): Prediction {
  const { width, height, channels } = probabilities
  const n = width * height
  if (probabilities.data.length !== n * channels) throw new RangeError(`expected ${n * channels} values, got ${probabilities.data.length}`)
  for (const tag of rules.tags)
    if (!Number.isInteger(tag) || tag < 1 || tag >= channels) throw new RangeError(`expected tags of 1 to ${channels - 1}, got ${tag}`)
  if (rules.tags.length === 0) {
    const from = new Uint8Array(n).fill(provenance.background)
    return { width, height, data: new Float32Array(n).fill(1), classes: new Uint8Array(n), provenance: from }
  }
  const classes = argmax(probabilities)
  const from = new Uint8Array(n).fill(provenance.network)
  const move = (next: Uint8Array, code: number): void => {
    for (let i = 0; i < n; i++) if (next[i] !== classes[i]) from[i] = code
    classes.set(next)
  }
  let map = probabilities
  if (rules.tagRule !== 'off') {
    map = rules.tagRule === 'pieces'
      ? nameWholePieces(map, rules.tags, rules.pieceRatio ?? 0)
      : constrainToTags(map, rules.tags, rules.tagRule, rules.minShare, rules.fold)
    move(argmax(map), provenance.tags)
  }
  if (rules.blend) {
    map = blendSegments(map, rules.blend)
    move(argmax(map), provenance.superpixel)
  }
  if (rules.crf) move(argmax(rules.crf(map)), provenance.crf)
  const confidence = new Float32Array(n)
  for (let i = 0; i < n; i++) confidence[i] = map.data[i * channels + classes[i]]
  return { width, height, data: confidence, classes, provenance: from }
}

/**
 * Pass 2 of label refinement: pixels under their threshold lose their label; a pixel equal to it keeps it.
 *
 * Method, section 5 (Algorithm 2).
 *
 * @param thresholds One for all, or one per class (null = none).
 * @param vote Superpixels that take the majority label of their labelled pixels where at least half are labelled; else none is.
 * @returns Labels with 255 and provenance codes, [H, W].
 */
export function applyThresholds(prediction: Prediction, thresholds: Thresholds, vote?: SegmentMap): Mask {
  const { width, height, data, classes } = prediction
  const labels = new Uint8Array(data.length)
  const from = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const threshold = typeof thresholds === 'number' ? thresholds : (thresholds[classes[i]] ?? 0)
    labels[i] = data[i] < threshold ? IGNORE : classes[i]
    from[i] = data[i] < threshold ? provenance.open : prediction.provenance[i]
  }
  const mask = { labels: { width, height, data: labels }, provenance: from }
  return vote ? voteSegments(mask, vote) : mask
}

/**
 * Leaves background and the photo's tags alone in the probabilities.
 *
 * `mask` renormalises what is left; `fold` first multiplies the tags by ((1 - p0) / sum of tags) ^ exponent, which gives them part of
 * the mass of the classes that are not on the photo, and scales up a tag that would win too little.
 *
 * @param probabilities [H, W, C], class 0 = background.
 * @param minShare Share of the photo each tag wins at least (`fold` alone), 0..1.
 * @returns [H, W, C]; sums to 1.
 */
export function constrainToTags(
  probabilities: ChannelMap, tags: readonly number[], rule: 'mask' | 'fold', minShare = 0, exponent = 0.5,
): ChannelMap {
  const { width, height, channels, data } = probabilities
  const out = new Float32Array(data.length)
  for (let at = 0; at < data.length; at += channels) {
    let mass = 0
    for (const tag of tags) mass += data[at + tag]
    const factor = rule === 'fold' && mass > 0 ? ((1 - data[at]) / mass) ** exponent : 1
    for (const tag of tags) out[at + tag] = data[at + tag] * factor
    out[at] = data[at]
    normalise(out, at, channels)
  }
  const map = { width, height, channels, data: out }
  if (rule === 'fold' && minShare > 0) for (const tag of tags) liftTag(map, tag, minShare)
  return map
}

/** Scales one class up until it wins a share of the pixels. */
function liftTag({ width, height, channels, data }: ChannelMap, tag: number, share: number): void {
  const n = width * height
  const wanted = Math.min(Math.ceil(share * n), n)
  const needed = new Float32Array(n)
  let wins = 0
  for (let i = 0; i < n; i++) {
    let rival = 0
    for (let c = 0; c < channels; c++) if (c !== tag) rival = Math.max(rival, data[i * channels + c])
    needed[i] = data[i * channels + tag] > 0 ? rival / data[i * channels + tag] : Infinity
    if (needed[i] < 1) wins++
  }
  const factor = needed.sort()[wanted - 1]
  if (wins >= wanted || !Number.isFinite(factor)) return
  for (let at = 0; at < data.length; at += channels) {
    data[at + tag] *= factor * (1 + 1e-5)
    normalise(data, at, channels)
  }
}

/**
 * Averages probabilities half and half with their mean over each superpixel.
 *
 * @returns [H, W, C]; sums to 1.
 * @throws RangeError if sizes differ.
 */
export function blendSegments({ width, height, channels, data }: ChannelMap, segments: SegmentMap): ChannelMap {
  requireSize(segments, width, height)
  const mean = new Float64Array(segments.count * channels)
  const area = new Int32Array(segments.count)
  for (let i = 0; i < segments.data.length; i++) {
    const s = segments.data[i]
    area[s]++
    for (let c = 0; c < channels; c++) mean[s * channels + c] += data[i * channels + c]
  }
  for (let k = 0; k < mean.length; k++) mean[k] /= area[Math.floor(k / channels)]
  const out = new Float32Array(data.length)
  for (let i = 0; i < segments.data.length; i++)
    for (let c = 0; c < channels; c++) out[i * channels + c] = (data[i * channels + c] + mean[segments.data[i] * channels + c]) / 2
  return { width, height, channels, data: out }
}

/**
 * Gives each superpixel the majority label of its labelled pixels (ties: the lowest) where at least half are labelled, else none.
 *
 * Method, section 5.
 *
 * @returns A new mask; pixels whose label changed come from `superpixel`.
 * @throws RangeError if sizes differ.
 */
export function voteSegments({ labels, provenance: from }: Mask, segments: SegmentMap): Mask {
  requireSize(segments, labels.width, labels.height)
  const votes = new Int32Array(segments.count * (IGNORE + 1))
  for (let i = 0; i < labels.data.length; i++) votes[segments.data[i] * (IGNORE + 1) + labels.data[i]]++
  const winner = new Uint8Array(segments.count)
  for (let s = 0; s < segments.count; s++) {
    const of = votes.subarray(s * (IGNORE + 1), (s + 1) * (IGNORE + 1))
    let best = 0
    let labelled = 0
    for (let c = 0; c < IGNORE; c++) {
      labelled += of[c]
      if (of[c] > of[best]) best = c
    }
    winner[s] = labelled > 0 && labelled >= of[IGNORE] ? best : IGNORE
  }
  const data = labels.data.map((_, i) => winner[segments.data[i]])
  const open = provenance.open
  const codes = from.map((code, i) => (data[i] === labels.data[i] ? code : data[i] === IGNORE ? open : provenance.superpixel))
  return { labels: { width: labels.width, height: labels.height, data }, provenance: codes }
}

/** Class with the highest probability, the lowest index on ties; [H, W, C] -> [H, W]. */
export function argmax({ channels, data }: ChannelMap): Uint8Array {
  const out = new Uint8Array(data.length / channels)
  for (let i = 0, at = 0; i < out.length; i++, at += channels) {
    let best = 0
    for (let c = 1; c < channels; c++) if (data[at + c] > data[at + best]) best = c
    out[i] = best
  }
  return out
}

/** Shares of the photo per label, and of unlabelled pixels at index 255. */
export function labelShares({ data }: LabelMap): Float64Array {
  const shares = new Float64Array(IGNORE + 1)
  for (let i = 0; i < data.length; i++) shares[data[i]] += 1 / data.length
  return shares
}

/** Makes one pixel's values sum to 1; a pixel without any mass becomes background. */
function normalise(data: Float32Array, at: number, channels: number): void {
  let sum = 0
  for (let c = 0; c < channels; c++) sum += data[at + c]
  if (!(sum > 0)) {
    data[at] = 1
    return
  }
  for (let c = 0; c < channels; c++) data[at + c] /= sum
}

function requireSize(segments: SegmentMap, width: number, height: number): void {
  if (segments.width !== width || segments.height !== height)
    throw new RangeError(`expected superpixels of ${width} x ${height}, got ${segments.width} x ${segments.height}`)
}
