import type { Components } from '../image/components.ts'
import type { LabImage } from '../image/lab.ts'

/** How a piece of a photo looks. */
export interface PieceLook {
  /** Share of its pixels by colour, bins of CIELAB; sums to 1. */
  readonly colours: Float32Array
  /** Its share of the photo. */
  readonly share: number
}

/** Bins of L (0 .. 100), a and b (-40 .. 40, what is beyond counts to the last). */
const lightnessBins = 5
const colourBins = 8
/** Examples that have a say in how alike a piece is to a workpiece. */
const votes = 3

/** The looks of some pieces, in their order. */
export function looksOf({ data }: LabImage, pieces: Components, wanted: readonly number[]): PieceLook[] {
  const looks = new Map(wanted.map((piece) => [piece, new Float32Array(lightnessBins * colourBins ** 2)]))
  const bin = (value: number, from: number, to: number, bins: number) => Math.max(0, Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins)))
  pieces.data.forEach((piece, p) => {
    const colours = looks.get(piece)
    if (!colours) return
    const [L, a, b] = [bin(data[3 * p], 0, 100, lightnessBins), bin(data[3 * p + 1], -40, 40, colourBins), bin(data[3 * p + 2], -40, 40, colourBins)]
    colours[(L * colourBins + a) * colourBins + b] += 1 / pieces.areas[piece]
  })
  return wanted.map((piece) => ({ colours: looks.get(piece)!, share: pieces.areas[piece] / pieces.data.length }))
}

/** How alike a piece is to examples of a workpiece, 0..1: overlap of colours times ratio of areas, over the best few. */
export function likeness(look: PieceLook, examples: readonly PieceLook[]): number {
  const best = examples.map(({ colours, share }) => {
    const overlap = colours.reduce((sum, value, i) => sum + Math.min(value, look.colours[i]), 0)
    return overlap * Math.sqrt(Math.min(share, look.share) / Math.max(share, look.share))
  }).sort((a, b) => b - a).slice(0, votes)
  return best.reduce((sum, value) => sum + value, 0) / Math.max(1, best.length)
}
