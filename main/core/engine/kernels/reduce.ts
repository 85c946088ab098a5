import * as tf from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elementTypes } from '../../onnx/model.ts'
import { commonLayout, ints, kernel, made, op, typeOf, view } from '../trace.ts'
import type { TraceType } from '../trace.ts'
import type { Layout } from '../layout.ts'

interface ReduceAttrs {
  readonly axis?: number | number[]
  readonly keepDims?: boolean
}

/** The layout once axes are gone: the rest keep their order. */
function without(layout: Layout, axes: readonly number[]): Layout {
  const kept = layout.filter((axis) => !axes.includes(axis))
  return kept.map((axis) => axis - axes.filter((gone) => gone < axis).length)
}

type Emit = (name: string, axes: number[], keepdims: 0 | 1) => string

function reduced(x: TensorInfo, attrs: ReduceAttrs, dtype: TraceType, emit: Emit): TensorInfo {
  const axes = tf.util.parseAxisParam(attrs.axis ?? x.shape.map((_, i) => i), x.shape)
  const layout = commonLayout([x], x.shape.length)
  const [outShape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
  const shape = attrs.keepDims ? tf.backend_util.expandShapeToKeepDim(outShape, axes) : outShape
  const name = view(x, layout)
  const lying = axes.map((axis) => layout.indexOf(axis)).sort((a, b) => a - b)
  const out = axes.length === 0 ? name : emit(name, lying, attrs.keepDims ? 1 : 0)
  return made(shape, dtype, out, attrs.keepDims ? layout : without(layout, axes))
}

const asInt = (x: string) => op('Cast', [x], { to: elementTypes.int32 })
const asFloat = (x: string) => op('Cast', [x], { to: elementTypes.float32 })
const asBool = (x: string) => op('Cast', [x], { to: elementTypes.bool })

kernel<tf.SumInputs, ReduceAttrs>(tf.Sum, ({ x }, attrs) =>
  reduced(x, attrs, typeOf(x) === 'float32' ? 'float32' : 'int32', (name, axes, keepdims) =>
    op('ReduceSum', [typeOf(x) === 'bool' ? asInt(name) : name, ints(axes)], { keepdims })))

kernel<tf.MeanInputs, ReduceAttrs>(tf.Mean, ({ x }, attrs) =>
  reduced(x, attrs, 'float32', (name, axes, keepdims) =>
    op('ReduceMean', [typeOf(x) === 'float32' ? name : asFloat(name)], { axes, keepdims })))

for (const [name, type] of [[tf.Max, 'ReduceMax'], [tf.Min, 'ReduceMin'], [tf.Prod, 'ReduceProd']]) {
  kernel<tf.MaxInputs, ReduceAttrs & { reductionIndices?: number | number[] }>(name, ({ x }, { axis, reductionIndices, keepDims }) =>
    reduced(x, { axis: axis ?? reductionIndices, keepDims }, typeOf(x), (value, axes, keepdims) => op(type, [value], { axes, keepdims })))
}

for (const [name, type] of [[tf.All, 'ReduceMin'], [tf.Any, 'ReduceMax']]) {
  kernel<tf.AllInputs, ReduceAttrs>(name, ({ x }, attrs) =>
    reduced(x, attrs, 'bool', (value, axes, keepdims) => asBool(op(type, [asInt(value)], { axes, keepdims }))))
}

for (const name of [tf.ArgMax, tf.ArgMin]) {
  kernel<tf.ArgMaxInputs, tf.ArgMaxAttrs>(name, ({ x }, { axis }) =>
    reduced(x, { axis }, 'int32', (value, [only]) => asInt(op(name, [value], { axis: only, keepdims: 0 }))))
}

function soft(x: TensorInfo, type: string, axis: number): TensorInfo {
  const layout = commonLayout([x], x.shape.length)
  const [logical] = tf.util.parseAxisParam(axis, x.shape)
  const lying = layout.indexOf(logical)
  const name = view(x, layout)
  const inner = type === 'Softmax' && lying < layout.length - 1
  return made(x.shape, 'float32', inner ? innerSoftmax(name, lying) : op(type, [name], { axis: lying }), layout)
}

/** Along an axis that is not the last one, the parts of it are ten times as fast as onnxruntime's Softmax, which transposes. */
function innerSoftmax(x: string, axis: number): string {
  const powers = op('Exp', [op('Sub', [x, op('ReduceMax', [x], { axes: [axis], keepdims: 1 })])])
  return op('Div', [powers, op('ReduceSum', [powers, ints([axis])], { keepdims: 1 })])
}

kernel<tf.SoftmaxInputs, tf.SoftmaxAttrs>(tf.Softmax, ({ logits }, { dim }) => soft(logits, 'Softmax', dim))
kernel<tf.LogSoftmaxInputs, tf.LogSoftmaxAttrs>(tf.LogSoftmax, ({ logits }, { axis }) => soft(logits, 'LogSoftmax', axis))

kernel<tf.CumsumInputs, tf.CumsumAttrs>(tf.Cumsum, ({ x }, { axis, exclusive, reverse }) => {
  const [logical] = tf.util.parseAxisParam(axis, x.shape)
  const layout = commonLayout([x], x.shape.length)
  const at = ints([layout.indexOf(logical)])
  return made(x.shape, typeOf(x), op('CumSum', [view(x, layout), at], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 }), layout)
})
