import { components, type Components } from '../image/components.ts'
import { IGNORE, type FloatMap } from '../image/types.ts'
import type { LabImage } from '../image/lab.ts'
import type { Mask, TagScores } from './initial-mask.ts'
import { likeness, looksOf, type PieceLook } from './piece-look.ts'
import { provenance } from './provenance.ts'

/** Scores from here on are foreground, and those under the other are background. */
const foreground = 0.5
const background = 0.25
/** Share of the photo under which a piece is noise. */
const leastPiece = 1 / 4000

/** What stands out on a photo, without specks. */
function piecesOf({ width, height, data }: FloatMap): { found: Components; kept: number[] } {
  const found = components({ width, height, data: Uint8Array.from(data, (value) => Number(value >= foreground)) }, 8)
  return { found, kept: Array.from({ length: found.count }, (_, i) => i + 1).filter((piece) => found.areas[piece] >= leastPiece * width * height) }
}

/** The look of the largest piece that stands out on a photo; null where none does. Both of the same size. */
export function largestLook(photo: LabImage, score: FloatMap): PieceLook | null {
  const { found, kept } = piecesOf(score)
  const largest = kept.reduce((best, piece) => (found.areas[piece] > found.areas[best] ? piece : best), kept[0])
  return largest === undefined ? null : looksOf(photo, found, [largest])[0]
}

/** A photo and, for each of its tags, looks of that workpiece alone on other photos. */
export interface KnownLooks {
  readonly photo: LabImage
  readonly examples: readonly (readonly PieceLook[])[]
}

/**
 * The mask of round 0 from a fixed camera: what differs from its other frames, named by the photo's tags.
 *
 * One tag names every piece. Of several, each first takes the piece that speaks most for it; every other piece goes to the tag it
 * speaks most for. A piece speaks for a tag by its likeness to the workpiece on photos of it alone, where every tag has such, else
 * by its mean activation.
 *
 * @param tags One activation map per tag of the photo, all of the score's size; at least one.
 * @param score As `cameraSeed` gives it, [H, W].
 * @param known Of the same size.
 * @returns Labels and provenance codes, [H, W]; null where nothing stands out.
 */
export function cameraMask(tags: readonly TagScores[], score: FloatMap, known?: KnownLooks): Mask | null {
  const { width, height } = score
  const { found, kept } = piecesOf(score)
  if (kept.length === 0) return null
  const classes = nameThe(kept, tags, known?.examples.every((looks) => looks.length > 0) ? byLook(known, found, kept) : byActivation(tags, found))
  const labels = new Uint8Array(width * height)
  const from = new Uint8Array(width * height)
  for (let i = 0; i < labels.length; i++) {
    const label = classes.get(found.data[i]) ?? (score.data[i] < background ? 0 : IGNORE)
    labels[i] = label
    from[i] = label === 0 ? provenance.background : label === IGNORE ? provenance.open : provenance.camera
  }
  return { labels: { width, height, data: labels }, provenance: from }
}

/** How much a piece speaks for a tag. */
type Voice = (piece: number, tag: number) => number

function byLook({ photo, examples }: KnownLooks, found: Components, kept: readonly number[]): Voice {
  const looks = looksOf(photo, found, kept)
  const voices = new Map(kept.map((piece, i) => [piece, examples.map((known) => likeness(looks[i], known))]))
  return (piece, tag) => voices.get(piece)![tag]
}

function byActivation(tags: readonly TagScores[], { data, count, areas }: Components): Voice {
  const means = tags.map(({ map }) => {
    const sum = new Float64Array(count + 1)
    data.forEach((piece, i) => (sum[piece] += map.data[i]))
    return sum.map((value, piece) => value / Math.max(1, areas[piece]))
  })
  return (piece, tag) => means[tag][piece]
}

/** Class of each piece. */
function nameThe(kept: readonly number[], tags: readonly TagScores[], voice: Voice): Map<number, number> {
  const claims = kept.flatMap((piece) => tags.map((_, tag) => ({ piece, tag, voice: voice(piece, tag) })))
    .sort((a, b) => b.voice - a.voice || a.piece - b.piece || a.tag - b.tag)
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
