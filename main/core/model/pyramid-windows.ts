import type { Size } from './network.ts'
import { bilinearMatrix, type Matrix } from './resample.ts'

/** Share of a window by which the next one is further at most. */
const STRIDE = 0.8

/** A stretch of one axis: where it starts, and the weight of each of its places against other stretches there. */
export interface Stretch {
  readonly start: number
  readonly weights: readonly number[]
}

/**
 * Overlapping stretches that cover an axis evenly.
 *
 * @param n Places of the axis. @param size Places of a stretch; one stretch covers all where it is not smaller.
 * @returns In order; weights fall towards the ends of a stretch, and those of a place sum to 1.
 */
export function stretches(n: number, size: number): Stretch[] {
  if (n <= size) return [{ start: 0, weights: new Array<number>(n).fill(1) }]
  const count = Math.ceil((n / size - 1) / STRIDE) + 1
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (n - size)) / (count - 1)))
  const tent = Array.from({ length: size }, (_, i) => Math.min(i + 1, size - i))
  const total = new Float64Array(n)
  for (const start of starts) tent.forEach((weight, i) => void (total[start + i] += weight))
  return starts.map((start) => ({ start, weights: tent.map((weight, i) => weight / total[start + i]) }))
}

/** A part of a picture: its rows and its columns. */
export interface Window {
  readonly down: Stretch
  readonly across: Stretch
}

/** Windows of some rows and columns that cover a picture, row by row; one where they are not fewer than the picture has. */
export const windowsOf = ([height, width]: Size, [rows, columns]: Size): Window[] =>
  stretches(height, rows).flatMap((down) => stretches(width, columns).map((across) => ({ down, across })))

/** Cells of one axis of adaptive pooling: cell i covers floor(i n / cells) .. ceil((i + 1) n / cells) - 1; cells may overlap. */
function cell(i: number, cells: number, n: number): [start: number, end: number] {
  return [Math.floor((i * n) / cells), Math.ceil(((i + 1) * n) / cells)]
}

/**
 * Adaptive average pooling of every window of a picture to several grids, as one matrix.
 *
 * He et al., TPAMI 2015, section 2.2 (spatial pyramid); cells as in torch's adaptive_avg_pool2d.
 *
 * @param size Of the picture. @param windows Of the picture.
 * @param bins Cells per side of each grid.
 * @returns [height * width, windows * sum of bins^2]: a product with it pools row-major pixels into all cells, grid after grid, each window by window.
 */
export function pyramidMatrix([height, width]: Size, windows: readonly Window[], bins: readonly number[]): Matrix {
  const columns = windows.length * bins.reduce((sum, n) => sum + n * n, 0)
  const data = new Float32Array(height * width * columns)
  let column = 0
  for (const n of bins)
    for (const { down, across } of windows)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++, column++) {
          const [top, bottom] = cell(i, n, down.weights.length)
          const [left, right] = cell(j, n, across.weights.length)
          const share = 1 / ((bottom - top) * (right - left))
          for (let y = down.start + top; y < down.start + bottom; y++)
            for (let x = across.start + left; x < across.start + right; x++) data[(y * width + x) * columns + column] = share
        }
  return { rows: height * width, columns, data }
}

/**
 * Bilinear interpolation of the grids of all windows to the picture as one matrix; where windows overlap, their mean by the weights of both axes.
 *
 * @param bins Cells per side of a grid.
 * @returns [windows * bins^2, height * width].
 */
export function gridMatrix(bins: number, [height, width]: Size, windows: readonly Window[]): Matrix {
  const columns = height * width
  const data = new Float32Array(windows.length * bins * bins * columns)
  windows.forEach(({ down, across }, k) => {
    const vertical = bilinearMatrix(bins, down.weights.length).data
    const horizontal = bilinearMatrix(bins, across.weights.length).data
    for (let i = 0; i < bins; i++)
      for (let j = 0; j < bins; j++) {
        const row = ((k * bins + i) * bins + j) * columns
        down.weights.forEach((w, y) => across.weights.forEach((v, x) => {
          data[row + (down.start + y) * width + across.start + x] = vertical[y * bins + i] * w * horizontal[x * bins + j] * v
        }))
      }
  })
  return { rows: windows.length * bins * bins, columns, data }
}
