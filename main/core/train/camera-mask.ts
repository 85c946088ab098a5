import { components, type Components } from '../image/components.ts'
import { IGNORE, type FloatMap } from '../image/types.ts'
import type { Mask, TagScores } from './initial-mask.ts'
import { provenance } from './provenance.ts'

/** Scores from here on are foreground, and those under the other are background. */
const foreground = 0.5
const background = 0.25
/** Share of the photo under which a piece is noise. */
const leastPiece = 1 / 4000

/**
 * The mask of round 0 from a fixed camera: what differs from its other frames, named by the photo's tags.
 *
 * One tag names every piece. Of several, each first takes the piece that speaks most for it; every other piece goes to the tag with
 * the highest mean activation on it.
 *
 * @param tags One activation map per tag of the photo, all of the score's size; at least one.
 * @param score As `cameraSeed` gives it, [H, W].
 * @returns Labels and provenance codes, [H, W]; null where nothing stands out.
 */
export function cameraMask(tags: readonly TagScores[], score: FloatMap): Mask | null {
  const { width, height } = score
  const found = components({ width, height, data: Uint8Array.from(score.data, (value) => Number(value >= foreground)) }, 8)
  const kept = Array.from({ length: found.count }, (_, i) => i + 1).filter((piece) => found.areas[piece] >= leastPiece * width * height)
  if (kept.length === 0) return null
  const classes = nameThe(kept, found, tags)
  const labels = new Uint8Array(width * height)
  const from = new Uint8Array(width * height)
  for (let i = 0; i < labels.length; i++) {
    const label = classes.get(found.data[i]) ?? (score.data[i] < background ? 0 : IGNORE)
    labels[i] = label
    from[i] = label === 0 ? provenance.background : label === IGNORE ? provenance.open : provenance.camera
  }
  return { labels: { width, height, data: labels }, provenance: from }
}

/** Class of each piece. */
function nameThe(kept: readonly number[], found: Components, tags: readonly TagScores[]): Map<number, number> {
  const activations = tags.map(({ map }) => meansOf(map.data, found))
  const claims = kept.flatMap((piece) => tags.map((_, tag) => ({ piece, tag, activation: activations[tag][piece] })))
    .sort((a, b) => b.activation - a.activation || a.piece - b.piece || a.tag - b.tag)
  const owner = new Map<number, number>()
  const served = new Set<number>()
  for (const { piece, tag } of claims) {
    if (owner.has(piece) || served.has(tag)) continue
    owner.set(piece, tag)
    served.add(tag)
  }
  for (const { piece, tag } of claims) if (!owner.has(piece)) owner.set(piece, tag)
  return new Map([...owner].map(([piece, tag]) => [piece, tags[tag].classIndex]))
}

/** Mean activation on each piece. */
function meansOf(activation: Float32Array, { data, count, areas }: Components): Float64Array {
  const sum = new Float64Array(count + 1)
  for (let i = 0; i < data.length; i++) sum[data[i]] += activation[i]
  return sum.map((value, piece) => value / Math.max(1, areas[piece]))
}
