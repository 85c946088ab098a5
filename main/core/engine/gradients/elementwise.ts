import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { gradient, unbroadcast } from './register.ts'

const float = (x: Tensor) => tf.cast(x, 'float32')
const where = (condition: Tensor, dy: Tensor) => tf.mul(dy, float(condition))

/** A kernel of one operand, by its input. */
const byInput = <Attrs = object>(name: string, fn: (dy: Tensor, x: Tensor, attrs: Attrs) => Tensor) =>
  gradient<Attrs>(name, { inputs: ['x'] }, (dy, [x], attrs) => ({ x: () => fn(dy, x, attrs) }))

/** A kernel of one operand, by its output. */
const byOutput = (name: string, fn: (dy: Tensor, y: Tensor) => Tensor) =>
  gradient(name, { output: true }, (dy, [y]) => ({ x: () => fn(dy, y) }))

/** A kernel of two operands that broadcast. */
const binary = (name: string, a: (dy: Tensor, a: Tensor, b: Tensor) => Tensor, b: typeof a) =>
  gradient(name, { inputs: ['a', 'b'] }, (dy, [x, y]) => ({
    a: () => unbroadcast(a(dy, x, y), x.shape),
    b: () => unbroadcast(b(dy, x, y), y.shape),
  }))

const flat = (names: string[]) => {
  for (const name of names) gradient(name, {}, (dy) => ({ x: () => tf.zerosLike(dy) }))
}

binary(tf.Add, (dy) => dy, (dy) => dy)
binary(tf.Sub, (dy) => dy, (dy) => tf.neg(dy))
binary(tf.Multiply, (dy, _a, b) => tf.mul(dy, float(b)), (dy, a) => tf.mul(dy, float(a)))
binary(tf.RealDiv, (dy, _a, b) => tf.div(dy, float(b)), (dy, a, b) => tf.neg(tf.div(tf.mul(dy, float(a)), tf.square(float(b)))))
binary(tf.Maximum, (dy, a, b) => where(tf.greaterEqual(a, b), dy), (dy, a, b) => where(tf.less(a, b), dy))
binary(tf.Minimum, (dy, a, b) => where(tf.lessEqual(a, b), dy), (dy, a, b) => where(tf.greater(a, b), dy))
binary(tf.SquaredDifference, (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))), (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))))
binary(tf.Pow, (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))), (dy, a, b) => {
  const log = tf.where(tf.greater(a, 0), tf.log(tf.maximum(a, 1e-38)), tf.zerosLike(a))
  return tf.mul(dy, tf.mul(tf.pow(a, b), log))
})
gradient(tf.Prelu, { inputs: ['x', 'alpha'] }, (dy, [x, alpha]) => ({
  x: () => unbroadcast(tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha)), x.shape),
  alpha: () => unbroadcast(tf.mul(dy, tf.minimum(x, 0)), alpha.shape),
}))

byInput(tf.Abs, (dy, x) => tf.mul(dy, tf.sign(x)))
byInput(tf.Square, (dy, x) => tf.mul(dy, tf.mul(2, x)))
byInput(tf.Log, (dy, x) => tf.div(dy, x))
byInput(tf.Log1p, (dy, x) => tf.div(dy, tf.add(x, 1)))
byInput(tf.Expm1, (dy, x) => tf.mul(dy, tf.exp(x)))
byInput(tf.Softplus, (dy, x) => tf.mul(dy, tf.sigmoid(x)))
byInput(tf.Erf, (dy, x) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x))))))
byInput(tf.Sin, (dy, x) => tf.mul(dy, tf.cos(x)))
byInput(tf.Cos, (dy, x) => tf.neg(tf.mul(dy, tf.sin(x))))
byInput<tf.LeakyReluAttrs>(tf.LeakyRelu, (dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha)))
byInput<tf.ClipByValueAttrs>(tf.ClipByValue, (dy, x, { clipValueMin, clipValueMax }) =>
  where(tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax)), dy))

byOutput(tf.Relu, (dy, y) => tf.mul(dy, tf.step(y)))
/** Within 0..6 the product is above zero, at both ends it is not. */
byOutput(tf.Relu6, (dy, y) => tf.mul(dy, tf.step(tf.mul(y, tf.sub(6, y)))))
byOutput(tf.Exp, (dy, y) => tf.mul(dy, y))
byOutput(tf.Sqrt, (dy, y) => tf.div(dy, tf.mul(2, y)))
byOutput(tf.Rsqrt, (dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y)))))
byOutput(tf.Reciprocal, (dy, y) => tf.neg(tf.mul(dy, tf.square(y))))
byOutput(tf.Sigmoid, (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))))
byOutput(tf.Tanh, (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))))
byOutput(tf.Elu, (dy, y) => tf.where(tf.greater(y, 0), dy, tf.mul(dy, tf.add(y, 1))))

gradient(tf.AddN, { allInputs: true }, (dy, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => tf.clone(dy)])))
gradient(tf.Neg, {}, (dy) => ({ x: () => tf.neg(dy) }))
gradient(tf.Identity, {}, (dy) => ({ x: () => float(dy) }))
gradient(tf.Cast, {}, (dy) => ({ x: () => tf.clone(dy) }))
flat([tf.Sign, tf.Floor, tf.Ceil, tf.Round, tf.Step, tf.ZerosLike, tf.OnesLike])

gradient(tf.Select, { inputs: ['condition'] }, (dy, [condition]) => ({
  condition: () => float(tf.zerosLike(condition)),
  t: () => tf.mul(dy, tf.cast(condition, dy.dtype)),
  e: () => tf.mul(dy, tf.cast(tf.logicalNot(condition), dy.dtype)),
}))
