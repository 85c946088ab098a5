import * as tf from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { NCHW, OIHW } from '../layout.ts'
import type { Layout } from '../layout.ts'
import { constant, ints, kernel, made, op, reshape, target, view } from '../trace.ts'
import { product } from './matmul.ts'

type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>
type Shape4 = [number, number, number, number]

interface ConvAttrs {
  readonly strides: [number, number] | number
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
  readonly dataFormat?: string
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** [H, W, C, M] lying as [C, M, H, W], which is ONNX' [C * M, 1, H, W]. */
const DEPTHWISE: Layout = [2, 3, 0, 1]

function convInfo(xShape: readonly number[], filterShape: readonly number[], attrs: ConvAttrs, depthwise = false): Info {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode } = attrs
  if (dataFormat !== 'NHWC') throw new Error(`expected data format NHWC, got ${dataFormat}`)
  return tf.backend_util.computeConv2DInfo(xShape as Shape4, filterShape as Shape4, strides, dilations, pad, dimRoundingMode, depthwise)
}

const pads = ({ padInfo: p }: Info) => [p.top, p.left, p.bottom, p.right]
const kernelShape = (c: Info) => [c.filterHeight, c.filterWidth]
const strides = (c: Info) => [c.strideHeight, c.strideWidth]
const dilations = (c: Info) => [c.dilationHeight, c.dilationWidth]
const geometry = (c: Info) => ({ pads: pads(c), strides: strides(c), dilations: dilations(c), kernel_shape: kernelShape(c) })
const taps = (c: Info) => c.filterHeight * c.filterWidth

/** Rows and columns of the input that no window covers at the far end. */
function remainder(c: Info): number[] {
  const covered = (out: number, stride: number, dilation: number, kernel: number) => (out - 1) * stride + dilation * (kernel - 1) + 1
  return [
    c.inHeight + c.padInfo.top + c.padInfo.bottom - covered(c.outHeight, c.strideHeight, c.dilationHeight, c.filterHeight),
    c.inWidth + c.padInfo.left + c.padInfo.right - covered(c.outWidth, c.strideWidth, c.dilationWidth, c.filterWidth),
  ]
}

/** The shifted, strided picture that each filter tap sees: [N, C, outH, outW] for each tap in row-major order. */
export function tapViews(x: string, c: Info, pad: (x: string, pads: number[]) => string): string[] {
  const padded = pads(c).some(Boolean) ? pad(x, pads(c)) : x
  if (taps(c) === 1 && strides(c).every((s) => s === 1) && remainder(c).every((r) => r === 0)) return [padded]
  return Array.from({ length: taps(c) }, (_, tap) => {
    const top = Math.floor(tap / c.filterWidth) * c.dilationHeight
    const left = (tap % c.filterWidth) * c.dilationWidth
    const ends = [top + (c.outHeight - 1) * c.strideHeight + 1, left + (c.outWidth - 1) * c.strideWidth + 1]
    return op('Slice', [padded, ints([top, left]), ints(ends), ints([2, 3]), ints(strides(c))])
  })
}

const zeroPad = (x: string, [top, left, bottom, right]: number[]) => op('Pad', [x, ints([0, 0, top, left, 0, 0, bottom, right])])

/** Above this many taps the product with a permutation matrix is no faster than a gather. */
const MANY_TAPS = 16

/** Turns filters [A, B, h, w] about by 180 degrees. */
function turned(filter: string, a: number, b: number, c: Info): string {
  const n = taps(c)
  if (n === 1) return filter
  const shape = [a, b, ...kernelShape(c)]
  if (target() === 'train' && n <= MANY_TAPS) {
    const backwards = Float32Array.from({ length: n * n }, (_, i) => Number(Math.floor(i / n) + (i % n) === n - 1))
    return reshape(op('MatMul', [reshape(filter, [a * b, n]), constant(backwards, [n, n])]), shape)
  }
  const order = Array.from({ length: n }, (_, i) => n - 1 - i)
  return reshape(op('Gather', [reshape(filter, [a, b, n]), ints(order)], { axis: 2 }), shape)
}

/** Pads of the convolution with turned filters that is the input gradient at stride 1. */
const gradientPads = (c: Info) => [
  (c.filterHeight - 1) * c.dilationHeight - c.padInfo.top,
  (c.filterWidth - 1) * c.dilationWidth - c.padInfo.left,
  (c.filterHeight - 1) * c.dilationHeight - c.padInfo.bottom,
  (c.filterWidth - 1) * c.dilationWidth - c.padInfo.right,
]

/** Geometry of an input gradient as a convolution with turned filters, and as a transposed convolution. */
const gathering = (c: Info) => ({ pads: gradientPads(c), strides: [1, 1], dilations: dilations(c), kernel_shape: kernelShape(c) })
const scattering = (c: Info) => ({ ...geometry(c), output_padding: remainder(c) })

const turnsIntoConv = (c: Info) => c.strideHeight === 1 && c.strideWidth === 1 && gradientPads(c).every((p) => p >= 0)

kernel<tf.Conv2DInputs, ConvAttrs>(tf.Conv2D, ({ x, filter }, attrs) => {
  const c = convInfo(x.shape, filter.shape, attrs)
  return made(c.outShape, 'float32', op('Conv', [view(x, NCHW), view(filter, OIHW)], geometry(c)), NCHW)
})

kernel<tf.Conv2DBackpropInputInputs, ConvAttrs & { inputShape: number[] }>(tf.Conv2DBackpropInput, ({ dy, filter }, attrs) => {
  const c = convInfo(attrs.inputShape, filter.shape, attrs)
  return made(attrs.inputShape, 'float32', inputGradient(view(dy, NCHW), filter, c), NCHW)
})

function inputGradient(dy: string, filter: TensorInfo, c: Info): string {
  if (!turnsIntoConv(c)) return op('ConvTranspose', [dy, view(filter, OIHW)], scattering(c))
  const turnedFilter = op('Transpose', [turned(view(filter, OIHW), c.outChannels, c.inChannels, c)], { perm: [1, 0, 2, 3] })
  return op('Conv', [dy, turnedFilter], gathering(c))
}

kernel<tf.Conv2DBackpropFilterInputs, ConvAttrs & { filterShape: number[] }>(tf.Conv2DBackpropFilter, ({ x, dy }, attrs) => {
  const c = convInfo(x.shape, attrs.filterShape, attrs)
  const gradient = filterGradient(view(x, NCHW), view(dy, NCHW), c)
  return made(attrs.filterShape, 'float32', gradient, OIHW)
})

/** Products of matrices: the output's gradient by what each filter tap saw. */
function filterGradient(x: string, dy: string, c: Info): string {
  const [n, o, i, pixels] = [c.batchSize, c.outChannels, c.inChannels, c.outHeight * c.outWidth]
  if (i < FEW_CHANNELS && taps(c) > 1) return thinFilterGradient(x, dy, c)
  const merge = n > 1 && 2 * n * pixels * (2 * i + o) < taps(c) * (n + 1) * o * i
  const batchLast = (name: string, channels: number) => reshape(op('Transpose', [name], { perm: [1, 0, 2, 3] }), [channels, n * pixels])
  const left = merge ? batchLast(dy, o) : reshape(dy, [n, o, pixels])
  const products = tapViews(merge ? op('Transpose', [x], { perm: [1, 0, 2, 3] }) : x, c, zeroPad).map((seen) => {
    if (merge) return product(left, reshape(seen, [i, n * pixels]), { transB: true })
    return op('ReduceSum', [product(left, reshape(seen, [n, i, pixels]), { transB: true, rankA: 3, rankB: 3 }), ints([0])], { keepdims: 0 })
  })
  if (products.length === 1) return reshape(products[0], [o, i, 1, 1])
  const stacked = op('Concat', products.map((each) => reshape(each, [1, o, i])), { axis: 0 })
  return reshape(op('Transpose', [stacked], { perm: [1, 2, 0] }), [o, i, ...kernelShape(c)])
}

/** Below this many channels a product for each tap is too thin to be fast. */
const FEW_CHANNELS = 16

/** All taps in one product. */
function thinFilterGradient(x: string, dy: string, c: Info): string {
  const [n, o, i, pixels] = [c.batchSize, c.outChannels, c.inChannels, c.outHeight * c.outWidth]
  const seen = reshape(op('Concat', tapViews(x, c, zeroPad), { axis: 1 }), [n, taps(c) * i, pixels])
  const each = product(reshape(dy, [n, o, pixels]), seen, { transB: true, rankA: 3, rankB: 3 })
  const sum = reshape(op('ReduceSum', [each, ints([0])], { keepdims: 0 }), [o, taps(c), i])
  return reshape(op('Transpose', [sum], { perm: [0, 2, 1] }), [o, i, ...kernelShape(c)])
}

const depthwiseFilter = (filter: TensorInfo, c: Info) => reshape(view(filter, DEPTHWISE), [c.outChannels, 1, ...kernelShape(c)])

kernel<tf.DepthwiseConv2dNativeInputs, ConvAttrs>(tf.DepthwiseConv2dNative, ({ x, filter }, attrs) => {
  const c = convInfo(x.shape, filter.shape, attrs, true)
  const out = op('Conv', [view(x, NCHW), depthwiseFilter(filter, c)], { ...geometry(c), group: c.inChannels })
  return made(c.outShape, 'float32', out, NCHW)
})

kernel<tf.DepthwiseConv2dNativeBackpropInputInputs, ConvAttrs & { inputShape: number[] }>(
  tf.DepthwiseConv2dNativeBackpropInput,
  ({ dy, filter }, attrs) => {
    const c = convInfo(attrs.inputShape, filter.shape, attrs, true)
    return made(attrs.inputShape, 'float32', depthwiseInputGradient(view(dy, NCHW), filter, c), NCHW)
  },
)

function depthwiseInputGradient(dy: string, filter: TensorInfo, c: Info): string {
  const group = c.inChannels
  if (!turnsIntoConv(c)) return op('ConvTranspose', [dy, depthwiseFilter(filter, c)], { ...scattering(c), group })
  const multiplier = c.outChannels / c.inChannels
  const turnedFilter = turned(view(filter, DEPTHWISE), c.inChannels, multiplier, c)
  return op('Conv', [dy, turnedFilter], { ...gathering(c), group })
}

kernel<tf.DepthwiseConv2dNativeBackpropFilterInputs, ConvAttrs & { filterShape: number[] }>(
  tf.DepthwiseConv2dNativeBackpropFilter,
  ({ x, dy }, attrs) => {
    const c = convInfo(x.shape, attrs.filterShape, attrs, true)
    const strided = strides(c).some((s) => s > 1) && target() === 'train'
    const gradient = (strided ? byConvolution : byTaps)(view(x, NCHW), view(dy, NCHW), c)
    return made(attrs.filterShape, 'float32', reshape(gradient, [c.inChannels, c.outChannels / c.inChannels, ...kernelShape(c)]), DEPTHWISE)
  },
)

/** From so many pixels on, a product of rows is faster than their multiplication and sum. */
const MANY_PIXELS = 1024

/** The gradient of depthwise filters: sums of the output's gradient times what each tap saw. */
function byTaps(x: string, dy: string, c: Info): string {
  const [n, i, multiplier, pixels] = [c.batchSize, c.inChannels, c.outChannels / c.inChannels, c.outHeight * c.outWidth]
  const rows = (name: string, count: number) => reshape(name, [n * i, count, pixels])
  const gradient = rows(dy, multiplier)
  const large = pixels >= MANY_PIXELS && target() === 'train'
  const sums = tapViews(x, c, zeroPad).map((seen) => {
    const times = large ? product(gradient, rows(seen, 1), { transB: true, rankA: 3, rankB: 3 }) : op('Mul', [gradient, rows(seen, 1)])
    return op('ReduceSum', [reshape(times, [n, i, multiplier, large ? 1 : pixels]), ints([0, 3])], { keepdims: 0 })
  })
  return op('Concat', sums.map((sum) => reshape(sum, [i, multiplier, 1])), { axis: 2 })
}

/** The same where taps see pixels that lie apart, which are dear to copy: every channel of every picture convolved by its output's gradient, stride and dilation changed about. */
function byConvolution(x: string, dy: string, c: Info): string {
  const [n, i, o] = [c.batchSize, c.inChannels, c.outChannels]
  const window = { kernel_shape: [c.outHeight, c.outWidth], pads: pads(c), strides: dilations(c), dilations: strides(c), group: n * i }
  const all = op('Conv', [reshape(x, [1, n * i, c.inHeight, c.inWidth]), reshape(dy, [n * o, 1, c.outHeight, c.outWidth])], window)
  const seen = remainder(c).some((r, axis) => r >= dilations(c)[axis]) ? op('Slice', [all, ints([0, 0]), ints(kernelShape(c)), ints([2, 3])]) : all
  return op('ReduceSum', [reshape(seen, [n, o, taps(c)]), ints([0])], { keepdims: 0 })
}
