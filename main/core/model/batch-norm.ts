import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Block, Initialiser, ParameterSpecs, Part, Pass } from './network.ts'

export const EPSILON = 1e-5
export const MOMENTUM = 0.1

/** Names and shapes of a batch norm's four tensors, as torchvision names them. */
export function normParameters(name: string, channels: number, part: Part, init: Initialiser = 'ones'): ParameterSpecs {
  const shape = [channels]
  return {
    [`${name}.weight`]: { shape, trainable: true, part, init },
    [`${name}.bias`]: { shape, trainable: true, part, init: 'zeros' },
    [`${name}.running_mean`]: { shape, trainable: false, part, init: 'zeros' },
    [`${name}.running_var`]: { shape, trainable: false, part, init: 'ones' },
  }
}

/**
 * Scale and shift of a batch norm that normalises by running statistics: y = x * scale + shift.
 *
 * @returns scale, shift: [channels].
 */
export function frozenNorm(name: string, { weights }: Pass): { scale: Tensor1D; shift: Tensor1D } {
  const variance = weights[`${name}.running_var`]
  const scale = tf.mul(weights[`${name}.weight`], tf.rsqrt(tf.add(variance, EPSILON))) as Tensor1D
  const shift = tf.sub(weights[`${name}.bias`], tf.mul(weights[`${name}.running_mean`], scale)) as Tensor1D
  return { scale, shift }
}

/**
 * Batch normalisation by the statistics of the batch; leaves the next running statistics in `updates`.
 *
 * Ioffe & Szegedy, ICML 2015, Algorithm 1; running statistics as torch: momentum 0.1, unbiased variance.
 *
 * @param x [B, H, W, channels].
 */
export function batchNorm(x: Tensor4D, name: string, { weights, updates }: Pass): Tensor4D {
  const count = x.size / x.shape[3]
  const statistics: { mean?: Tensor; variance?: Tensor } = {}
  const normalise = normaliser(count, statistics)
  const y = normalise(x, weights[`${name}.weight`], weights[`${name}.bias`]) as Tensor4D
  const { mean, variance } = statistics as { mean: Tensor; variance: Tensor }
  const unbiased = count / Math.max(1, count - 1)
  updates[`${name}.running_mean`] = moved(weights[`${name}.running_mean`], mean, 1)
  updates[`${name}.running_var`] = moved(weights[`${name}.running_var`], variance, unbiased)
  mean.dispose()
  variance.dispose()
  return y
}

function moved(running: Tensor, batch: Tensor, factor: number): Tensor {
  return tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(tf.reshape(batch, running.shape), MOMENTUM * factor))
}

/** Normalisation with its own gradient: fewer passes over the pixels than the sum of its parts. */
function normaliser(count: number, statistics: { mean?: Tensor; variance?: Tensor }) {
  const pixels = [0, 1, 2]
  return tf.customGrad((...args) => {
    const [x, weight, bias, save] = args as unknown as [Tensor, Tensor, Tensor, (saved: Tensor[]) => void]
    const mean = tf.mean(x, pixels, true)
    const centred = tf.sub(x, mean)
    const variance = tf.mean(tf.square(centred), pixels, true)
    const inverse = tf.rsqrt(tf.add(variance, EPSILON))
    const scale = tf.mul(inverse, weight)
    statistics.mean = tf.keep(mean)
    statistics.variance = tf.keep(variance)
    save([centred, inverse, scale])
    const value = tf.add(tf.mul(centred, scale), bias)
    const gradFunc = (dy: Tensor, saved: Tensor[]) => normGradient(dy, saved, count, weight.shape)
    return { value, gradFunc }
  })
}

function normGradient(dy: Tensor, [centred, inverse, scale]: Tensor[], count: number, shape: number[]): Tensor[] {
  const pixels = [0, 1, 2]
  const dBias = tf.sum(dy, pixels, true)
  const correlation = tf.sum(tf.mul(dy, centred), pixels, true)
  const slope = tf.mul(tf.mul(scale, tf.square(inverse)), tf.div(correlation, count))
  const offset = tf.mul(scale, tf.div(dBias, count))
  const dx = tf.sub(tf.mul(dy, scale), tf.add(tf.mul(centred, slope), offset))
  return [dx, tf.reshape(tf.mul(correlation, inverse), shape), tf.reshape(dBias, shape)]
}

/** Batch norm as a block of its own. */
export function norm(name: string, channels: number, part: Part, init: Initialiser = 'ones'): Block {
  return {
    parameters: normParameters(name, channels, part, init),
    apply: (x, pass) => {
      if (pass.training) return batchNorm(x, name, pass)
      const { scale, shift } = frozenNorm(name, pass)
      return tf.add(tf.mul(x, scale), shift)
    },
  }
}
