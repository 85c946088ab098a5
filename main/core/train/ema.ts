import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

/**
 * Moves an average of weights towards their present value: e + (w - e) * share.
 *
 * Tarvainen & Valpola, NeurIPS 2017, eq. 2 (share = 1 - alpha).
 *
 * @param share Scalar tensor.
 */
export function movedAverage(average: Tensor, value: Tensor, share: Tensor): Tensor {
  return tf.add(average, tf.mul(tf.sub(value, average), share))
}

/**
 * Share of the present weights in their average at a step: larger at the start, so that the first weights are forgotten.
 *
 * Tarvainen & Valpola's released code: alpha = min(1 - 1 / (t + 1), decay).
 *
 * @param decay alpha once warm, 0..1.
 * @param step t, 0 for the first step.
 */
export function averageShare(decay: number, step: number): number {
  return 1 - Math.min(1 - 1 / (step + 1), decay)
}
