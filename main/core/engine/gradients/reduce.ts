import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { gradient } from './register.ts'

interface Axes {
  readonly axis?: number | number[]
  readonly reductionIndices?: number | number[]
}

const axesOf = ({ axis, reductionIndices }: Axes, x: Tensor) =>
  tf.util.parseAxisParam(axis ?? reductionIndices ?? x.shape.map((_, i) => i), x.shape)

/** A reduced gradient with its axes put back at size 1. */
function kept(dy: Tensor, x: Tensor, attrs: Axes): Tensor {
  const axes = axesOf(attrs, x)
  return tf.reshape(dy, x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)))
}

gradient<Axes>(tf.Sum, { inputs: ['x'] }, (dy, [x], attrs) => ({ x: () => tf.mul(kept(dy, x, attrs), tf.ones(x.shape)) }))

gradient<Axes>(tf.Mean, { inputs: ['x'] }, (dy, [x], attrs) => ({
  x: () => {
    const count = axesOf(attrs, x).reduce((n, axis) => n * x.shape[axis], 1)
    return tf.mul(tf.mul(kept(dy, x, attrs), 1 / count), tf.ones(x.shape))
  },
}))

for (const name of [tf.Max, tf.Min]) {
  gradient<Axes>(name, { inputs: ['x'], output: true }, (dy, [x, y], attrs) => ({
    x: () => tf.mul(kept(dy, x, attrs), tf.cast(tf.equal(x, kept(y, x, attrs)), 'float32')),
  }))
}

gradient<tf.SoftmaxAttrs>(tf.Softmax, { output: true }, (dy, [y], { dim }) => ({
  logits: () => {
    const weighted = tf.mul(dy, y)
    return tf.sub(weighted, tf.mul(tf.sum(weighted, dim, true), y))
  },
}))

gradient<tf.LogSoftmaxAttrs>(tf.LogSoftmax, { output: true }, (dy, [y], { axis }) => ({
  logits: () => tf.sub(dy, tf.mul(tf.sum(dy, axis, true), tf.exp(y))),
}))
