import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { takeExplicitPadding } from '../../../main/core/engine/eager-padding.ts'
import { drawn, near, withGradient } from './agree.ts'
import { eagerExecutor } from '../../../main/core/engine/eager.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'

/** What reaches the kernels beneath: never a padding by numbers. */
const seen: unknown[] = []

beforeAll(() => {
  for (const kernelName of [tf.Conv2D, tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter, tf.MaxPool, tf.MaxPoolGrad, tf.DepthwiseConv2dNative]) {
    const { kernelFunc } = tf.getKernel(kernelName, 'cpu')
    tf.unregisterKernel(kernelName, 'cpu')
    tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: (args) => (seen.push(args.attrs?.pad), kernelFunc(args)) })
  }
  takeExplicitPadding('cpu')
})

const uneven = [[0, 0], [0, 1], [1, 2], [0, 0]] as tf.backend_util.ExplicitPadding
const cases: [string, (t: Record<string, Tensor>) => Tensor, number[]][] = [
  ['convolution, pad 1', ({ x, f }) => tf.conv2d(x as Tensor4D, f as Tensor4D, 1, 1), [3, 3, 3, 4]],
  ['convolution, stride 2, pad 3', ({ x, f }) => tf.conv2d(x as Tensor4D, f as Tensor4D, 2, 3), [7, 7, 3, 4]],
  ['convolution, padded unevenly', ({ x, f }) => tf.conv2d(x as Tensor4D, f as Tensor4D, 2, uneven), [3, 3, 3, 4]],
  ['convolution, dilation 2', ({ x, f }) => tf.conv2d(x as Tensor4D, f as Tensor4D, 1, 2, 'NHWC', 2), [3, 3, 3, 4]],
  ['depthwise convolution, pad 1', ({ x, f }) => tf.depthwiseConv2d(x as Tensor4D, f as Tensor4D, 2, 1), [3, 3, 3, 1]],
  ['largest, pad 1', ({ x, f }) => tf.mul(tf.maxPool(x as Tensor4D, 3, 2, 1), tf.sum(f)), [1, 1, 1, 1]],
  ['convolution without padding', ({ x, f }) => tf.conv2d(x as Tensor4D, f as Tensor4D, 1, 'same'), [3, 3, 3, 2]],
]

describe('padding by numbers for kernels that know none', () => {
  test.each(cases)('%s and its gradients', async (_, fn, filter) => {
    const inputs = { x: { shape: [2, 9, 10, 3] }, f: { shape: filter } }
    const values = { x: drawn(inputs.x, 'x'), f: drawn(inputs.f, 'f') }
    const results = []
    for (const executor of [eagerExecutor('tfjs-node-gpu', 'cpu', 'wrapped'), onnxExecutor('cpu', { threads: 1 })]) {
      const program = await executor.compile(withGradient(fn, ['x', 'f']), { inputs })
      results.push(await program.run(values))
      await executor.dispose()
    }
    for (const name of ['y', 'dx', 'df']) near(results[0][name], results[1][name], 5e-5, name)
  })

  test('the kernels beneath see valid or same padding alone', () => {
    expect(seen.length).toBeGreaterThan(10)
    expect(new Set(seen)).toEqual(new Set(['valid', 'same']))
  })
})
