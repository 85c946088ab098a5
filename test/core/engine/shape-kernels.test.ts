import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { describe, test } from 'vitest'
import { agrees, withGradient } from './agree.ts'

const x = { x: { shape: [2, 3, 4, 5] } }
const identity = () => tf.tensor(Float32Array.from({ length: 25 }, (_, i) => Number(i % 6 === 0)), [1, 1, 5, 5])
/** The same values as a convolution leaves them: channels first in memory. */
const channelsFirst = (t: Tensor) => tf.conv2d(t as Tensor4D, identity() as Tensor4D, 1, 0)

const cases: [string, (x: Tensor) => Tensor][] = [
  ['reshape', (t) => tf.reshape(t, [6, 20])],
  ['reshape by axes of size 1', (t) => tf.reshape(t, [2, 1, 3, 4, 5])],
  ['reshape with a size left open', (t) => tf.reshape(t, [2, -1])],
  ['expandDims', (t) => tf.expandDims(t, 1)],
  ['squeeze', (t) => tf.squeeze(tf.slice(t, [0, 1, 0, 0], [2, 1, 4, 1]))],
  ['transpose', (t) => tf.transpose(t, [3, 0, 2, 1])],
  ['transpose there and back', (t) => tf.transpose(tf.relu(tf.transpose(t, [0, 3, 1, 2])), [0, 2, 3, 1])],
  ['slice', (t) => tf.slice(t, [0, 1, 1, 2], [2, 2, -1, 3])],
  ['pad', (t) => tf.pad(t, [[0, 0], [1, 2], [0, 1], [3, 0]], 1.5)],
  ['tile', (t) => tf.tile(t, [1, 2, 3, 1])],
  ['reverse', (t) => tf.reverse(t, [1, 3])],
  ['gather along columns', (t) => tf.gather(t, tf.tensor1d([3, 0, 0], 'int32'), 2)],
  ['gather along channels', (t) => tf.gather(t, tf.tensor1d([4, 1], 'int32'), 3)],
  ['concat of channels', (t) => tf.concat([t, tf.square(t)], 3)],
  ['concat of rows with a constant', (t) => tf.concat([t, tf.ones([2, 1, 4, 5])], 1)],
  ['split', (t) => tf.add(tf.split(t, [2, 2], 2)[0], tf.split(t, 2, 2)[1])],
  ['stack', (t) => tf.stack([t, tf.neg(t)], 2)],
  ['unstack', (t) => tf.mul(tf.unstack(t, 1)[0], tf.unstack(t, 1)[2])],
  ['broadcastTo', (t) => tf.broadcastTo(tf.slice(t, [0, 0, 0, 0], [2, 1, 4, 5]), [2, 3, 4, 5])],
  ['sum over rows', (t) => tf.sum(t, 1)],
  ['sum over batch and pixels', (t) => tf.sum(t, [0, 1, 2])],
  ['sum over channels, axis kept', (t) => tf.sum(t, 3, true)],
  ['sum of everything', (t) => tf.sum(t)],
  ['mean over pixels', (t) => tf.mean(t, [1, 2])],
  ['mean over channels', (t) => tf.mean(t, -1, true)],
  ['max over channels', (t) => tf.max(t, 3)],
  ['min over pixels, axes kept', (t) => tf.min(t, [1, 2], true)],
  ['softmax over channels', (t) => tf.softmax(t)],
  ['logSoftmax over channels', (t) => tf.logSoftmax(t)],
  ['space to batch and back', (t) => tf.batchToSpaceND(tf.mul(tf.spaceToBatchND(t, [2, 2], [[1, 0], [0, 0]]), 2), [2, 2], [[1, 0], [0, 0]])],
]

describe('shapes and reductions with their gradients', () => {
  test.each(cases)('%s', async (_, fn) => {
    await agrees(withGradient((t) => fn(t.x), ['x']), x)
    await agrees(withGradient((t) => fn(channelsFirst(t.x)), ['x']), x)
  })

  test('strided slices', () =>
    agrees((t) => ({
      every: tf.stridedSlice(t.x, [0, 2, 0, 4], [2, 0, 4, 0], [1, -1, 2, -2]), row: tf.stridedSlice(t.x, [1], [2], [1]),
    }), x))

  test('running sums', () =>
    agrees((t) => ({ a: tf.cumsum(t.x, 1), b: tf.cumsum(channelsFirst(t.x), 3, true, true) }), x))

  test('places and products', () =>
    agrees((t) => ({
      most: tf.argMax(channelsFirst(t.x), 3), least: tf.argMin(t.x, 1), product: tf.prod(t.x, 2), all: tf.all(tf.greater(t.x, -1), 1),
      any: tf.any(tf.greater(t.x, 1), [0, 3]), whole: tf.sum(tf.cast(t.x, 'int32'), 2),
    }), x))

  test('one-hot of labels, as whole numbers and as floats', () =>
    agrees(({ labels, row }) => ({
      a: tf.oneHot(labels as Tensor1D, 4), b: tf.oneHot(row as Tensor1D, 4, 2, -1), c: tf.oneHot(labels as Tensor1D, 4, 1, 0, 'float32'),
      d: tf.mul(tf.oneHot(labels as Tensor1D, 4), 0.5),
    }), { labels: { shape: [2, 3, 4], dtype: 'int32' }, row: { shape: [6], dtype: 'int32', low: 0, high: 6 } }))

  test('mirrored padding', () => agrees((t) => ({ y: tf.mirrorPad(t.x, [[0, 0], [1, 1], [2, 1], [0, 0]], 'reflect') }), x))
})
