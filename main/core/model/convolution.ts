import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { batchNorm, frozenNorm, normParameters } from './batch-norm.ts'
import type { Block, Initialiser, ParameterSpecs, Part, Pass } from './network.ts'

export type Activation = 'relu' | 'relu6' | 'none'
/** Where the border of a 3x3 or larger filter goes: on all sides (torch), or at stride 2 on the right and below (TensorFlow). */
export type Padding = 'symmetric' | 'after'

export interface ConvolutionOptions {
  readonly input: number
  /** Output channels; left out for a depthwise convolution. */
  readonly output?: number
  readonly part: Part
  readonly kernel?: number
  readonly stride?: number
  readonly dilation?: number
  readonly depthwise?: boolean
  readonly padding?: Padding
}

interface NormOptions extends ConvolutionOptions {
  readonly activation?: Activation
  /** Start of the normalisation's scale. */
  readonly init?: Initialiser
}

/** Convolution without bias, then batch norm, then an activation. `name` and `normName` are those of torchvision. */
export function convolutionNorm(name: string, normName: string, options: NormOptions): Block {
  const channels = options.depthwise ? options.input : requireOutput(options)
  return {
    parameters: {
      [`${name}.weight`]: filterSpec(options, 'he'),
      ...normParameters(normName, channels, options.part, options.init),
    },
    apply: (x, pass) => activate(normalised(x, name, normName, options, pass), options.activation ?? 'relu'),
  }
}

/** A frozen normalisation is folded into the filter: one pass over the pixels less. */
function normalised(x: Tensor4D, name: string, normName: string, options: ConvolutionOptions, pass: Pass): Tensor4D {
  const filter = pass.weights[`${name}.weight`] as Tensor4D
  if (pass.training) return batchNorm(convolve(x, filter, options), normName, pass)
  const { scale, shift } = frozenNorm(normName, pass)
  const factor = options.depthwise ? tf.reshape(scale, [1, 1, options.input, 1]) : scale
  return tf.add(convolve(x, tf.mul(filter, factor), options), shift)
}

/** 1x1 convolution with bias: scores per class. */
export function score(name: string, input: number, output: number): Block {
  const options: ConvolutionOptions = { input, output, part: 'head' }
  const parameters: ParameterSpecs = {
    [`${name}.weight`]: filterSpec(options, 'score'),
    [`${name}.bias`]: { shape: [output], trainable: true, part: 'head', init: 'zeros' },
  }
  return {
    parameters,
    apply: (x, { weights }) => tf.add(convolve(x, weights[`${name}.weight`] as Tensor4D, options), weights[`${name}.bias`]),
  }
}

/** Max pooling with torch's symmetric padding. */
export function maxPool(x: Tensor4D, size: number, stride: number, pad: number): Tensor4D {
  return tf.maxPool(x, size, stride, pad)
}

function requireOutput(options: ConvolutionOptions): number {
  if (options.output === undefined) throw new TypeError('expected output channels, got none')
  return options.output
}

function filterSpec(options: ConvolutionOptions, init: Initialiser) {
  const { kernel = 1, input, part, depthwise } = options
  return { shape: depthwise ? [kernel, kernel, input, 1] : [kernel, kernel, input, requireOutput(options)], trainable: true, part, init }
}

function convolve(x: Tensor4D, filter: Tensor4D, options: ConvolutionOptions): Tensor4D {
  const { kernel = 1, stride = 1, dilation = 1, padding = 'symmetric' } = options
  const side = (dilation * (kernel - 1)) / 2
  const pad = padding === 'after' && stride > 1 ? afterOnly(side) : side
  if (options.depthwise) return tf.depthwiseConv2d(x, filter, stride, pad, 'NHWC', dilation)
  return tf.conv2d(x, filter, stride, pad, 'NHWC', dilation)
}

function afterOnly(side: number): tf.backend_util.ExplicitPadding {
  return [[0, 0], [side - 1, side], [side - 1, side], [0, 0]]
}

function activate(x: Tensor4D, activation: Activation): Tensor4D {
  const y: Tensor = activation === 'relu' ? tf.relu(x) : activation === 'relu6' ? tf.relu6(x) : x
  return y as Tensor4D
}
