import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { agrees, differences, near, withGradient } from './agree.ts'
import { eagerExecutor } from '../../../main/core/engine/eager.ts'
import { drawn } from './agree.ts'

const binary: [string, (a: Tensor, b: Tensor) => Tensor][] = [
  ['add', tf.add], ['sub', tf.sub], ['mul', tf.mul], ['div', tf.div], ['maximum', tf.maximum], ['minimum', tf.minimum],
  ['squaredDifference', tf.squaredDifference], ['prelu', tf.prelu],
]
const shapes: [number[], number[]][] = [
  [[2, 3, 4, 5], [2, 3, 4, 5]], [[2, 3, 4, 5], [5]], [[2, 3, 4, 5], []], [[2, 1, 4, 1], [1, 3, 1, 5]], [[4, 5], [3, 4, 5]], [[3], [1]],
]

describe('kernels of two operands and their gradients', () => {
  test.each(binary)('%s over shapes that broadcast', async (name, fn) => {
    for (const [a, b] of shapes) {
      if (name === 'prelu' && a.length < b.length) continue
      const inputs = { a: { shape: a }, b: name === 'div' ? { shape: b, low: 0.5, high: 2 } : { shape: b } }
      await agrees(withGradient((t) => fn(t.a, t.b), ['a', 'b']), inputs)
    }
  })

  test('pow with bases above zero', () =>
    agrees(withGradient(({ a, b }) => tf.pow(a, b), ['a', 'b']), { a: { shape: [3, 4], low: 0.2, high: 2 }, b: { shape: [4] } }, 1e-4))

  test('sums of several', () =>
    agrees(withGradient(({ a, b }) => tf.addN([a, b, tf.mul(a, b)]), ['a', 'b']), { a: { shape: [2, 3] }, b: { shape: [2, 3] } }))

  test('comparisons and logic', () =>
    agrees(({ a, b }) => ({
      greater: tf.greater(a, b), greaterEqual: tf.greaterEqual(a, b), less: tf.less(a, b), lessEqual: tf.lessEqual(a, b),
      equal: tf.equal(a, b), notEqual: tf.notEqual(a, b), and: tf.logicalAnd(tf.greater(a, 1), tf.less(b, 2)),
      or: tf.logicalOr(tf.greater(a, 2), tf.less(b, 1)), not: tf.logicalNot(tf.equal(a, b)),
    }), { a: { shape: [6, 5], dtype: 'int32' }, b: { shape: [5], dtype: 'int32' } }))

  test('whole numbers: modulus and division round down, below zero too', () =>
    agrees(({ a, b }) => ({ mod: tf.mod(a, b), div: tf.floorDiv(a, b), sum: tf.add(a, b), times: tf.mul(a, b), most: tf.maximum(a, b) }), {
      a: { shape: [12], dtype: 'int32', low: -6, high: 6 }, b: { shape: [12], dtype: 'int32', low: 1, high: 4 },
    }))

  test('modulus and floor division of floats', () =>
    agrees(({ a, b }) => ({ mod: tf.mod(a, b), div: tf.floorDiv(a, b) }), { a: { shape: [12] }, b: { shape: [12], low: 0.5, high: 1.5 } }))
})

const unary: [string, (x: Tensor) => Tensor, number?, number?][] = [
  ['abs', tf.abs], ['neg', tf.neg], ['sqrt', tf.sqrt, 0.1, 3], ['rsqrt', tf.rsqrt, 0.1, 3], ['exp', tf.exp], ['log', tf.log, 0.1, 3],
  ['log1p', tf.log1p, -0.5, 3], ['expm1', tf.expm1], ['sigmoid', tf.sigmoid], ['softplus', tf.softplus], ['tanh', tf.tanh], ['erf', tf.erf],
  ['sin', tf.sin], ['cos', tf.cos], ['relu', tf.relu], ['relu6', tf.relu6, -2, 9], ['leakyRelu', (x) => tf.leakyRelu(x, 0.1)],
  ['elu', tf.elu], ['square', tf.square], ['reciprocal', tf.reciprocal, 0.3, 2], ['clip', (x) => tf.clipByValue(x, -1, 0.5)],
  ['log sigmoid', tf.logSigmoid],
]

describe('kernels of one operand and their gradients', () => {
  test.each(unary)('%s', (_, fn, low, high) => agrees(withGradient(({ x }) => fn(x), ['x']), { x: { shape: [2, 3, 4, 5], low, high } }))

  test.each(unary)('the gradient of %s agrees with differences', async (_, fn, low, high) => {
    const inputs = { x: { shape: [7], low, high } }
    const program = await eagerExecutor('tfjs-node-gpu', 'cpu', 'reference').compile(withGradient(({ x }) => fn(x), ['x']), { inputs })
    const { dx } = await program.run({ x: drawn(inputs.x, 'x') })
    near(dx, await differences(({ x }) => fn(x), inputs, 'x', 1e-3), 2e-2, 'dx')
    await program.dispose()
  })

  test('rounding, signs and steps', () =>
    agrees(({ x }) => ({
      floor: tf.floor(x), ceil: tf.ceil(x), round: tf.round(x), sign: tf.sign(x), step: tf.step(x), leaky: tf.step(x, 0.25),
    }), { x: { shape: [9], values: [-2.5, -1.5, -0.5, -0.2, 0, 0.5, 1.5, 2.5, 1.7] } }))

  test('what is no number, and what is endless', () =>
    agrees(({ x }) => ({ nan: tf.isNaN(tf.log(x)), inf: tf.isInf(tf.log(x)), fin: tf.isFinite(tf.log(x)) }), { x: { shape: [3], values: [-1, 0, 1] } }))

  test('casts between all types', () =>
    agrees(({ x, n }) => ({
      trunc: tf.cast(x, 'int32'), back: tf.cast(tf.cast(x, 'bool'), 'float32'), float: tf.cast(n, 'float32'), whole: tf.cast(tf.greater(x, 0), 'int32'),
    }), { x: { shape: [6] }, n: { shape: [6], dtype: 'int32' } }))
})

describe('select', () => {
  test('elementwise, with its gradient, and of constants', async () => {
    const inputs = { c: { shape: [2, 3, 4, 5] }, x: { shape: [2, 3, 4, 5] }, y: { shape: [2, 3, 4, 5] } }
    await agrees(withGradient(({ c, x, y }) => tf.where(tf.greater(c, 0), x, y), ['x', 'y']), inputs)
    await agrees(({ c }) => ({ z: tf.where(tf.greater(c, 0), tf.onesLike(c), tf.zerosLike(c)) }), { c: { shape: [3, 2] } })
  })
})

describe('constants', () => {
  test('a constant of one value keeps its shape', () =>
    agrees(({ x }) => ({
      a: tf.add(tf.zeros([2, 3]), tf.ones([3])), b: tf.mul(x, tf.fill([2, 3], 2)), c: tf.add(tf.tensor2d([[1], [2]]), x), d: tf.zerosLike(x),
      e: tf.add(tf.range(0, 3), x), f: tf.mul(tf.onesLike(x), 3),
    }), { x: { shape: [3] } }))

  test('arithmetic on constants is done while tracing', async () => {
    const { compile } = await import('../../../main/core/engine/compile.ts')
    const weights = () => tf.mul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.rsqrt(tf.add(tf.tensor1d([0.25, 3]), 1)))
    await agrees(({ x }) => ({ y: tf.matMul(x, weights()), z: tf.add(x, tf.sub(tf.ones([3, 2]), tf.fill([2], 3))) }), { x: { shape: [3, 2] } })
    expect(compile(({ x }) => ({ y: tf.matMul(x, weights()) }), { inputs: { x: { shape: [3, 2] } } }).nodeCount).toBe(1)
  })

  test('reading a value while tracing says that it is not known', async () => {
    const { compile } = await import('../../../main/core/engine/compile.ts')
    expect(() => compile(({ x }) => ({ y: tf.scalar(tf.neg(x).dataSync()[0]) }), { inputs: { x: { shape: [] } } })).toThrow(/only when the program runs/)
  })

  test('a kernel that is not mapped is named', async () => {
    const { compile } = await import('../../../main/core/engine/compile.ts')
    expect(() => compile(({ x }) => ({ y: tf.acosh(x) }), { inputs: { x: { shape: [2] } } })).toThrow(/Acosh/)
  })
})
