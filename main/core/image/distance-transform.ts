import type { FloatMap, Raster } from './types.ts'

/**
 * Exact Euclidean distance from every pixel to the nearest pixel that carries another label.
 *
 * Felzenszwalb and Huttenlocher, Theory of Computing 2012, section 2, carried out for all labels at once: along a column the
 * parabolas of one run of equal labels never cross its ends, where the distance to the next label is known.
 * https://doi.org/10.4086/toc.2012.v008a019
 *
 * @param labels [H, W]; any whole numbers. The border of the picture is not an edge.
 * @returns Distance in pixels, [H, W]; Infinity where all pixels carry the same label.
 * @throws RangeError if the data is not H * W long.
 */
export function labelDistance(labels: Raster<Uint8Array | Int32Array>): FloatMap {
  const { width, height } = labels
  const squared = squaredLabelDistance(labels)
  const distance = new Float32Array(width * height)
  for (let i = 0; i < distance.length; i++) distance[i] = Math.sqrt(squared[i])
  return { width, height, data: distance }
}

/**
 * Exact Euclidean distance from every pixel that is not 0 to the nearest pixel that is 0.
 *
 * @param mask [H, W].
 * @returns Distance in pixels, [H, W]; 0 where the mask is 0, Infinity where no pixel is 0.
 * @throws RangeError if the data is not H * W long.
 */
export function distanceTransform({ width, height, data }: Raster<Uint8Array>): FloatMap {
  const binary = data.map((v) => (v === 0 ? 0 : 1))
  const distance = labelDistance({ width, height, data: binary })
  for (let i = 0; i < binary.length; i++) if (binary[i] === 0) distance.data[i] = 0
  return distance
}

function squaredLabelDistance({ width, height, data }: Raster<Uint8Array | Int32Array>): Float64Array {
  if (data.length !== width * height) throw new RangeError(`expected ${width * height} values, got ${data.length}`)
  const squared = new Float64Array(width * height)
  for (let y = 0; y < height; y++) rowDistances(data, squared, y * width, width)
  const scratch = { at: new Int32Array(height), from: new Float64Array(height), value: new Float64Array(height) }
  for (let x = 0; x < width; x++) {
    for (let start = 0; start < height;) {
      const label = data[start * width + x]
      let end = start + 1
      while (end < height && data[end * width + x] === label) end++
      columnRun(squared, x, width, height, start, end, scratch)
      start = end
    }
  }
  return squared
}

/** Squared distance along one row to the nearest pixel with another label. */
function rowDistances(data: Uint8Array | Int32Array, squared: Float64Array, offset: number, width: number): void {
  let d = Infinity
  for (let x = 0; x < width; x++) {
    d = x > 0 && data[offset + x] !== data[offset + x - 1] ? 1 : d + 1
    squared[offset + x] = d * d
  }
  d = Infinity
  for (let x = width - 1; x >= 0; x--) {
    d = x + 1 < width && data[offset + x] !== data[offset + x + 1] ? 1 : d + 1
    if (d * d < squared[offset + x]) squared[offset + x] = d * d
  }
}

interface Scratch { readonly at: Int32Array; readonly from: Float64Array; readonly value: Float64Array }

/** Lower envelope of the parabolas of rows start..end - 1 of column x, and of the labels that begin past both ends. */
function columnRun(
  squared: Float64Array, x: number, width: number, height: number, start: number, end: number, { at, from, value }: Scratch,
): void {
  let last = -1
  for (let q = start; q < end; q++) {
    const f = squared[q * width + x]
    value[q] = f
    if (f === Infinity) continue
    let crossing = -Infinity
    while (last >= 0) {
      const p = at[last]
      crossing = (f + q * q - value[p] - p * p) / (2 * (q - p))
      if (crossing > from[last]) break
      last--
      crossing = -Infinity
    }
    last++
    at[last] = q
    from[last] = crossing
  }
  let k = 0
  for (let y = start; y < end; y++) {
    let best = Infinity
    if (last >= 0) {
      while (k < last && from[k + 1] < y) k++
      best = (y - at[k]) * (y - at[k]) + value[at[k]]
    }
    if (start > 0) best = Math.min(best, (y - start + 1) * (y - start + 1))
    if (end < height) best = Math.min(best, (end - y) * (end - y))
    squared[y * width + x] = best
  }
}
