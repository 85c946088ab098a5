import * as tf from '@tensorflow/tfjs-core'
import type { BinaryInputs, TensorInfo, UnaryInputs } from '@tensorflow/tfjs-core'
import { commonLayout, fillOf, ints, kernel, made, op, operand, scalar, typeOf, view } from '../trace.ts'
import type { TraceType } from '../trace.ts'
import { elementTypes } from '../../onnx/graph.ts'

type Emit = (a: string, b: string, type: TraceType) => string

const { assertAndGetBroadcastShape } = tf.backend_util

/** A kernel of two operands that broadcast. */
const binary = (name: string, emit: Emit, dtype?: TraceType) =>
  kernel<BinaryInputs>(name, ({ a, b }) => broadcast(a, b, emit, dtype))

function broadcast(a: TensorInfo, b: TensorInfo, emit: Emit, dtype = typeOf(a)): TensorInfo {
  const shape = assertAndGetBroadcastShape(a.shape, b.shape)
  const layout = commonLayout([a, b], shape.length)
  const out = emit(operand(a, shape.length, layout), operand(b, shape.length, layout), typeOf(a))
  const stretched = isShort(shape, a, b) ? op('Expand', [out, ints(layout.map((axis) => shape[axis]))]) : out
  return made(shape, dtype, stretched, layout)
}

/** True where operands that stand in as scalars leave the result without its shape. */
function isShort(shape: readonly number[], ...operands: TensorInfo[]) {
  const lying = operands.filter((info) => fillOf(info) === undefined)
  return shape.length > 0 && lying.length < operands.length && !lying.some((info) => String(info.shape) === String(shape))
}

const plain = (type: string): Emit => (a, b) => op(type, [a, b])
const toFloat = (x: string) => op('Cast', [x], { to: elementTypes.float32 })

binary(tf.Add, plain('Add'))
binary(tf.Sub, plain('Sub'))
binary(tf.Multiply, (a, b, type) => (type === 'bool' ? op('And', [a, b]) : op('Mul', [a, b])))
binary(tf.RealDiv, (a, b, type) => op('Div', type === 'float32' ? [a, b] : [toFloat(a), toFloat(b)]), 'float32')
binary(tf.Maximum, plain('Max'))
binary(tf.Minimum, plain('Min'))
binary(tf.Pow, plain('Pow'))
binary(tf.Mod, (a, b, type) => (type === 'int32' ? op('Mod', [a, b]) : op('Sub', [a, op('Mul', [op('Floor', [op('Div', [a, b])]), b])])))
binary(tf.FloorDiv, (a, b, type) =>
  type === 'int32' ? op('Div', [op('Sub', [a, op('Mod', [a, b])]), b]) : op('Floor', [op('Div', [a, b])]))
binary(tf.SquaredDifference, (a, b) => square(op('Sub', [a, b])))
binary(tf.Greater, plain('Greater'), 'bool')
binary(tf.GreaterEqual, plain('GreaterOrEqual'), 'bool')
binary(tf.Less, plain('Less'), 'bool')
binary(tf.LessEqual, plain('LessOrEqual'), 'bool')
binary(tf.Equal, plain('Equal'), 'bool')
binary(tf.NotEqual, (a, b) => op('Not', [op('Equal', [a, b])]), 'bool')
binary(tf.LogicalAnd, plain('And'), 'bool')
binary(tf.LogicalOr, plain('Or'), 'bool')
kernel<tf.PreluInputs>(tf.Prelu, ({ x, alpha }) =>
  broadcast(x, alpha, (value, slope) => op('Add', [op('Relu', [value]), op('Mul', [slope, op('Min', [value, scalar(0)])])])))

/** A kernel of one operand, in whatever layout it lies. */
function unary<Attrs = object>(name: string, emit: (x: string, attrs: Attrs, type: TraceType) => string, dtype?: TraceType) {
  kernel<UnaryInputs, Attrs>(name, ({ x }, attrs) => {
    const layout = commonLayout([x], x.shape.length)
    return made(x.shape, dtype ?? typeOf(x), emit(view(x, layout), attrs, typeOf(x)), layout)
  })
}

const square = (x: string) => op('Mul', [x, x])
const above = (x: string, low: number, type: TraceType) => op('Max', [x, scalar(low, type)])
const below = (x: string, high: number, type: TraceType) => op('Min', [x, scalar(high, type)])

for (const same of [
  tf.Abs, tf.Neg, tf.Sqrt, tf.Exp, tf.Log, tf.Floor, tf.Ceil, tf.Round, tf.Sign, tf.Reciprocal, tf.Sigmoid, tf.Softplus, tf.Tanh, tf.Erf,
  tf.Sin, tf.Cos, tf.Relu,
]) unary(same, (x) => op(same, [x]))
unary(tf.Rsqrt, (x) => op('Reciprocal', [op('Sqrt', [x])]))
unary(tf.Square, square)
unary(tf.Expm1, (x) => op('Sub', [op('Exp', [x]), scalar(1)]))
unary(tf.Log1p, (x) => op('Log', [op('Add', [x, scalar(1)])]))
unary(tf.Relu6, (x) => op('Clip', [x, scalar(0), scalar(6)]))
unary<tf.LeakyReluAttrs>(tf.LeakyRelu, (x, { alpha }) => op('LeakyRelu', [x], { alpha: { float: alpha } }))
unary(tf.Elu, (x) => op('Elu', [x]))
unary<tf.ClipByValueAttrs>(tf.ClipByValue, (x, { clipValueMin: low, clipValueMax: high }, type) => below(above(x, low, type), high, type))
unary<tf.StepAttrs>(tf.Step, (x, { alpha = 0 }, type) => {
  const positive = op('Cast', [op('Greater', [x, scalar(0, type)])], { to: elementTypes[type] })
  return alpha === 0 ? positive : op('Max', [positive, scalar(alpha, type)])
})
unary(tf.LogicalNot, (x) => op('Not', [x]), 'bool')
unary(tf.IsNan, (x) => op('IsNaN', [x]), 'bool')
unary(tf.IsInf, (x) => op('IsInf', [x]), 'bool')
unary(tf.IsFinite, (x) => op('Not', [op('Or', [op('IsNaN', [x]), op('IsInf', [x])])]), 'bool')

kernel<tf.CastInputs, tf.CastAttrs>(tf.Cast, ({ x }, { dtype }) => {
  const layout = commonLayout([x], x.shape.length)
  const from = typeOf(x)
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') throw new TypeError(`expected float32, int32 or bool, got ${dtype}`)
  const name = view(x, layout)
  return made(x.shape, dtype, from === dtype ? name : op('Cast', [name], { to: elementTypes[dtype] }), layout)
})

kernel<tf.SelectInputs>(tf.Select, ({ condition, t, e }) => {
  const layout = commonLayout([t, e, condition], t.shape.length)
  const inputs = [condition, t, e].map((info) => operand(info, t.shape.length, layout))
  const chosen = op('Where', inputs)
  const stretched = isShort(t.shape, condition, t, e) ? op('Expand', [chosen, ints(layout.map((axis) => t.shape[axis]))]) : chosen
  return made(t.shape, typeOf(t), stretched, layout)
})
