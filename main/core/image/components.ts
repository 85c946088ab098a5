import type { Raster, SegmentMap } from './types.ts'

/** Numbered regions: 0 = none, then 1 .. count; `areas[i]` is the number of pixels of region i. */
export interface Components extends Raster<Int32Array> {
  readonly count: number
  readonly areas: Int32Array
}

/**
 * Numbers the connected components of the pixels that are not 0, in reading order of their first pixel.
 *
 * @param mask [H, W].
 * @param connectivity Neighbours of a pixel: 4 or 8.
 * @returns Component per pixel, Int32Array [H, W], 0 = background, and areas in pixels with `areas[0]` the background.
 * @throws RangeError if the data is not H * W long.
 */
export function components(mask: Raster<Uint8Array>, connectivity: 4 | 8 = 4): Components {
  return flood(mask, connectivity, 0, false)
}

/**
 * Numbers the connected pieces of equal labels (4 neighbours) of a label map, in reading order of their first pixel; label 0 is none.
 *
 * @param labels [H, W].
 * @returns Piece per pixel, Int32Array [H, W], 0 = background, and areas in pixels with `areas[0]` the background.
 * @throws RangeError if the data is not H * W long.
 */
export function pieces(labels: Raster<Uint8Array>): Components {
  return flood(labels, 4, 0, true)
}

/**
 * Splits a label map into its connected regions of equal labels (4 neighbours), in reading order of their first pixel.
 *
 * @param labels [H, W].
 * @returns Region per pixel, Int32Array [H, W], 0 .. count - 1.
 * @throws RangeError if the data is not H * W long.
 */
export function regions(labels: Raster<Uint8Array | Int32Array>): SegmentMap {
  const { width, height, data, count } = flood(labels, 4, undefined, true)
  for (let i = 0; i < data.length; i++) data[i]--
  return { width, height, data, count }
}

function flood({ width, height, data }: Raster<Uint8Array | Int32Array>, connectivity: 4 | 8, skip: number | undefined, byLabel: boolean): Components {
  const n = width * height
  if (data.length !== n) throw new RangeError(`expected ${n} values, got ${data.length}`)
  const region = new Int32Array(n)
  const stack = new Int32Array(n)
  const areas: number[] = [0]
  for (let seed = 0; seed < n; seed++) {
    if (region[seed] !== 0 || data[seed] === skip) continue
    const label = data[seed]
    const id = areas.length
    let area = 0
    let top = 0
    stack[top++] = seed
    region[seed] = id
    while (top > 0) {
      const p = stack[--top]
      area++
      const x = p % width
      const left = x > 0, right = x + 1 < width
      const visit = (q: number): void => {
        if (region[q] !== 0 || (byLabel ? data[q] !== label : data[q] === skip)) return
        region[q] = id
        stack[top++] = q
      }
      if (left) visit(p - 1)
      if (right) visit(p + 1)
      for (let row = p - width; row <= p + width; row += 2 * width) {
        if (row < 0 || row >= n) continue
        visit(row)
        if (connectivity === 8 && left) visit(row - 1)
        if (connectivity === 8 && right) visit(row + 1)
      }
    }
    areas.push(area)
  }
  areas[0] = n - areas.reduce((a, b) => a + b, 0)
  return { width, height, data: region, count: areas.length - 1, areas: Int32Array.from(areas) }
}
