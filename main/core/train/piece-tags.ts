import { components, type Components } from '../image/components.ts'
import type { ChannelMap } from '../image/resize.ts'
import type { Raster } from '../image/types.ts'

/** Share of the photo under which a piece is a speck that no tag has to explain. */
const SPECK = 0.001
/** Share of a piece's evidence that one tag must hold for the whole piece to bear its name; less and the tags share it, as parts that touch do. */
const WHOLE = 0.7

/**
 * Names each piece of foreground as one and leaves out pieces that no tag explains.
 *
 * A piece is a connected region where the workpieces together are likelier than the background. What the network gives to a tag there, as a
 * share of all workpieces and averaged over the piece, is the evidence of that tag. Every tag keeps the piece that bears most evidence
 * for it; another piece stays if its evidence is at least `ratio` of that, so that several instances of a workpiece all stay and stray
 * things, which look like workpieces that are not on the photo, do not. What is left out becomes background, the surer the less evidence
 * it has: certain where it has none, a half, which thresholds take for unknown, where it has almost enough.
 *
 * @param probabilities [H, W, C], class 0 = background; not changed.
 * @param tags Classes on the photo, at least one.
 * @param ratio 0 keeps every piece, 1 the best of each tag alone.
 * @returns [H, W, C]; sums to 1, with mass on the background and the tags alone.
 */
export function nameWholePieces(probabilities: ChannelMap, tags: readonly number[], ratio: number): ChannelMap {
  const { width, height, channels, data } = probabilities
  const found = components(foreground(probabilities))
  const evidence = evidenceOf(probabilities, found, tags)
  const best = tags.map((_, k) => strongest(evidence, found, k, tags.length))
  const verdicts = Array.from({ length: found.count + 1 }, (_, piece) => verdictOn(evidence.subarray(piece * tags.length, (piece + 1) * tags.length), best, ratio))
  const out = new Float32Array(data.length)
  for (let i = 0; i < width * height; i++) {
    const piece = found.data[i], at = i * channels
    const { likeliest, whole, doubt } = verdicts[piece]
    if (piece > 0 && doubt > 0) {
      out[at + tags[likeliest]] = 0.5 - 0.5 * doubt
      out[at] = 0.5 + 0.5 * doubt
    } else {
      out[at] = data[at]
      share(out, data, at, piece > 0 && whole ? [tags[likeliest]] : tags, 1 - data[at])
    }
  }
  return { width, height, channels, data: out }
}

/** What the tags make of a piece. */
interface Verdict {
  /** The tag with the most evidence, as an index into the tags. */
  readonly likeliest: number
  /** Whether that tag names the whole piece; else several share it. */
  readonly whole: boolean
  /** 0 where some tag explains the piece, up to 1 where none has evidence in it. */
  readonly doubt: number
}

function verdictOn(of: Float64Array, best: readonly number[], ratio: number): Verdict {
  const most = Math.max(...of)
  return { likeliest: of.indexOf(most), whole: most >= WHOLE * of.reduce((a, b) => a + b, 0), doubt: doubtOf(of, best, ratio) }
}

/** Where workpieces are likelier than the background. */
const foreground = ({ width, height, channels, data }: ChannelMap): Raster<Uint8Array> =>
  ({ width, height, data: Uint8Array.from({ length: width * height }, (_, i) => (data[i * channels] < 0.5 ? 1 : 0)) })

/** Mean share of each tag in the foreground of each piece, [piece, tag]; row 0 is of no piece. */
function evidenceOf({ channels, data }: ChannelMap, found: Components, tags: readonly number[]): Float64Array {
  const evidence = new Float64Array((found.count + 1) * tags.length)
  for (let i = 0; i < found.data.length; i++) {
    const piece = found.data[i]
    if (piece === 0) continue
    const mass = Math.max(1e-6, 1 - data[i * channels])
    tags.forEach((tag, k) => void (evidence[piece * tags.length + k] += data[i * channels + tag] / mass / found.areas[piece]))
  }
  return evidence
}

/** The most evidence any piece has for a tag, specks aside. */
function strongest(evidence: Float64Array, found: Components, k: number, tags: number): number {
  let most = 0
  for (let piece = 1; piece <= found.count; piece++)
    if (found.areas[piece] >= SPECK * found.data.length) most = Math.max(most, evidence[piece * tags + k])
  return most
}

/** The doubt of a verdict; none where no tag has evidence in any piece. */
function doubtOf(of: Float64Array, best: readonly number[], ratio: number): number {
  if (ratio === 0 || best.every((most) => most === 0)) return 0
  const nearest = Math.max(...best.map((most, k) => (most > 0 ? of[k] / (ratio * most) : 0)))
  return Math.max(0, 1 - nearest)
}

/** Gives the mass of all workpieces to some tags, in proportion. */
function share(out: Float32Array, data: Float32Array, at: number, tags: readonly number[], mass: number): void {
  if (tags.length === 1) {
    out[at + tags[0]] = mass
    return
  }
  let sum = 0
  for (const tag of tags) sum += data[at + tag]
  for (const tag of tags) out[at + tag] = sum > 0 ? (data[at + tag] / sum) * mass : mass / tags.length
}
