import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { agrees, differences, drawn, near, withGradient } from './agree.ts'
import { eagerExecutor } from '../../../main/core/engine/eager.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'

type Pad = number | 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]]

const conv = (stride: number | [number, number], pad: Pad, dilation: number | [number, number] = 1) => ({ x, f }: Record<string, Tensor>) =>
  tf.conv2d(x as Tensor4D, f as Tensor4D, stride, pad as 'same', 'NHWC', dilation)
const depthwise = (stride: number | [number, number], pad: Pad, dilation: number | [number, number] = 1) => ({ x, f }: Record<string, Tensor>) =>
  tf.depthwiseConv2d(x as Tensor4D, f as Tensor4D, stride, pad as 'same', 'NHWC', dilation)

/** Picture, kernel, stride, padding, dilation. */
const cases: [string, number[], number[], number | [number, number], Pad, (number | [number, number])?][] = [
  ['1 x 1', [2, 5, 6, 3], [1, 1], 1, 0],
  ['1 x 1, stride 2, odd size', [2, 5, 7, 3], [1, 1], 2, 0],
  ['3 x 3, pad 1', [2, 6, 5, 3], [3, 3], 1, 1],
  ['3 x 3, pad 1, over a thousand pixels', [2, 33, 32, 2], [3, 3], 1, 1],
  ['3 x 3, same, stride 2, even size', [1, 6, 8, 2], [3, 3], 2, 'same'],
  ['3 x 3, pad 1, stride 2, even size', [2, 6, 8, 2], [3, 3], 2, 1],
  ['3 x 3, pad 1, stride 2, odd size', [2, 7, 9, 2], [3, 3], 2, 1],
  ['7 x 7, pad 3, stride 2', [1, 12, 10, 3], [7, 7], 2, 3],
  ['3 x 2, valid, strides 2 and 3', [1, 9, 11, 2], [3, 2], [2, 3], 'valid'],
  ['3 x 3, padded unevenly', [1, 6, 7, 2], [3, 3], 2, [[0, 0], [0, 1], [0, 1], [0, 0]]],
  ['5 x 5, pad 4 (wider than half)', [1, 6, 5, 2], [5, 5], 1, 4],
  ['3 x 3, stride 3 leaves a rim', [1, 11, 8, 2], [3, 3], 3, 'valid'],
  ['2 x 2, same', [1, 5, 4, 2], [2, 2], 1, 'same'],
  ['3 x 3, dilation 2', [2, 8, 9, 3], [3, 3], 1, 2, 2],
  ['3 x 3, dilation 4', [1, 9, 10, 2], [3, 3], 1, 4, 4],
  ['3 x 3, dilations 2 and 3, valid', [1, 9, 10, 2], [3, 3], 1, 'valid', [2, 3]],
]

describe('convolution and its gradients', () => {
  test.each(cases)('%s', (_, picture, kernel, stride, pad, dilation) =>
    agrees(withGradient(conv(stride, pad, dilation), ['x', 'f']), { x: { shape: picture }, f: { shape: [...kernel, picture[3], 4] } }, 5e-5))

  test.each(cases)('depthwise %s', async (_, picture, kernel, stride, pad, dilation) => {
    if (kernel[0] !== kernel[1] && dilation) return
    for (const multiplier of [1, 2])
      await agrees(withGradient(depthwise(stride, pad, dilation), ['x', 'f']),
        { x: { shape: picture }, f: { shape: [...kernel, picture[3], multiplier] } }, 5e-5)
  })

  test('gradients of a dilated convolution agree with differences', async () => {
    const inputs = { x: { shape: [1, 6, 5, 2] }, f: { shape: [3, 3, 2, 2] } }
    const fn = conv(1, 2, 2)
    const program = await eagerExecutor('tfjs-node-gpu', 'cpu', 'reference').compile(withGradient(fn, ['x', 'f']), { inputs })
    const out = await program.run({ x: drawn(inputs.x, 'x'), f: drawn(inputs.f, 'f') })
    for (const name of ['x', 'f']) near(out[`d${name}`], await differences(fn, inputs, name), 2e-2, name)
  })
})

const pools: [string, number[], number | [number, number], number | [number, number], Pad][] = [
  ['3 x 3, stride 2, pad 1', [2, 8, 10, 3], 3, 2, 1], ['3 x 3, stride 2, pad 1, odd', [1, 9, 7, 2], 3, 2, 1],
  ['2 x 2, stride 2', [1, 7, 6, 2], 2, 2, 'valid'], ['3 x 2, same', [1, 6, 7, 2], [3, 2], [2, 1], 'same'], ['1 x 1', [1, 4, 4, 2], 1, 1, 'valid'],
]

describe('pooling and its gradients', () => {
  test.each(pools)('largest of %s', (_, picture, filter, stride, pad) =>
    agrees(withGradient(({ x }) => tf.maxPool(x as Tensor4D, filter, stride, pad as 'same'), ['x']), { x: { shape: picture } }))

  test.each(pools)('mean of %s', (_, picture, filter, stride, pad) =>
    agrees(({ x }) => ({ y: tf.avgPool(x as Tensor4D, filter, stride, pad as 'same') }), { x: { shape: picture } }))

  test('the gradient of the mean agrees with differences, where padding is left out too', async () => {
    for (const [, , filter, stride, pad] of pools)
      await followsDifferences(({ x }) => tf.avgPool(x as Tensor4D, filter, stride, pad as 'same'), { x: { shape: [1, 5, 6, 2] } })
  })
})

/** The compiled gradient agrees with differences: for kernels whose gradient on the reference backend is not exact. */
async function followsDifferences(fn: (tensors: Record<string, Tensor>) => Tensor, inputs: { x: { shape: number[] } }) {
  const program = await onnxExecutor('cpu', { threads: 1 }).compile(withGradient(fn, ['x']), { inputs })
  near((await program.run({ x: drawn(inputs.x, 'x') })).dx, await differences(fn, inputs, 'x'), 1e-2, 'dx')
  await program.dispose()
}

describe('resizing', () => {
  test.each([[false, true], [true, false], [false, false]])('bilinear, corners %s, centres %s', (corners, centres) =>
    agrees(({ x }) => ({
      larger: tf.image.resizeBilinear(x as Tensor4D, [7, 9], corners, centres), smaller: tf.image.resizeBilinear(x as Tensor4D, [3, 2], corners, centres),
    }), { x: { shape: [2, 5, 4, 3] } }))

  test.each([[false, true], [true, false], [false, false]])('the bilinear gradient agrees with differences, corners %s, centres %s', (corners, centres) =>
    followsDifferences(({ x }) => tf.image.resizeBilinear(x as Tensor4D, [5, 7], corners, centres), { x: { shape: [1, 3, 4, 2] } }))

  test('nearest', () =>
    agrees(({ x }) => ({ y: tf.image.resizeNearestNeighbor(x as Tensor4D, [7, 6]) }), { x: { shape: [1, 3, 4, 2] } }))
})

describe('products of matrices and their gradients', () => {
  test.each([[false, false], [true, false], [false, true], [true, true]])('transposed %s, %s', async (ta, tb) => {
    const [a, b] = [ta ? [2, 4, 3] : [2, 3, 4], tb ? [2, 5, 4] : [2, 4, 5]]
    await agrees(withGradient(({ a: x, b: y }) => tf.matMul(x, y, ta, tb), ['a', 'b']), { a: { shape: a }, b: { shape: b } })
  })

  test('of transposed operands', () =>
    agrees(({ a, b }) => ({ y: tf.matMul(tf.transpose(a, [0, 2, 1]), tf.transpose(b)) }), { a: { shape: [2, 4, 3] }, b: { shape: [5, 4] } }))

  test('of a convolution result, row by row', () =>
    agrees(withGradient(({ x, f, m }) => tf.matMul(m, tf.transpose(conv(1, 1)({ x, f }), [0, 3, 1, 2])), ['x', 'f']),
      { x: { shape: [2, 4, 5, 2] }, f: { shape: [3, 3, 2, 3] }, m: { shape: [6, 4] } }, 5e-5))
})

describe('a small network', () => {
  const network = ({ x, f, g, scale, offset }: Record<string, Tensor>) => {
    const y = tf.conv2d(x as Tensor4D, f as Tensor4D, 2, 1)
    const mean = tf.mean(y, [0, 1, 2], true)
    const variance = tf.mean(tf.square(tf.sub(y, mean)), [0, 1, 2], true)
    const normal = tf.add(tf.mul(tf.mul(tf.sub(y, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), offset)
    const z = tf.conv2d(tf.relu(normal) as Tensor4D, g as Tensor4D, 1, 2, 'NHWC', 2)
    return tf.softmax(tf.concat([tf.reshape(tf.mean(z, [1, 2]), [2, 1, 1, 3]), tf.slice(z, [0, 1, 1, 0], [2, 1, 1, 3])], 2))
  }
  const inputs = {
    x: { shape: [2, 8, 10, 3] }, f: { shape: [3, 3, 3, 4] }, g: { shape: [3, 3, 4, 3] }, scale: { shape: [4], low: 0.5, high: 1 }, offset: { shape: [4] },
  }
  test('its gradients in every layout', () => agrees(withGradient(network, ['x', 'f', 'g', 'scale', 'offset']), inputs, 1e-4))

  test('batch norm with given statistics', () =>
    agrees(withGradient(({ x, m, v, s, o }) => tf.batchNorm(x as Tensor4D, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D), ['x', 'm', 'v', 's', 'o']),
      { x: { shape: [2, 3, 4, 5] }, m: { shape: [5] }, v: { shape: [5], low: 0.5, high: 2 }, s: { shape: [5] }, o: { shape: [5] } }, 5e-5))

  test('a data format other than NHWC is refused', async () => {
    const { compile } = await import('../../../main/core/engine/compile.ts')
    const fn = ({ x, f }: Record<string, Tensor>) => ({ y: tf.conv2d(x as Tensor4D, f as Tensor4D, 1, 1, 'NCHW') })
    expect(() => compile(fn, { inputs: { x: { shape: [1, 2, 4, 4] }, f: { shape: [3, 3, 2, 2] } } })).toThrow(/NHWC/)
  })
})
