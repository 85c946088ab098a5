import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import { initialise } from '../../../main/core/model/initialise.ts'
import { pspnet } from '../../../main/core/model/pspnet.ts'
import { spreadNames } from '../../../main/core/model/spread-names.ts'
import { predictStep } from '../../../main/core/train/predict-step.ts'

const [width, height] = [96, 64]

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** A bar over columns 16 .. 63 of which the right sixth looks like class 2, and a block of class 2 far from it. */
function scene(): Float32Array {
  const data = new Float32Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width)
    const bar = y >= 24 && y < 40 && x >= 16 && x < 64
    const block = y >= 24 && y < 40 && x >= 80 && x < 92
    const [first, second] = bar && x < 56 ? [0.8, 0.15] : bar ? [0.4, 0.5] : block ? [0.1, 0.8] : [0.01, 0.02]
    data.set([1 - first - second, first, second], 3 * i)
  }
  return data
}
const spread = (reach: number, data = scene(), classes = 3) => tf.tidy(() =>
  spreadNames(tf.tensor4d(data, [1, height, width, classes]), reach).dataSync() as Float32Array)
const at = (map: Float32Array, x: number, y: number) => [...map.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]

describe('spreadNames', () => {
  it('names a piece as most of it is named, and leaves a piece apart from it its own name', () => {
    const before = scene(), after = spread(0.2)
    const [, first, second] = at(before, 60, 32)
    expect(first).toBeLessThan(second)
    const [, one, two] = at(after, 60, 32)
    expect(one).toBeGreaterThan(1.2 * two)
    const [, here, there] = at(after, 86, 32)
    expect(there).toBeGreaterThan(3 * here)
  })

  it('spreads as far in a larger picture', () => {
    const enlarged = (by: number) => tf.tidy(() => {
      const small = tf.tensor4d(scene(), [1, height, width, 3])
      const large = tf.image.resizeNearestNeighbor(small, [height * by, width * by])
      return tf.slice(spreadNames(large, 0.2), [0, 32 * by, 60 * by, 0], [1, 1, 1, 3]).dataSync()
    })
    const larger = enlarged(8)
    enlarged(4).forEach((value, i) => expect(larger[i]).toBeCloseTo(value, 2))
  })

  it('changes neither what is foreground nor the sum of a pixel', () => {
    const before = scene(), after = spread(0.2)
    for (let i = 0; i < width * height; i++) {
      expect(after[3 * i]).toBe(before[3 * i])
      expect(after[3 * i] + after[3 * i + 1] + after[3 * i + 2]).toBeCloseTo(1, 5)
    }
  })

  it('leaves all as it is without reach, and where there is one workpiece alone', () => {
    expect(spread(0)).toEqual(scene())
    const alone = Float32Array.from({ length: width * height * 2 }, (_, i) => (i % 2 ? 0.25 : 0.75))
    expect(spread(0.2, alone, 2)).toEqual(alone)
  })

  it('is what a prediction ends with where it is asked for', () => {
    const network = pspnet({ backbone: 'resnet18', width: 0.125, outputStride: 16, decoder: 'skip', classes: 3 })
    const image = Float32Array.from({ length: width * height * 3 }, (_, i) => 127 + 120 * Math.sin(i * 0.11))
    const predicted = (names?: number) => tf.tidy(() => {
      const { fn, stateOf } = predictStep(network, { batch: 1, width, height, ...(names !== undefined && { names }) })
      const state = Object.entries(stateOf(initialise(network.parameters, 1))).map(([name, values]) => [name, tf.tensor(values, network.parameters[name.slice(2)].shape as number[])])
      return fn({ image: tf.tensor4d(image, [1, height, width, 3]), ...Object.fromEntries(state) }).probabilities.dataSync() as Float32Array
    })
    const plain = predicted()
    expect(predicted(0)).toEqual(plain)
    expect(predicted(0.2)).toEqual(spread(0.2, plain))
    expect(predicted(0.2)).not.toEqual(plain)
  })

  it('is the same compiled, at sizes no cell divides', async () => {
    const shape: [number, number, number, number] = [2, 37, 53, 4]
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.abs(Math.sin(i * 1.7)))
    const probabilities = tf.tidy(() => tf.softmax(tf.mul(tf.tensor4d(values, shape), 5)).dataSync()) as Float32Array
    const eager = tf.tidy(() => spreadNames(tf.tensor4d(probabilities, shape), 0.15).dataSync())
    const executor = onnxExecutor('cpu', { threads: 1 })
    const program = await executor.compile(({ x }) => ({ y: spreadNames(x as Tensor4D, 0.15) }), { inputs: { x: { shape } } })
    const { y } = await program.run({ x: probabilities })
    y.forEach((value, i) => expect(value).toBeCloseTo(eager[i], 4))
    await executor.dispose()
  })
})
