import { classBoundary } from '../image/boundary.ts'
import type { LabImage } from '../image/lab.ts'
import { IGNORE, type LabelMap } from '../image/types.ts'
import type { TagScores } from '../train/initial-mask.ts'
import { confusionMatrix, meanIou } from './confusion-matrix.ts'
import { dominance } from './rank.ts'

/** What can be said of a photo's mask without its truth, each 0 (bad) .. 1 (good); null where it cannot be asked. */
export interface MaskQuality {
  /** Teacher and student: the mask against that of the round before, where a network made both. */
  readonly agreement: number | null
  /** Class activation maps against the mask. */
  readonly activation: number | null
  /** The photo's tags against what was found on it. */
  readonly tags: number
  /** Whether the mask ends where the photo changes. */
  readonly contrast: number | null
}

/**
 * Mean IoU over workpieces between a mask and the one of the round before, over pixels that both label.
 *
 * The round before is the averaged network that taught, this one what was learnt of it: a network that is sure of a photo gives the
 * same mask again (Tarvainen and Valpola, Mean teachers, NeurIPS 2017).
 *
 * @param mask [H, W]. @param before [H, W].
 * @returns null where neither shows a workpiece.
 * @throws RangeError if sizes differ.
 */
export function agreementOf(mask: LabelMap, before: LabelMap): number | null {
  const data = before.data.map((label, i) => (mask.data[i] === IGNORE ? IGNORE : label))
  const now = mask.data.map((label) => (label === IGNORE ? 0 : label))
  const classes = now.reduce((most, label) => Math.max(most, label), data.reduce((most, label) => (label === IGNORE ? most : Math.max(most, label)), 0)) + 1
  return meanIou(confusionMatrix({ ...before, data }, { ...mask, data: now }, classes)).workpieces
}

/**
 * How surely activation is larger on a tag's part of the mask than off it, the mean over tags; a tag without a part counts 0, a map
 * without activation says nothing.
 *
 * Zhou et al., CVPR 2016, say where the classifier looks; by ranks, so that neither the height nor the width of a map matters.
 *
 * @param mask [H, W]. @param scores One map a tag, [H, W].
 * @returns null where no tag has an activation.
 * @throws RangeError if sizes differ.
 */
export function activationOf(mask: LabelMap, scores: readonly TagScores[]): number | null {
  const fits = scores.filter(({ map }) => map.data.some((value) => value > 0)).map(({ classIndex, map }) => {
    requireSize(mask, map)
    const on = (label: number) => label === classIndex
    return dominance(map.data.filter((_, i) => on(mask.data[i])), map.data.filter((_, i) => !on(mask.data[i]) && mask.data[i] !== IGNORE)) ?? 0
  })
  return fits.length > 0 ? fits.reduce((a, b) => a + b, 0) / fits.length : null
}

/**
 * Share of the tags that were found, times the share of workpiece pixels that are of a tag's workpiece; both by the network's own doing.
 *
 * @param mask [H, W].
 * @param tags Classes of the photo's tags; none: 1 for a mask without a workpiece, else 0.
 * @param forced 1 where tags have changed what the network said, [H, W]; such pixels speak against it.
 */
export function tagsOf({ data }: LabelMap, tags: readonly number[], forced?: Uint8Array): number {
  const found = new Set<number>()
  let own = 0
  let all = 0
  for (let i = 0; i < data.length; i++) {
    if (data[i] === IGNORE) continue
    const moved = forced?.[i] === 1
    if (data[i] === 0 && !moved) continue
    all++
    if (moved || !tags.includes(data[i])) continue
    own++
    found.add(data[i])
  }
  if (tags.length === 0) return all === 0 ? 1 : 0
  return all > 0 ? (found.size / tags.length) * (own / all) : 0
}

/**
 * How surely colour changes more where the mask goes over from one label to another than elsewhere on the photo. What carries no label
 * is such a place: there the border is somewhere.
 *
 * Contrast between regions, as measures without truth have it (Zhang, Fritts and Goldman, CVIU 2008, section 3.1.2), by ranks within the
 * photo, so that it does not depend on its light.
 *
 * @param mask [H, W]. @param photo CIELAB, [H, W, 3].
 * @returns null where the mask shows no workpiece.
 * @throws RangeError if sizes differ.
 */
export function contrastOf(mask: LabelMap, photo: LabImage): number | null {
  requireSize(mask, photo)
  if (!mask.data.some((label) => label !== 0 && label !== IGNORE)) return null
  const border = classBoundary(mask).data.map((edge, i) => (mask.data[i] === IGNORE ? 1 : edge))
  const change = colourChange(photo)
  return dominance(change.filter((_, i) => border[i] === 1), change.filter((_, i) => border[i] === 0))
}

/**
 * One estimate of a mask's quality, 0..1: the geometric mean of what is known, so that a mask which fails in one respect is bad.
 */
export function qualityEstimate({ agreement, activation, tags, contrast }: MaskQuality): number {
  const known = [agreement, activation, tags, contrast].filter((value) => value !== null)
  return known.reduce((product, value) => product * value, 1) ** (1 / known.length)
}

/** Length of the colour gradient by central differences, [H, W]. */
function colourChange({ width, height, data }: LabImage): Float32Array {
  const out = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const left = x > 0 ? i - 1 : i, right = x + 1 < width ? i + 1 : i
      const up = y > 0 ? i - width : i, down = y + 1 < height ? i + width : i
      let sum = 0
      for (let c = 0; c < 3; c++) sum += (data[3 * right + c] - data[3 * left + c]) ** 2 + (data[3 * down + c] - data[3 * up + c]) ** 2
      out[i] = Math.sqrt(sum)
    }
  }
  return out
}

function requireSize({ width, height }: LabelMap, other: { width: number; height: number }): void {
  if (other.width !== width || other.height !== height) throw new RangeError(`expected ${width} x ${height}, got ${other.width} x ${other.height}`)
}
