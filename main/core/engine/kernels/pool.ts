import * as tf from '@tensorflow/tfjs-core'
import { NCHW, size } from '../layout.ts'
import { constant, ints, kernel, made, op, ops, reshape, scalar, target, view } from '../trace.ts'
import { tapViews } from './conv.ts'

interface PoolAttrs {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}
type Info = ReturnType<typeof tf.backend_util.computePool2DInfo>

const poolInfo = (shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): Info =>
  tf.backend_util.computePool2DInfo(shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode)

const geometry = (c: Info) => ({
  kernel_shape: [c.filterHeight, c.filterWidth],
  strides: [c.strideHeight, c.strideWidth],
  pads: [c.padInfo.top, c.padInfo.left, c.padInfo.bottom, c.padInfo.right],
})

const isNothing = (c: Info) => c.filterHeight === 1 && c.filterWidth === 1 && c.inHeight === c.outHeight && c.inWidth === c.outWidth

kernel<tf.MaxPoolInputs, PoolAttrs>(tf.MaxPool, ({ x }, attrs) => {
  const c = poolInfo(x.shape, attrs)
  const name = isNothing(c) ? view(x, NCHW) : op('MaxPool', [view(x, NCHW)], geometry(c))
  return made(c.outShape, 'float32', name, NCHW)
})

kernel<tf.MaxPoolGradInputs, PoolAttrs>(tf.MaxPoolGrad, ({ dy, input, output }, attrs) => {
  const c = poolInfo(input.shape, attrs)
  const [picture, gradient] = [view(input, NCHW), view(dy, NCHW)]
  const name = target() === 'train' ? scattered(picture, gradient, c) : compared(picture, view(output, NCHW), gradient, c)
  return made(input.shape, 'float32', name, NCHW)
})

/** Adds each gradient at the place its maximum came from. */
function scattered(picture: string, gradient: string, c: Info): string {
  const places = ops('MaxPool', [picture], geometry(c), 2)[1]
  const zeros = op('Expand', [scalar(0), ints([size(c.inShape)])])
  const flat = (name: string) => reshape(name, [-1])
  const sums = op('ScatterElements', [zeros, flat(places), flat(gradient)], { axis: 0, reduction: 'add' })
  return reshape(sums, [c.batchSize, c.inChannels, c.inHeight, c.inWidth])
}

/** Without indices: every pixel that equals its window's maximum receives the gradient. */
function compared(picture: string, output: string, gradient: string, c: Info): string {
  const LOWEST = -3.4e38
  const pad = (x: string, [top, left, bottom, right]: number[]) =>
    op('Pad', [x, ints([0, 0, top, left, 0, 0, bottom, right]), scalar(LOWEST)])
  const parts = tapViews(picture, c, pad).map((seen) => {
    const part = op('Where', [op('Equal', [seen, output]), gradient, scalar(0)])
    return reshape(part, [c.batchSize * c.inChannels, 1, c.outHeight, c.outWidth])
  })
  return spread(op('Concat', parts, { axis: 1 }), parts.length, c)
}

/** Puts [N * C, taps, outH, outW] back to the pixels each tap saw, adding. */
function spread(parts: string, taps: number, c: Info): string {
  const eye = new Float32Array(taps * taps)
  for (let tap = 0; tap < taps; tap++) eye[tap * taps + tap] = 1
  return scatterTaps(parts, constant(eye, [taps, 1, c.filterHeight, c.filterWidth]), c)
}

function scatterTaps(parts: string, filter: string, c: Info): string {
  const output_padding = [
    c.inHeight + c.padInfo.top + c.padInfo.bottom - (c.outHeight - 1) * c.strideHeight - c.filterHeight,
    c.inWidth + c.padInfo.left + c.padInfo.right - (c.outWidth - 1) * c.strideWidth - c.filterWidth,
  ]
  const out = op('ConvTranspose', [parts, filter], { ...geometry(c), output_padding })
  return reshape(out, [c.batchSize, c.inChannels, c.inHeight, c.inWidth])
}

kernel<tf.AvgPoolInputs, PoolAttrs>(tf.AvgPool, ({ x }, attrs) => {
  const c = poolInfo(x.shape, attrs)
  const name = isNothing(c) ? view(x, NCHW) : op('AveragePool', [view(x, NCHW)], geometry(c))
  return made(c.outShape, 'float32', name, NCHW)
})

/** How many pixels of the picture, padding left out, each window covers. */
function windowSizes(c: Info): Float32Array {
  const covered = (start: number, length: number, limit: number) => Math.min(start + length, limit) - Math.max(start, 0)
  return Float32Array.from({ length: c.outHeight * c.outWidth }, (_, i) => {
    const top = Math.floor(i / c.outWidth) * c.strideHeight - c.padInfo.top
    const left = (i % c.outWidth) * c.strideWidth - c.padInfo.left
    return covered(top, c.filterHeight, c.inHeight) * covered(left, c.filterWidth, c.inWidth)
  })
}

kernel<tf.AvgPoolGradInputs, PoolAttrs>(tf.AvgPoolGrad, ({ dy, input }, attrs) => {
  const c = poolInfo(input.shape, attrs)
  const shares = windowSizes(c).map((n) => 1 / n)
  const each = op('Mul', [view(dy, NCHW), constant(shares, [1, 1, c.outHeight, c.outWidth])])
  const flat = reshape(each, [c.batchSize * c.inChannels, 1, c.outHeight, c.outWidth])
  const ones = constant(new Float32Array(c.filterHeight * c.filterWidth).fill(1), [1, 1, c.filterHeight, c.filterWidth])
  return made(input.shape, 'float32', scatterTaps(flat, ones, c), NCHW)
})
