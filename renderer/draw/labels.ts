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

/** The way back from `runsOf`. Throws RangeError when the lengths do not add up to `length`. */
export function fromRuns(runs: readonly number[], length: number): Uint8Array {
  const data = new Uint8Array(length)
  let at = 0
  for (let i = 0; i < runs.length; i += 2) {
    data.fill(runs[i], at, at + runs[i + 1])
    at += runs[i + 1]
  }
  if (at !== length) throw new RangeError(`expected ${length} pixels, got ${at}`)
  return data
}

/**
 * The borders of each label as straight segments along pixel edges: [x0, y0, x1, y1, ...] in pixels, by label. Background and ignore have none.
 */
export function outlinesOf({ width, height, data }: Labels): Map<number, number[]> {
  const lines = new Map<number, number[]>()
  const add = (label: number, ...segment: number[]) => {
    const list = lines.get(label)
    if (list === undefined) lines.set(label, segment)
    else list.push(...segment)
  }
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? -1 : data[y * width + x])
  sweep(width, height, (along, across) => [at(along, across), at(along, across - 1)], (label, from, to, across) => add(label, from, across, to, across))
  sweep(height, width, (along, across) => [at(across, along), at(across - 1, along)], (label, from, to, across) => add(label, across, from, across, to))
  return lines
}

/** Walks the edges of one direction and joins neighbours of one label, for either side of the edge. */
function sweep(
  length: number, breadth: number,
  sides: (along: number, across: number) => readonly number[],
  add: (label: number, from: number, to: number, across: number) => void,
): void {
  for (let across = 0; across <= breadth; across++) {
    const open: { label: number; from: number }[] = [{ label: 0, from: 0 }, { label: 0, from: 0 }]
    for (let along = 0; along <= length; along++) {
      const pair = along < length ? sides(along, across) : [0, 0]
      for (const side of [0, 1]) {
        const own = pair[side]
        const label = own !== pair[1 - side] && own > 0 && own !== NONE ? own : 0
        const run = open[side]
        if (label === run.label) continue
        if (run.label !== 0) add(run.label, run.from, along, across)
        open[side] = { label, from: along }
      }
    }
  }
}
