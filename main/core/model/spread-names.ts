import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { Size } from './network.ts'
import { alongAxes, constant, resize, type Matrix } from './resample.ts'

/** Names spread in cells: pixels a side of one at least, and the most of them along the longer side of a picture. */
const [CELL, MOST] = [4, 80]
/** Reach of one pass, in cells: gaps between things narrower than that are crossed. */
const PASS = 3
/** Foreground between these counts in part. */
const [UNSURE, SURE] = [0.3, 0.7]
/** What the background passes on, so that every place has a name. */
const FLOOR = 1e-3

/**
 * Lets the names of workpieces spread over the foreground they stand on, so that a piece whose parts bear several names takes the one most of it bears.
 * What is foreground stays as it is, and things apart keep names of their own.
 *
 * The shares of the workpieces in the foreground are averaged again and again over neighbours that are foreground:
 * normalised convolution (Knutsson and Westin, CVPR 1993) with the foreground as certainty.
 *
 * @param probabilities [B, H, W, C], class 0 = background; sums to 1.
 * @param reach Standard deviation of the whole average, as a share of the longer side, at least 0; 0 leaves all as it is, and so does one workpiece alone.
 * @returns The same shape; sums to 1, class 0 unchanged.
 */
export function spreadNames(probabilities: Tensor4D, reach: number): Tensor4D {
  const [batch, height, width, classes] = probabilities.shape
  if (reach === 0 || classes === 2) return probabilities
  const cell = Math.max(CELL, Math.max(height, width) / MOST)
  const cells: Size = [Math.ceil(height / cell), Math.ceil(width / cell)]
  const small = resize(probabilities, cells)
  const names = tf.slice(small, [0, 0, 0, 1], [batch, ...cells, classes - 1])
  const foreground = tf.sum(names, 3, true)
  const rising = tf.clipByValue(tf.div(tf.sub(foreground, UNSURE), SURE - UNSURE), 0, 1)
  const certainty = tf.add(tf.square(rising), FLOOR) as Tensor4D
  const [down, across] = cells.map((n) => constant(gaussian(n)))
  const around = alongAxes(certainty, down, across)
  let shares = tf.div(names, tf.maximum(foreground, 1e-6)) as Tensor4D
  const passes = Math.ceil(((reach * Math.max(...cells)) / PASS) ** 2)
  for (let i = 0; i < passes; i++) shares = tf.div(alongAxes(tf.mul(shares, certainty), down, across), around)
  const background = tf.slice(probabilities, [0, 0, 0, 0], [batch, height, width, 1])
  return tf.concat([background, tf.mul(resize(shares, [height, width]), tf.sub(1, background))], 3)
}

/** Sums over neighbours along an axis of n cells by the Gaussian of one pass, [n, n]. */
function gaussian(n: number): Matrix {
  const data = Float32Array.from({ length: n * n }, (_, i) => Math.exp(-(((Math.floor(i / n) - (i % n)) / PASS) ** 2) / 2))
  return { rows: n, columns: n, data }
}
