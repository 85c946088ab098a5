import * as tf from '@tensorflow/tfjs-core'
import { NCHW } from '../layout.ts'
import { constant, kernel, made, op, view } from '../trace.ts'

/** Batch normalisation with given statistics. */
kernel<tf.FusedBatchNormInputs, tf.FusedBatchNormAttrs>(tf.FusedBatchNorm, ({ x, scale, offset, mean, variance }, { varianceEpsilon }) => {
  const channels = x.shape[x.shape.length - 1]
  const fixed = (value: number) => constant(new Float32Array(channels).fill(value), [channels])
  const inputs = [view(x, NCHW), scale ? view(scale) : fixed(1), offset ? view(offset) : fixed(0), view(mean), view(variance)]
  return made(x.shape, 'float32', op('BatchNormalization', inputs, { epsilon: { float: varianceEpsilon } }), NCHW)
})
