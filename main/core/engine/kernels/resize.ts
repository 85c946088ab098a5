import * as tf from '@tensorflow/tfjs-core'
import { identity, NCHW, size } from '../layout.ts'
import type { Layout } from '../layout.ts'
import { constant, ints, kernel, made, op, reshape, typeOf, view } from '../trace.ts'

interface ResizeAttrs {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
  readonly size: [number, number]
}

const mode = ({ alignCorners, halfPixelCenters }: ResizeAttrs) =>
  alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric'

function resized(x: tf.TensorInfo, attrs: ResizeAttrs, how: Record<string, string>) {
  const [n, , , channels] = x.shape
  const [height, width] = attrs.size
  const inputs = [view(x, NCHW), '', '', ints([n, channels, height, width])]
  return made([n, height, width, channels], 'float32', op('Resize', inputs, { coordinate_transformation_mode: mode(attrs), ...how }), NCHW)
}

kernel<tf.ResizeBilinearInputs, ResizeAttrs>(tf.ResizeBilinear, ({ images }, attrs) => resized(images, attrs, { mode: 'linear' }))

kernel<tf.ResizeNearestNeighborInputs, ResizeAttrs>(tf.ResizeNearestNeighbor, ({ images }, attrs) =>
  resized(images, attrs, { mode: 'nearest', nearest_mode: attrs.alignCorners ? 'round_prefer_ceil' : 'floor' }))

/** The matrix [to, from] that resizes one axis linearly. */
function linearMatrix(from: number, to: number, { alignCorners, halfPixelCenters }: ResizeAttrs): Float32Array {
  const matrix = new Float32Array(to * from)
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(halfPixelCenters && !alignCorners ? (i + 0.5) * scale - 0.5 : i * scale, 0), from - 1)
    const low = Math.floor(at)
    matrix[i * from + low] += 1 - (at - low)
    matrix[i * from + Math.min(low + 1, from - 1)] += at - low
  }
  return matrix
}

/** The transpose of the forward matrices: exact for every way of placing pixel centres. */
kernel<tf.ResizeBilinearGradInputs, ResizeAttrs>(tf.ResizeBilinearGrad, ({ images, dy }, attrs) => {
  const [, height, width] = images.shape
  const [, outHeight, outWidth] = dy.shape
  const columns = constant(linearMatrix(width, outWidth, attrs), [outWidth, width])
  const rows = op('Transpose', [constant(linearMatrix(height, outHeight, attrs), [outHeight, height])], { perm: [1, 0] })
  return made(images.shape, 'float32', op('MatMul', [rows, op('MatMul', [view(dy, NCHW), columns])]), NCHW)
})

/** Splits spatial axes into blocks; see tf.spaceToBatchND. */
kernel<tf.SpaceToBatchNDInputs, tf.SpaceToBatchNDAttrs>(tf.SpaceToBatchND, ({ x }, { blockShape, paddings }) => {
  const block = blockShape.length
  const pairs = [[0, 0], ...paddings, ...x.shape.slice(1 + block).map(() => [0, 0])]
  const padded = x.shape.map((n, axis) => n + pairs[axis][0] + pairs[axis][1])
  const name = op('Pad', [view(x), ints([...pairs.map((p) => p[0]), ...pairs.map((p) => p[1])])])
  const split = [padded[0], ...blockShape.flatMap((b, i) => [padded[1 + i] / b, b]), ...padded.slice(1 + block)]
  const perm = [...blockShape.map((_, i) => 2 + 2 * i), 0, ...blockShape.map((_, i) => 1 + 2 * i), ...rest(split, 1 + 2 * block)]
  const inner = blockShape.map((b, i) => padded[1 + i] / b)
  const shape = [padded[0] * size(blockShape), ...inner, ...padded.slice(1 + block)]
  return made(shape, typeOf(x), reshape(op('Transpose', [reshape(name, split)], { perm }), shape))
})

const rest = (shape: readonly number[], from: number): Layout => identity(shape.length).slice(from)

/** Puts blocks back into spatial axes; see tf.batchToSpaceND. */
kernel<tf.BatchToSpaceNDInputs, tf.BatchToSpaceNDAttrs>(tf.BatchToSpaceND, ({ x }, { blockShape, crops }) => {
  const block = blockShape.length
  const batch = x.shape[0] / size(blockShape)
  const split = [...blockShape, batch, ...x.shape.slice(1)]
  const perm = [block, ...blockShape.flatMap((_, i) => [block + 1 + i, i]), ...rest(split, 2 * block + 1)]
  const whole = [batch, ...blockShape.map((b, i) => x.shape[1 + i] * b), ...x.shape.slice(1 + block)]
  const joined = reshape(op('Transpose', [reshape(view(x), split)], { perm }), whole)
  const axes = blockShape.map((_, i) => 1 + i)
  const ends = axes.map((axis, i) => whole[axis] - crops[i][1])
  const shape = whole.map((n, axis) => (axis >= 1 && axis <= block ? n - crops[axis - 1][0] - crops[axis - 1][1] : n))
  return made(shape, typeOf(x), op('Slice', [joined, ints(crops.map((crop) => crop[0])), ints(ends), ints(axes)]))
})
