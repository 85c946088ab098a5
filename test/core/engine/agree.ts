import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { expect } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import { openSession } from '../../../main/core/engine/session.ts'
import { compile } from '../../../main/core/engine/compile.ts'
import { eagerExecutor } from '../../../main/core/engine/eager.ts'
import * as ort from 'onnxruntime-node'
import type { Dtype, TensorFunction, Values } from '../../../main/core/engine/types.ts'

/** Compares compiled functions with TensorFlow.js' own CPU backend. */

export interface Given {
  readonly shape: readonly number[]
  readonly dtype?: Dtype
  readonly low?: number
  readonly high?: number
  readonly values?: readonly number[]
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** Numbers drawn from a stream of their own; floats in -2..2, integers in 0..3 unless told. */
export function drawn({ shape, dtype = 'float32', low, high, values }: Given, name: string): Values {
  const { uniform } = random('agree', name)
  const n = size(shape)
  if (dtype === 'int32') return Int32Array.from({ length: n }, (_, i) => values?.[i] ?? Math.floor((low ?? 0) + uniform() * ((high ?? 4) - (low ?? 0))))
  return Float32Array.from({ length: n }, (_, i) => values?.[i] ?? (low ?? -2) + uniform() * ((high ?? 2) - (low ?? -2)))
}

const drawAll = (inputs: Record<string, Given>) => Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, drawn(given, name)]))

async function onReference(fn: TensorFunction, inputs: Record<string, Given>, values: Record<string, Values>) {
  const program = await eagerExecutor('tfjs-node-gpu', 'cpu', 'reference').compile(fn, { inputs })
  const out = await program.run(values)
  await program.dispose()
  return out
}

async function onTarget(fn: TensorFunction, inputs: Record<string, Given>, values: Record<string, Values>, target: 'train' | 'standard') {
  if (target === 'train') {
    const executor = onnxExecutor('cpu', { threads: 1 })
    const program = await executor.compile(fn, { inputs })
    const out = await program.run(values)
    await executor.dispose()
    return out
  }
  const compiled = compile(fn, { inputs }, { target })
  expect(new TextDecoder('latin1').decode(compiled.bytes)).not.toContain('com.microsoft')
  const session = await openSession(compiled.bytes, { device: 'cpu', threads: 1, rewriting: 'all' })
  const feeds = Object.fromEntries(compiled.inputs.map(({ name, value, dtype, shape }) => [value, new ort.Tensor(dtype, values[name], [...shape])]))
  const out = await session.run(feeds)
  await session.release()
  return Object.fromEntries(compiled.outputs.map(({ name, value }) => [name, out[value].data as Values]))
}

/** Both targets give what the reference gives. */
export async function agrees(fn: TensorFunction, inputs: Record<string, Given>, tolerance = 2e-5, reference = fn) {
  const values = drawAll(inputs)
  const expected = await onReference(reference, inputs, values)
  for (const target of ['train', 'standard'] as const) {
    const actual = await onTarget(fn, inputs, values, target)
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
    for (const name of Object.keys(expected)) near(actual[name], expected[name], tolerance, `${target} ${name}`)
  }
}

export function near(actual: Values, expected: Values, tolerance: number, what: string) {
  expect(actual.length, what).toBe(expected.length)
  const largest = Array.from(expected).reduce((most, v) => Math.max(most, Number.isFinite(v) ? Math.abs(v) : 0), 1)
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i])) continue
    if (!(Math.abs(actual[i] - expected[i]) <= tolerance * largest)) expect.fail(`${what} [${i}]: expected ${expected[i]}, got ${actual[i]}`)
  }
}

/** The function's value and its gradient with respect to the inputs named, weighted so that no element stands in for another. */
export function withGradient(fn: (tensors: Record<string, Tensor>) => Tensor, names: string[]): TensorFunction {
  return (tensors) => {
    const weighted = (...given: Tensor[]) => {
      const y = fn({ ...tensors, ...Object.fromEntries(names.map((name, i) => [name, given[i]])) })
      const weights = Float32Array.from({ length: y.size }, (_, i) => Math.sin(i * 0.7 + 1))
      return tf.sum(tf.mul(tf.reshape(y, [y.size]), tf.tensor1d(weights))) as tf.Scalar
    }
    const grads = tf.grads(weighted)(names.map((name) => tensors[name]))
    return { y: fn(tensors), ...Object.fromEntries(names.map((name, i) => [`d${name}`, grads[i]])) }
  }
}

/** Gradients by differences, with the reference backend. */
export async function differences(fn: (tensors: Record<string, Tensor>) => Tensor, inputs: Record<string, Given>, name: string, step = 1e-2) {
  const values = drawAll(inputs)
  const weighted = async (given: Record<string, Values>) => {
    const { y } = await onReference((tensors) => ({ y: fn(tensors) }), inputs, given)
    return Array.from(y).reduce((sum, v, i) => sum + v * Math.sin(i * 0.7 + 1), 0)
  }
  const out = new Float32Array(values[name].length)
  for (let i = 0; i < out.length; i++) {
    const [up, down] = [1, -1].map((sign) => ({ ...values, [name]: values[name].with(i, values[name][i] + sign * step) as Values }))
    out[i] = (await weighted(up) - await weighted(down)) / (2 * step)
  }
  return out
}
