import * as tf from '@tensorflow/tfjs-core'
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Size } from './network.ts'

/** A row-major matrix. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

/** Cells of one axis of adaptive pooling: cell i covers floor(i n / cells) .. ceil((i + 1) n / cells) - 1; cells may overlap. */
function cell(i: number, cells: number, n: number): [start: number, end: number] {
  return [Math.floor((i * n) / cells), Math.ceil(((i + 1) * n) / cells)]
}

/**
 * Adaptive average pooling of a whole picture to several grids, as one matrix.
 *
 * He et al., TPAMI 2015, section 2.2 (spatial pyramid); cells as in torch's adaptive_avg_pool2d.
 *
 * @param bins Cells per side of each grid.
 * @returns [height * width, sum of bins^2]: a product with it pools row-major pixels into all cells, grid after grid.
 */
export function pyramidMatrix(height: number, width: number, bins: readonly number[]): Matrix {
  const columns = bins.reduce((sum, n) => sum + n * n, 0)
  const data = new Float32Array(height * width * columns)
  let column = 0
  for (const n of bins)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++, column++) {
        const [top, bottom] = cell(i, n, height)
        const [left, right] = cell(j, n, width)
        const share = 1 / ((bottom - top) * (right - left))
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) data[(y * width + x) * columns + column] = share
      }
  return { rows: height * width, columns, data }
}

/**
 * Bilinear interpolation along one axis with half-pixel centres (torch: align_corners=False), without antialiasing.
 *
 * @returns [to, from].
 */
export function bilinearMatrix(from: number, to: number): Matrix {
  const data = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1)
    const low = Math.floor(position)
    const share = position - low
    data[i * from + low] += 1 - share
    if (share > 0) data[i * from + low + 1] += share
  }
  return { rows: to, columns: from, data }
}

/** Interpolation of a whole grid to a picture as one matrix, [fromHeight * fromWidth, toHeight * toWidth]. */
export function gridMatrix(from: Size, to: Size): Matrix {
  const vertical = bilinearMatrix(from[0], to[0])
  const horizontal = bilinearMatrix(from[1], to[1])
  const rows = from[0] * from[1]
  const columns = to[0] * to[1]
  const data = new Float32Array(rows * columns)
  for (let i = 0; i < from[0]; i++)
    for (let j = 0; j < from[1]; j++)
      for (let y = 0; y < to[0]; y++) {
        const weight = vertical.data[y * from[0] + i]
        if (weight === 0) continue
        const start = (i * from[1] + j) * columns + y * to[1]
        for (let x = 0; x < to[1]; x++) data[start + x] = weight * horizontal.data[x * from[1] + j]
      }
  return { rows, columns, data }
}

/** A matrix as a constant tensor. */
export function constant({ rows, columns, data }: Matrix) {
  return tf.tensor2d(data, [rows, columns])
}

/** Pixels in front, channels behind: [B, H, W, C] to [B, C, H * W]. */
export function toRows(x: Tensor4D): Tensor3D {
  const [batch, height, width, channels] = x.shape
  return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch, channels, height * width])
}

/** The way back: [B, C, H * W] to [B, H, W, C]. */
export function fromRows(x: Tensor3D, [height, width]: Size): Tensor4D {
  const [batch, channels] = x.shape
  return tf.transpose(tf.reshape(x, [batch, channels, height, width]), [0, 2, 3, 1])
}

/**
 * Bilinear resizing with half-pixel centres, as products with two constant matrices (its gradient is exact).
 *
 * @param x [B, h, w, C].
 * @returns [B, height, width, C].
 */
export function resize(x: Tensor4D, [height, width]: Size): Tensor4D {
  const [batch, h, w, channels] = x.shape
  if (h === height && w === width) return x
  const rows = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch * channels * h, w])
  const wide = tf.matMul(rows, constant(bilinearMatrix(w, width)), false, true)
  const high = tf.matMul(constant(bilinearMatrix(h, height)), tf.reshape(wide, [batch, channels, h, width])) as Tensor4D
  return tf.transpose(high, [0, 2, 3, 1])
}
