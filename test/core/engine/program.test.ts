import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../../main/core/engine/compile.ts'
import { eagerExecutor } from '../../../main/core/engine/eager.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import type { Executor, Signature, TensorFunction, Values } from '../../../main/core/engine/types.ts'
import { random } from '../../../main/core/random.ts'

/** Running means in one entry, a count in another, and a third that is only read. */
const counting: TensorFunction = ({ x, sum, count, factor }) => ({
  sum: tf.add(sum, tf.mul(x, factor)), count: tf.add(count, tf.scalar(1, 'int32')), seen: tf.sum(x), doubled: tf.mul(x, 2),
})
const countingSignature: Signature = {
  inputs: { x: { shape: [2, 2] } }, state: { sum: { shape: [2, 2] }, count: { shape: [], dtype: 'int32' }, factor: { shape: [2] } },
}

/** A training step with filters in their own layout: convolution, normalisation, momentum. */
const step: TensorFunction = ({ x, f, u, g }) => {
  const loss = (filter: Tensor, deep: Tensor) => {
    const y = tf.relu(tf.conv2d(x as Tensor4D, filter as Tensor4D, 2, 1)) as Tensor4D
    return tf.mean(tf.square(tf.sub(tf.depthwiseConv2d(y, deep as Tensor4D, 1, 'same'), 1))) as tf.Scalar
  }
  const { value, grads } = tf.valueAndGrads((a, b) => loss(a, b))([f, g])
  const next = tf.add(tf.mul(u, 0.9), grads[0])
  return { loss: value, f: tf.sub(f, tf.mul(next, 0.05)), u: next, g: tf.sub(g, tf.mul(grads[1], 0.05)) }
}
const stepSignature: Signature = {
  inputs: { x: { shape: [2, 6, 8, 3] } }, state: { f: { shape: [3, 3, 3, 4] }, u: { shape: [3, 3, 3, 4] }, g: { shape: [3, 3, 4, 1] } },
}
const drawnState = () => {
  const { normal } = random('program')
  const draw = (n: number) => Float32Array.from({ length: n }, () => normal() * 0.3)
  return { x: draw(2 * 6 * 8 * 3), state: { f: draw(108), g: draw(36) } }
}

const executors: [string, () => Executor][] = [
  ['onnxruntime', () => onnxExecutor('cpu', { threads: 2 })],
  ['eager', () => eagerExecutor('tfjs-node-gpu', 'cpu', 'reference')],
]
const hasWebGpu = process.env.MASKWRIGHT_TEST_WEBGPU === '1'
if (hasWebGpu) executors.push(['onnxruntime on WebGPU', () => onnxExecutor('webgpu', { threads: 2 })])
else console.warn('MASKWRIGHT_TEST_WEBGPU is not 1: programs are not tested on WebGPU')

describe.each(executors)('a program on %s', (_, open) => {
  let executor: Executor
  beforeAll(() => void (executor = open()))
  afterAll(() => executor.dispose())

  test('keeps its state from run to run, zero at the start', async () => {
    const program = await executor.compile(counting, countingSignature)
    await program.writeState({ factor: Float32Array.of(1, 10) })
    const x = Float32Array.of(1, 2, 3, 4)
    expect(await program.run({ x })).toEqual({ seen: Float32Array.of(10), doubled: Float32Array.of(2, 4, 6, 8) })
    await program.run({ x: Float32Array.of(1, 1, 1, 1) })
    expect(await program.readState()).toEqual({
      sum: Float32Array.of(2, 30, 4, 50), count: Int32Array.of(2), factor: Float32Array.of(1, 10),
    })
    await program.writeState({ sum: Float32Array.of(0, 0, 0, 5) })
    await program.run({ x })
    expect(await program.readState(['sum'])).toEqual({ sum: Float32Array.of(1, 20, 3, 45) })
    await program.dispose()
  })

  test('hands out results that a later run leaves alone, and keeps values that were written apart from the caller\'s', async () => {
    const program = await executor.compile(counting, countingSignature)
    const factor = Float32Array.of(1, 1)
    await program.writeState({ factor })
    factor.fill(9)
    const first = await program.run({ x: Float32Array.of(1, 2, 3, 4) })
    const state = await program.readState(['sum'])
    await program.run({ x: Float32Array.of(5, 6, 7, 8) })
    expect(first.doubled).toEqual(Float32Array.of(2, 4, 6, 8))
    expect(state.sum).toEqual(Float32Array.of(1, 2, 3, 4))
    await program.dispose()
  })

  test('runs asked for at once follow one another', async () => {
    const program = await executor.compile(counting, countingSignature)
    await program.writeState({ factor: Float32Array.of(1, 1) })
    const x = Float32Array.of(1, 1, 1, 1)
    await Promise.all([program.run({ x }), program.run({ x }), program.run({ x })])
    expect((await program.readState(['count'])).count).toEqual(Int32Array.of(3))
    await program.dispose()
  })

  test('refuses what is missing, unknown, of another type or length', async () => {
    const program = await executor.compile(counting, countingSignature)
    await expect(program.run({})).rejects.toThrow(TypeError)
    await expect(program.run({ x: new Float32Array(4), y: new Float32Array(4) })).rejects.toThrow(/'y'/)
    await expect(program.run({ x: new Int32Array(4) })).rejects.toThrow(/Float32Array/)
    await expect(program.run({ x: new Float32Array(3) })).rejects.toThrow(RangeError)
    await expect(program.writeState({ nothing: new Float32Array(1) })).rejects.toThrow(/'nothing'/)
    await expect(program.readState(['nothing'])).rejects.toThrow(TypeError)
    await program.dispose()
    await expect(program.run({ x: new Float32Array(4) })).rejects.toThrow(/disposed/)
    await program.dispose()
  })

  test('training goes down, and gives the same again from the same start', async () => {
    const { x, state } = drawnState()
    const losses = []
    for (let round = 0; round < 2; round++) {
      const program = await executor.compile(step, stepSignature)
      await program.writeState(state)
      const run = []
      for (let i = 0; i < 8; i++) run.push((await program.run({ x })).loss[0])
      losses.push(run)
      await program.dispose()
    }
    expect(losses[0]).toEqual(losses[1])
    expect(losses[0][7]).toBeLessThan(losses[0][0] * 0.96)
  })
})

describe('compiled training', () => {
  test('agrees with TensorFlow.js after 5 steps', async () => {
    const { x, state } = drawnState()
    const states: Record<string, Values>[] = []
    for (const [, open] of executors) {
      const program = await open().compile(step, stepSignature)
      await program.writeState(state)
      for (let i = 0; i < 5; i++) await program.run({ x })
      states.push(await program.readState())
    }
    for (const name of ['f', 'u', 'g'])
      for (const other of states.slice(1)) states[0][name].forEach((value, i) => expect(value).toBeCloseTo(other[name][i], 5))
  })

  test('holds filters as ONNX lays them, so that no step turns them about', () => {
    const compiled = compile(step, stepSignature)
    expect(Object.fromEntries(compiled.state.map(({ name, layout }) => [name, layout]))).toEqual({ f: [3, 2, 0, 1], u: [3, 2, 0, 1], g: [3, 2, 0, 1] })
  })

  test('leaves out of a run the state that the function only reads', () => {
    expect(compile(counting, countingSignature).nextState.map((port) => port.name)).toEqual(['sum', 'count'])
  })

  test('refuses state that changes its shape, and a name used twice', () => {
    expect(() => compile(({ s }) => ({ s: tf.reshape(s, [2, 1]) }), { inputs: {}, state: { s: { shape: [2] } } })).toThrow(RangeError)
    expect(() => compile(({ s }) => ({ s: tf.cast(s, 'int32') }), { inputs: {}, state: { s: { shape: [2] } } })).toThrow(TypeError)
    expect(() => compile(({ s }) => ({ y: s }), { inputs: { s: { shape: [2] } }, state: { s: { shape: [2] } } })).toThrow(/twice/)
  })

  test('an input handed through is an output of its own', async () => {
    const executor = onnxExecutor('cpu', { threads: 1 })
    const program = await executor.compile(({ x }) => ({ a: x, b: tf.clone(x), c: tf.greater(x, 1), d: tf.ones([2]) }), { inputs: { x: { shape: [2] } } })
    const x = Float32Array.of(1, 2)
    expect(await program.run({ x })).toEqual({ a: x, b: x, c: Int32Array.of(0, 1), d: Float32Array.of(1, 1) })
    await executor.dispose()
  })
})

describe('nothing is left behind', () => {
  test('no tensor by tracing', () => {
    compile(step, stepSignature)
    const before = tf.memory().numTensors
    for (let i = 0; i < 5; i++) compile(step, stepSignature)
    expect(tf.memory().numTensors).toBe(before)
  })

  test('no memory by 1,000 steps', async () => {
    const { x, state } = drawnState()
    const executor = onnxExecutor('cpu', { threads: 1 })
    const program = await executor.compile(step, stepSignature)
    await program.writeState(state)
    const tensors = tf.memory().numTensors
    for (let i = 0; i < 200; i++) await program.run({ x })
    const before = process.memoryUsage().rss
    for (let i = 0; i < 1000; i++) await program.run({ x })
    expect(tf.memory().numTensors).toBe(tensors)
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(40)
    await executor.dispose()
  })

  test('no tensor by eager steps and their disposal', async () => {
    const { x, state } = drawnState()
    const executor = eagerExecutor('tfjs-node-gpu', 'cpu', 'reference')
    await tf.setBackend('cpu')
    const before = tf.memory().numTensors
    const program = await executor.compile(step, stepSignature)
    await program.writeState(state)
    for (let i = 0; i < 10; i++) await program.run({ x })
    expect(tf.memory().numTensors).toBe(before + 3)
    await executor.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
