import * as tf from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elementTypes } from '../../onnx/model.ts'
import { identity, isIdentity, NCHW, size } from '../layout.ts'
import type { Layout } from '../layout.ts'
import {
  commonLayout, constant, filled, ints, kernel, known, made, op, ops, renamed, repeated, reshape, same, scalar, typeOf, view,
} from '../trace.ts'

/** Reshapes; free of nodes that move elements where only axes of size 1 come or go. */
function reshaped(x: TensorInfo, shape: readonly number[]): TensorInfo {
  if (String(x.shape) === String(shape)) return same(x)
  const real = (sizes: readonly number[]) => sizes.flatMap((n, axis) => (n === 1 ? [] : [axis]))
  const [before, after] = [real(x.shape), real(shape)]
  const alike = String(before.map((axis) => x.shape[axis])) === String(after.map((axis) => shape[axis]))
  const ones = identity(shape.length).filter((axis) => shape[axis] === 1)
  const relabel = (layout: Layout): Layout | undefined => {
    const inOrder = String(layout.filter((axis) => x.shape[axis] !== 1)) === String(before)
    if (inOrder) return identity(shape.length)
    if (!alike) return undefined
    return [...layout.filter((axis) => x.shape[axis] !== 1).map((axis) => after[before.indexOf(axis)]), ...ones]
  }
  return renamed(x, shape, relabel) ?? made(shape, typeOf(x), reshape(view(x), shape))
}

/** The axis, counted in the order in which a tensor lies. */
const lying = (axis: number, shape: readonly number[], layout: Layout) => layout.indexOf(tf.util.parseAxisParam(axis, shape as number[])[0])

kernel<tf.IdentityInputs>(tf.Identity, ({ x }) => same(x))

kernel<tf.ReshapeInputs, tf.ReshapeAttrs>(tf.Reshape, ({ x }, { shape }) =>
  reshaped(x, tf.util.inferFromImplicitShape(shape, size(x.shape))))

kernel<tf.ExpandDimsInputs, tf.ExpandDimsAttrs>(tf.ExpandDims, ({ input }, { dim }) => {
  const at = dim < 0 ? dim + input.shape.length + 1 : dim
  return reshaped(input, input.shape.toSpliced(at, 0, 1))
})

kernel<tf.TransposeInputs, tf.TransposeAttrs>(tf.Transpose, ({ x }, { perm }) => {
  const shape = perm.map((axis) => x.shape[axis])
  const out = renamed(x, shape, (layout) => layout.map((axis) => perm.indexOf(axis)))
  return out ?? made(shape, typeOf(x), op('Transpose', [view(x)], { perm }))
})

kernel<tf.NamedTensorInfoMap, tf.ConcatAttrs>(tf.Concat, (inputs, { axis }) => {
  const all = Object.values(inputs)
  const parts = all.filter((info) => size(info.shape) > 0)
  const [at] = tf.util.parseAxisParam(axis, all[0].shape)
  const shape = tf.backend_util.computeOutShape(all.map((info) => info.shape), at)
  const layout = commonLayout(parts, shape.length)
  return made(shape, typeOf(all[0]), op('Concat', parts.map((info) => view(info, layout)), { axis: layout.indexOf(at) }), layout)
})

kernel<tf.NamedTensorInfoMap, tf.PackAttrs>(tf.Pack, (inputs, { axis }) => {
  const parts = Object.values(inputs)
  const rank = parts[0].shape.length + 1
  const at = axis < 0 ? axis + rank : axis
  const shape = parts[0].shape.toSpliced(at, 0, parts.length)
  const names = parts.map((info) => reshape(view(info), info.shape.toSpliced(at, 0, 1)))
  return made(shape, typeOf(parts[0]), op('Concat', names, { axis: at }))
})

kernel<tf.UnpackInputs, tf.UnpackAttrs>(tf.Unpack, ({ value }, { axis }) => {
  const at = axis < 0 ? axis + value.shape.length : axis
  const shape = value.shape.toSpliced(at, 1)
  return Array.from({ length: value.shape[at] }, (_, i) =>
    made(shape, typeOf(value), reshape(op('Slice', [view(value), ints([i]), ints([i + 1]), ints([at])]), shape)))
})

function sliced(x: TensorInfo, begin: readonly number[], sizes: readonly number[], strides?: readonly number[]): TensorInfo {
  const layout = commonLayout([x], x.shape.length)
  const steps = strides ?? x.shape.map(() => 1)
  const cut = layout.filter((axis) => sizes[axis] !== x.shape[axis] || steps[axis] !== 1)
  const ends = cut.map((axis) => begin[axis] + (sizes[axis] - 1) * steps[axis] + Math.sign(steps[axis]))
  const limits = ends.map((end) => (end < 0 ? Number.MIN_SAFE_INTEGER : end))
  const at = cut.map((axis) => layout.indexOf(axis))
  const name = view(x, layout)
  if (cut.length === 0) return made(sizes, typeOf(x), name, layout)
  const inputs = [name, ints(cut.map((axis) => begin[axis])), ints(limits), ints(at), ints(cut.map((axis) => steps[axis]))]
  return made(sizes, typeOf(x), op('Slice', inputs), layout)
}

kernel<tf.SliceInputs, tf.SliceAttrs>(tf.Slice, ({ x }, { begin, size: wanted }) => {
  const [from, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, wanted)
  return sliced(x, from, sizes)
})

kernel<tf.StridedSliceInputs, tf.StridedSliceAttrs>(tf.StridedSlice, ({ x }, attrs) => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs
  const info = tf.slice_util.sliceInfo(x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask)
  const sizes = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  return reshaped(sliced(x, info.begin, sizes, info.strides), info.finalShape)
})

kernel<tf.SplitVInputs, tf.SplitVAttrs>(tf.SplitV, ({ x }, { numOrSizeSplits, axis }) => {
  const [at] = tf.util.parseAxisParam(axis, x.shape)
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, at)
  const layout = commonLayout([x], x.shape.length)
  const names = ops('Split', [view(x, layout), ints(sizes)], { axis: layout.indexOf(at) }, sizes.length)
  return names.map((name, i) => made(x.shape.with(at, sizes[i]), typeOf(x), name, layout))
})

kernel<tf.TileInputs, tf.TileAttrs>(tf.Tile, ({ x }, { reps }) => {
  const layout = commonLayout([x], x.shape.length)
  const shape = x.shape.map((n, axis) => n * reps[axis])
  return made(shape, typeOf(x), op('Tile', [view(x, layout), ints(layout.map((axis) => reps[axis]))]), layout)
})

kernel<tf.BroadcastToInputs, tf.BroadCastToAttrs>(tf.BroadcastTo, ({ x }, { shape }) => repeated(x, shape))

kernel<tf.PadV2Inputs, tf.PadV2Attrs>(tf.PadV2, ({ x }, { paddings, constantValue }) => {
  const layout = commonLayout([x], x.shape.length)
  const pads = [0, 1].flatMap((side) => layout.map((axis) => paddings[axis][side]))
  const shape = x.shape.map((n, axis) => n + paddings[axis][0] + paddings[axis][1])
  return made(shape, typeOf(x), op('Pad', [view(x, layout), ints(pads), scalar(constantValue, typeOf(x))]), layout)
})

kernel<tf.MirrorPadInputs, tf.MirrorPadAttrs>(tf.MirrorPad, ({ x }, { paddings, mode }) => {
  if (mode !== 'reflect') throw new Error(`Kernel 'MirrorPad' with mode '${mode}' has no ONNX operator in opset 17`)
  const layout = commonLayout([x], x.shape.length)
  const pads = [0, 1].flatMap((side) => layout.map((axis) => paddings[axis][side]))
  const shape = x.shape.map((n, axis) => n + paddings[axis][0] + paddings[axis][1])
  return made(shape, typeOf(x), op('Pad', [view(x, layout), ints(pads)], { mode }), layout)
})

kernel<tf.ReverseInputs, tf.ReverseAttrs>(tf.Reverse, ({ x }, { dims }) => {
  const axes = tf.util.parseAxisParam(dims, x.shape)
  const begin = x.shape.map((n, axis) => (axes.includes(axis) ? n - 1 : 0))
  return sliced(x, begin, x.shape, x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)))
})

kernel<tf.GatherV2Inputs, tf.GatherV2Attrs>(tf.GatherV2, ({ x, indices }, { axis, batchDims }) => {
  if (batchDims) throw new Error("Kernel 'GatherV2' with batch dimensions is not mapped to ONNX")
  const [at] = tf.util.parseAxisParam(axis, x.shape)
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)]
  if (indices.shape.length !== 1) return made(shape, typeOf(x), op('Gather', [view(x), view(indices)], { axis: at }))
  const layout = commonLayout([x], x.shape.length)
  return made(shape, typeOf(x), op('Gather', [view(x, layout), view(indices)], { axis: lying(at, x.shape, layout) }), layout)
})

kernel<tf.OneHotInputs, tf.OneHotAttrs>(tf.OneHot, ({ indices }, { dtype, depth, onValue, offValue }) => {
  const rank = indices.shape.length
  const layout = commonLayout([indices], rank)
  const picture = rank === 3 && isIdentity(layout)
  const inputs = [view(indices, layout), constant([depth], [1], 'int32'), constant([offValue, onValue], [2])]
  const floats = op('OneHot', inputs, { axis: picture ? 1 : -1 })
  const type = dtype === 'float32' ? 'float32' : 'int32'
  const out = type === 'float32' ? floats : op('Cast', [floats], { to: elementTypes.int32 })
  return made([...indices.shape, depth], type, out, picture ? NCHW : [...layout, rank])
})

kernel<object, tf.FillAttrs>(tf.Fill, (_, { shape, value, dtype }) => filled(shape, dtype ?? 'float32', Number(value)))
kernel<tf.ZerosLikeInputs>(tf.ZerosLike, ({ x }) => filled(x.shape, typeOf(x), 0))
kernel<tf.OnesLikeInputs>(tf.OnesLike, ({ x }) => filled(x.shape, typeOf(x), 1))

kernel<object, tf.RangeAttrs>(tf.Range, (_, { start, stop, step, dtype }) => {
  const count = Math.max(0, Math.ceil((stop - start) / step))
  return known(Float32Array.from({ length: count }, (_item, i) => start + i * step), [count], dtype)
})
