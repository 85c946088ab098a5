import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { random } from '../random.ts'
import type { Executor, Signature, TensorFunction, Values } from './types.ts'

/** Values of one training step of a small network, by the names of its state, and how long a warm step takes. */
export interface TestStep {
  readonly values: Record<string, Values>
  readonly durationMs: number
}

const BATCH = 4
const [HEIGHT, WIDTH, CHANNELS, CLASSES] = [96, 128, 96, 4]
const WARM_STEPS = 3

const filters: Record<string, number[]> = {
  stem: [3, 3, 3, CHANNELS], plain: [3, 3, CHANNELS, CHANNELS], dilated: [3, 3, CHANNELS, CHANNELS],
  deep: [3, 3, CHANNELS, 1], score: [1, 1, CHANNELS, CLASSES],
}

const signature: Signature = {
  inputs: { image: { shape: [BATCH, HEIGHT, WIDTH, 3] }, labels: { shape: [BATCH, HEIGHT / 4, WIDTH / 4], dtype: 'int32' } },
  state: Object.fromEntries(Object.entries(filters).map(([name, shape]) => [name, { shape }])),
}

/** Strided, dilated, depthwise and pointwise convolutions, pooling, softmax, and a step down their gradients. */
const step: TensorFunction = ({ image, labels, ...weights }) => {
  const names = Object.keys(filters)
  const loss = (...given: Tensor[]) => {
    const [stem, plain, dilated, deep, score] = given as Tensor4D[]
    const low = tf.maxPool(tf.relu(tf.conv2d(image as Tensor4D, stem, 2, 1)), 3, 2, 1)
    const mixed = tf.add(low, tf.relu(tf.conv2d(low, plain, 1, 1)))
    const wide = tf.relu(tf.conv2d(mixed as Tensor4D, dilated, 1, 2, 'NHWC', 2))
    const logits = tf.conv2d(tf.depthwiseConv2d(wide, deep, 1, 'same'), score, 1, 0)
    const picked = tf.mul(tf.logSoftmax(logits), tf.oneHot(labels as tf.Tensor3D, CLASSES))
    return tf.neg(tf.mean(tf.sum(picked, 3))) as tf.Scalar
  }
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => weights[name]))
  const next = names.map((name, i) => [name, tf.sub(weights[name], tf.mul(grads[i], 0.05))])
  return { loss: value, ...Object.fromEntries(next) }
}

/** Runs the training step on a device: its result after one step, and the fastest of a few further ones. */
export async function testStep(executor: Executor): Promise<TestStep> {
  const { uniform } = random('self-test')
  const program = await executor.compile(step, signature)
  try {
    const start = Object.entries(filters).map(([name, shape]) => {
      const spread = Math.sqrt(6 / (shape[0] * shape[1] * shape[2]))
      return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (uniform() - 0.5) * 2 * spread)]
    })
    await program.writeState(Object.fromEntries(start))
    const image = Float32Array.from({ length: BATCH * HEIGHT * WIDTH * 3 }, () => uniform() - 0.5)
    const labels = Int32Array.from({ length: (BATCH * HEIGHT * WIDTH) / 16 }, () => Math.floor(uniform() * CLASSES))
    const { loss } = await program.run({ image, labels })
    const values = { loss, ...(await program.readState()) }
    let durationMs = Infinity
    for (let i = 0; i < WARM_STEPS; i++) {
      const from = performance.now()
      await program.run({ image, labels })
      durationMs = Math.min(durationMs, performance.now() - from)
    }
    return { values, durationMs }
  } finally {
    await program.dispose()
  }
}

/** The largest difference of two steps, in units of each tensor's largest value. */
export function difference(a: TestStep, b: TestStep): number {
  const each = Object.entries(a.values).map(([name, values]) => {
    let [most, largest] = [0, Number.MIN_VALUE]
    for (let i = 0; i < values.length; i++) {
      most = Math.max(most, Math.abs(values[i] - b.values[name][i]))
      largest = Math.max(largest, Math.abs(values[i]))
    }
    return most / largest
  })
  return each.some(Number.isNaN) ? Infinity : Math.max(...each)
}
