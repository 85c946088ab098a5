/** Label of pixels without one, in masks and in hints. */
export const NONE = 255

/** Class index per pixel, row by row. */
export interface Labels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export const changes = ['gained', 'lost', 'flipped'] as const
export type Change = (typeof changes)[number]

const bears = (label: number) => label !== 0 && label !== NONE

/** What changed from one mask to the next: 0 same, 1 gained (a workpiece now), 2 lost (none any more), 3 flipped (another one). */
export function diffOf(before: Labels, after: Labels): Labels {
  if (before.data.length !== after.data.length) throw new RangeError(`expected masks of one size, got ${before.data.length} and ${after.data.length} pixels`)
  const data = new Uint8Array(after.data.length)
  for (let i = 0; i < data.length; i++) {
    const a = before.data[i]
    const b = after.data[i]
    if (a === b) continue
    if (bears(a)) data[i] = bears(b) ? 3 : 2
    else if (bears(b)) data[i] = 1
  }
  return { width: after.width, height: after.height, data }
}

/** Number of pixels of each value, 256 counts. */
export function countsOf(labels: Labels): Uint32Array {
  const counts = new Uint32Array(256)
  for (const label of labels.data) counts[label]++
  return counts
}

/** Run lengths [label, length, ...] row by row. */
export function runsOf(data: Uint8Array): number[] {
  const runs: number[] = []
  for (let start = 0, i = 1; i <= data.length; i++) {
    if (i < data.length && data[i] === data[start]) continue
    runs.push(data[start], i - start)
    start = i
  }
  return runs
}

/**
 * The borders of each label as straight segments along pixel edges: [x0, y0, x1, y1, ...] in pixels, by label. Background and ignore have none.
 */
export function outlinesOf({ width, height, data }: Labels): Map<number, number[]> {
  const lines = new Map<number, number[]>()
  const listOf = (label: number) => {
    const list = lines.get(label) ?? []
    lines.set(label, list)
    return list
  }
  sweep(data, width, height, 1, width, (label, from, to, across) => listOf(label).push(from, across, to, across))
  sweep(data, height, width, width, 1, (label, from, to, across) => listOf(label).push(across, from, across, to))
  return lines
}

/**
 * Walks the edges of one direction, line by line, and joins neighbours of one label, for either side of the edge.
 *
 * @param alongStep Distance in `data` of the next pixel along a line; `acrossStep` that of the next line.
 */
function sweep(
  data: Uint8Array, length: number, breadth: number, alongStep: number, acrossStep: number,
  add: (label: number, from: number, to: number, across: number) => void,
): void {
  for (let across = 0; across <= breadth; across++) {
    let [before, beforeFrom, after, afterFrom] = [0, 0, 0, 0]
    for (let along = 0; along <= length; along++) {
      const at = along * alongStep + across * acrossStep
      const a = along < length && across > 0 ? data[at - acrossStep] : 0
      const b = along < length && across < breadth ? data[at] : 0
      const nextBefore = a !== b && a !== NONE ? a : 0
      const nextAfter = a !== b && b !== NONE ? b : 0
      if (nextBefore !== before) {
        if (before !== 0) add(before, beforeFrom, along, across)
        before = nextBefore
        beforeFrom = along
      }
      if (nextAfter !== after) {
        if (after !== 0) add(after, afterFrom, along, across)
        after = nextAfter
        afterFrom = along
      }
    }
  }
}
