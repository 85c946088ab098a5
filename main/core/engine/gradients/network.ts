import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { BACKEND } from '../trace.ts'
import { gradient, run } from './register.ts'

interface ConvAttrs {
  readonly strides: [number, number] | number
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** The kernels that give a convolution's gradients. */
const direct = (name: string, x: Tensor, filter: Tensor, dy: Tensor, attrs: object) => ({
  x: () => run(`${name}BackpropInput`, { dy, filter }, { ...attrs, inputShape: x.shape }),
  filter: () => run(`${name}BackpropFilter`, { x, dy }, { ...attrs, filterShape: filter.shape }),
})

/** For backends whose kernels know no dilation: a dilated convolution is a plain one on every d-th row and column. */
function bySpaceToBatch(name: string, x: Tensor4D, filter: Tensor4D, dy: Tensor4D, attrs: ConvAttrs, depthwise: boolean) {
  const { strides, pad, dilations, dimRoundingMode } = attrs
  const c = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, strides, dilations ?? 1, pad, dimRoundingMode, depthwise)
  const block = [c.dilationHeight, c.dilationWidth]
  const { top, bottom, left, right } = c.padInfo
  const extra = [(c.inHeight + top + bottom) % block[0], (c.inWidth + left + right) % block[1]].map((rest, i) => rest && block[i] - rest)
  const margins = [[top, bottom + extra[0]], [left, right + extra[1]]]
  const split = tf.spaceToBatchND(x, block, margins)
  const splitDy = tf.spaceToBatchND(dy, block, extra.map((n) => [0, n]))
  const inner = direct(name, split, filter, splitDy, { ...attrs, strides: [1, 1], pad: 'valid', dilations: [1, 1] })
  return { x: () => tf.batchToSpaceND(inner.x(), block, margins) as Tensor, filter: inner.filter }
}

for (const name of [tf.Conv2D, tf.DepthwiseConv2dNative]) {
  gradient<ConvAttrs>(name, { inputs: ['x', 'filter'] }, (dy, [x, filter], attrs) => {
    const dilated = ![attrs.dilations ?? 1].flat().every((d) => d === 1)
    if (!dilated || tf.getBackend() === BACKEND) return direct(name, x, filter, dy, { dilations: 1, ...attrs })
    return bySpaceToBatch(name, x as Tensor4D, filter as Tensor4D, dy as Tensor4D, attrs, name !== tf.Conv2D)
  })
}

gradient(tf.MaxPool, { inputs: ['x'], output: true }, (dy, [input, output], attrs) => ({
  x: () => run(tf.MaxPoolGrad, { dy, input, output }, attrs),
}))
gradient(tf.AvgPool, { inputs: ['x'] }, (dy, [input], attrs) => ({ x: () => run(tf.AvgPoolGrad, { dy, input }, attrs) }))
gradient(tf.ResizeBilinear, { inputs: ['images'] }, (dy, [images], attrs) => ({
  images: () => run(tf.ResizeBilinearGrad, { dy, images }, attrs),
}))

gradient<tf.BatchMatMulAttrs>(tf.BatchMatMul, { inputs: ['a', 'b'] }, (dy, [a, b], { transposeA, transposeB }) => ({
  a: () => (transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB)),
  b: () => (transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false)),
}))

gradient<tf.FusedBatchNormAttrs>(
  tf.FusedBatchNorm,
  { inputs: ['x', 'mean', 'variance', 'scale'] },
  (dy, [x, mean, variance, scale], { varianceEpsilon }) => {
    const inner = x.shape.slice(0, -1).map((_, axis) => axis)
    const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon))
    const centred = tf.sub(x, mean)
    const scaled = scale ? tf.mul(dy, scale) : dy
    return {
      x: () => tf.mul(scaled, inverse),
      mean: () => tf.neg(tf.mul(tf.sum(scaled, inner), inverse)),
      variance: () => tf.mul(tf.sum(tf.mul(scaled, centred), inner), tf.mul(-0.5, tf.mul(inverse, tf.square(inverse)))),
      scale: () => tf.mul(tf.sum(tf.mul(dy, centred), inner), inverse),
      offset: () => tf.sum(dy, inner),
    }
  },
)
