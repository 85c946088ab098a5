import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { gradient, gradientOfMany, unbroadcast } from './register.ts'

gradient(tf.Reshape, { inputs: ['x'] }, (dy, [x]) => ({ x: () => tf.reshape(dy, x.shape) }))
gradient(tf.ExpandDims, { inputs: ['input'] }, (dy, [input]) => ({ input: () => tf.reshape(dy, input.shape) }))
gradient<tf.TransposeAttrs>(tf.Transpose, {}, (dy, _, { perm }) => ({
  x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm)),
}))

gradient<tf.ConcatAttrs>(tf.Concat, { allInputs: true }, (dy, inputs, { axis }) => {
  const [at] = tf.util.parseAxisParam(axis, inputs[0].shape)
  const parts = tf.split(dy, inputs.map((input) => input.shape[at]), at)
  return Object.fromEntries(parts.map((part, i) => [i, () => part]))
})

gradient<tf.PackAttrs>(tf.Pack, { allInputs: true }, (dy, _, { axis }) =>
  Object.fromEntries(tf.unstack(dy, axis).map((part, i) => [i, () => part])))
gradientOfMany<tf.UnpackAttrs>(tf.Unpack, (dys, { axis }) => ({ value: () => tf.stack(dys, axis) }))
gradientOfMany<tf.SplitVAttrs>(tf.SplitV, (dys, { axis }) => ({ x: () => tf.concat(dys, axis) }))

gradient<tf.SliceAttrs>(tf.Slice, { inputs: ['x'] }, (dy, [x], { begin, size }) => {
  const [from, length] = tf.slice_util.parseSliceParams(x, begin, size)
  const margins = from.map((start, axis) => [start, x.shape[axis] - start - length[axis]] as [number, number])
  return { x: () => tf.pad(dy, margins) }
})

gradient<tf.PadV2Attrs>(tf.PadV2, { inputs: ['x'] }, (dy, [x], { paddings }) => ({
  x: () => tf.slice(dy, paddings.map((pair) => pair[0]), x.shape),
}))

gradient<tf.ReverseAttrs>(tf.Reverse, {}, (dy, _, { dims }) => ({ x: () => tf.reverse(dy, dims) }))

gradient<tf.TileAttrs>(tf.Tile, { inputs: ['x'] }, (dy, [x], { reps }) => ({
  x: () => {
    const folded = tf.reshape(dy, x.shape.flatMap((n, axis) => [reps[axis], n]))
    return tf.reshape(tf.sum(folded, reps.map((_n, axis) => 2 * axis)), x.shape)
  },
}))

gradient(tf.BroadcastTo, { inputs: ['x'] }, (dy, [x]) => ({ x: () => unbroadcast(dy, x.shape) }))

/** Rows gathered more than once add up: the product with the one-hot matrix of the indices. */
gradient<tf.GatherV2Attrs>(tf.GatherV2, { inputs: ['x', 'indices'] }, (dy, [x, indices], { axis }) => ({
  x: () => {
    const [at] = tf.util.parseAxisParam(axis, x.shape)
    const [lead, rest] = [x.shape.slice(0, at), x.shape.slice(at + 1)]
    const inner = rest.reduce((a, b) => a * b, 1)
    const rows = tf.reshape(dy, [lead.reduce((a, b) => a * b, 1), indices.size, inner])
    const chosen = tf.oneHot(tf.reshape(indices, [indices.size]) as tf.Tensor1D, x.shape[at])
    const sums = tf.matMul(tf.tile(tf.expandDims(tf.cast(chosen, 'float32'), 0), [rows.shape[0], 1, 1]), rows, true, false)
    return tf.reshape(sums as Tensor, x.shape)
  },
  indices: () => indices,
}))

gradient<tf.SpaceToBatchNDAttrs>(tf.SpaceToBatchND, {}, (dy, _, { blockShape, paddings }) => ({
  x: () => tf.batchToSpaceND(dy, blockShape, paddings),
}))
gradient<tf.BatchToSpaceNDAttrs>(tf.BatchToSpaceND, {}, (dy, _, { blockShape, crops }) => ({
  x: () => tf.spaceToBatchND(dy, blockShape, crops),
}))
