import * as tf from '@tensorflow/tfjs-core'
import type { BinaryInputs, TensorInfo, UnaryInputs } from '@tensorflow/tfjs-core'
import { NCHW, sameLayout, size } from '../layout.ts'
import type { Layout } from '../layout.ts'
import {
  commonLayout, constant, fillOf, ints, isRepeated, kernel, layoutOf, made, op, operand, repeated, reshape, same, scalar, typeOf, view,
} from '../trace.ts'
import type { TraceType } from '../trace.ts'
import { elementTypes } from '../../onnx/model.ts'
import { foldBinary, foldUnary } from './fold.ts'

type Emit = (a: string, b: string, type: TraceType) => string

const { assertAndGetBroadcastShape } = tf.backend_util

/** A kernel of two operands that broadcast. */
const binary = (name: string, emit: Emit, dtype?: TraceType) =>
  kernel<BinaryInputs>(name, ({ a, b }) => broadcast(a, b, emit, dtype))

interface Arithmetic {
  readonly emit: Emit
  readonly compute: (a: number, b: number) => number
  /** The value that leaves the other operand as it is, and on which sides it does. */
  readonly neutral: number
  readonly sides: readonly ('a' | 'b')[]
}

/** A kernel that computes with constants at once, and hands on an operand that the other leaves as it is. */
const arithmetic = (name: string, { emit, compute, neutral: value, sides }: Arithmetic) =>
  kernel<BinaryInputs>(name, ({ a, b }) => {
    const shape = assertAndGetBroadcastShape(a.shape, b.shape)
    const constantResult = foldBinary(a, b, shape, compute)
    if (constantResult) return constantResult
    if (sides.includes('b') && fillOf(b) === value) return repeated(a, shape)
    if (sides.includes('a') && fillOf(a) === value) return repeated(b, shape)
    return scaledAndShifted(name, a, b) ?? broadcast(a, b, emit)
  })

function broadcast(a: TensorInfo, b: TensorInfo, emit: Emit, dtype = typeOf(a)): TensorInfo {
  const shape = assertAndGetBroadcastShape(a.shape, b.shape)
  const layout = commonLayout([a, b], shape.length)
  const out = emit(placed(a, shape, layout), placed(b, shape, layout), typeOf(a))
  const stretched = isShort(shape, a, b) ? op('Expand', [out, ints(layout.map((axis) => shape[axis]))]) : out
  return made(shape, dtype, stretched, layout)
}

/**
 * An operand within a result of some shape. A single number beside a result whose last axis is 1 gets as many axes, or onnxruntime would
 * take the other operand number by number instead of in one piece.
 */
function placed(info: TensorInfo, shape: readonly number[], layout: Layout): string {
  const fill = fillOf(info)
  const ones = Array<number>(shape.length).fill(1)
  if (shape.length < 2 || shape[layout[layout.length - 1]] !== 1) return operand(info, shape.length, layout)
  if (fill !== undefined) return constant([fill], ones, typeOf(info))
  return size(info.shape) === 1 ? reshape(view(info), ones) : operand(info, shape.length, layout)
}

/** True where operands that stand in as something smaller leave the result without its shape. */
function isShort(shape: readonly number[], ...operands: TensorInfo[]) {
  const lying = operands.filter((info) => fillOf(info) === undefined && !isRepeated(info))
  return shape.length > 0 && lying.length < operands.length && !lying.some((info) => String(info.shape) === String(shape))
}

interface Scaled {
  readonly x: TensorInfo
  readonly scale: TensorInfo
}

/** Products of a picture and a number for each channel, by what they were made of. */
const scaled = new WeakMap<object, Scaled>()

const perChannel = (info: TensorInfo, channels: number) =>
  info.shape.at(-1) === channels && size(info.shape) === channels && fillOf(info) === undefined

/** A picture times a number for each channel plus another is one pass over the pixels rather than two. */
function scaledAndShifted(name: string, a: TensorInfo, b: TensorInfo): TensorInfo | undefined {
  const channels = a.shape[3]
  if (a.shape.length !== 4 || size(a.shape) === channels || !perChannel(b, channels) || isRepeated(a)) return undefined
  const product = scaled.get(a.dataId)
  if (name === tf.Multiply) {
    const out = broadcast(a, b, plain('Mul'))
    scaled.set(out.dataId, { x: same(a), scale: same(b) })
    return out
  }
  if (name !== tf.Add || !product || !sameLayout(layoutOf(a), NCHW)) return undefined
  const vector = (info: TensorInfo) => reshape(view(info), [channels])
  const unit = [0, 1].map((value) => constant(new Float32Array(channels).fill(value), [channels]))
  const inputs = [view(product.x, NCHW), vector(product.scale), vector(b), ...unit]
  return made(a.shape, 'float32', op('BatchNormalization', inputs, { epsilon: { float: 0 } }), NCHW)
}

const plain = (type: string): Emit => (a, b) => op(type, [a, b])
const toFloat = (x: string) => op('Cast', [x], { to: elementTypes.float32 })

arithmetic(tf.Add, { emit: plain('Add'), compute: (a, b) => a + b, neutral: 0, sides: ['a', 'b'] })
arithmetic(tf.Sub, { emit: plain('Sub'), compute: (a, b) => a - b, neutral: 0, sides: ['b'] })
arithmetic(tf.Multiply, {
  emit: (a, b, type) => op(type === 'bool' ? 'And' : 'Mul', [a, b]), compute: (a, b) => a * b, neutral: 1, sides: ['a', 'b'],
})
kernel<tf.NamedTensorInfoMap>(tf.AddN, (inputs) => {
  const all = Object.values(inputs)
  const layout = commonLayout(all, all[0].shape.length)
  return made(all[0].shape, typeOf(all[0]), op('Sum', all.map((info) => view(info, layout))), layout)
})
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
  kernel<UnaryInputs, Attrs>(name, ({ x }, attrs) => pointwise(x, (value) => emit(value, attrs, typeOf(x)), dtype))
}

function pointwise(x: TensorInfo, emit: (x: string) => string, dtype = typeOf(x)): TensorInfo {
  const layout = commonLayout([x], x.shape.length)
  return made(x.shape, dtype, emit(view(x, layout)), layout)
}

/** 1 above zero, else 0: one pass, where a comparison takes two. */
const steep = (x: string) => op('HardSigmoid', [x], { alpha: { float: 3e38 }, beta: { float: 0 } })
const square = (x: string) => op('Mul', [x, x])
const above = (x: string, low: number, type: TraceType) => op('Max', [x, scalar(low, type)])
const below = (x: string, high: number, type: TraceType) => op('Min', [x, scalar(high, type)])

for (const same of [
  tf.Abs, tf.Neg, tf.Sqrt, tf.Exp, tf.Log, tf.Floor, tf.Ceil, tf.Round, tf.Sign, tf.Reciprocal, tf.Sigmoid, tf.Softplus, tf.Tanh, tf.Erf,
  tf.Sin, tf.Cos, tf.Relu,
]) unary(same, (x) => op(same, [x]))
kernel<UnaryInputs>(tf.Rsqrt, ({ x }) =>
  foldUnary(x, (value) => 1 / Math.sqrt(value)) ?? pointwise(x, (name) => op('Reciprocal', [op('Sqrt', [name])])))
unary(tf.Square, square)
unary(tf.Expm1, (x) => op('Sub', [op('Exp', [x]), scalar(1)]))
unary(tf.Log1p, (x) => op('Log', [op('Add', [x, scalar(1)])]))
unary(tf.Relu6, (x) => op('Clip', [x, scalar(0), scalar(6)]))
unary<tf.LeakyReluAttrs>(tf.LeakyRelu, (x, { alpha }) => op('LeakyRelu', [x], { alpha: { float: alpha } }))
unary(tf.Elu, (x) => op('Elu', [x]))
unary<tf.ClipByValueAttrs>(tf.ClipByValue, (x, { clipValueMin: low, clipValueMax: high }, type) => below(above(x, low, type), high, type))
unary<tf.StepAttrs>(tf.Step, (x, { alpha = 0 }, type) => {
  const positive = type === 'float32' ? steep(x) : op('Cast', [op('Greater', [x, scalar(0, type)])], { to: elementTypes[type] })
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
