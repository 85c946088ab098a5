import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Size } from './network.ts'

/** A row-major matrix. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
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
  const [, h, w] = x.shape
  if (h === height && w === width) return x
  return alongAxes(x, constant(bilinearMatrix(h, height)), constant(bilinearMatrix(w, width)))
}

/**
 * Products with a matrix along each axis of a picture.
 *
 * @param x [B, h, w, C].
 * @param down [height, h]. @param across [width, w].
 * @returns [B, height, width, C].
 */
export function alongAxes(x: Tensor4D, down: Tensor2D, across: Tensor2D): Tensor4D {
  const [batch, height, width, channels] = x.shape
  const rows = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch * channels * height, width])
  const wide = tf.reshape(tf.matMul(rows, across, false, true), [batch, channels, height, across.shape[0]])
  return tf.transpose(tf.matMul(down, wide) as Tensor4D, [0, 2, 3, 1])
}
