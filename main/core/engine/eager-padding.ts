import * as tf from '@tensorflow/tfjs-core'
import type { KernelFunc, NamedAttrMap, Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'

/**
 * The kernels of tfjs-node take `valid` and `same` padding only. Here they learn padding by numbers: the picture is
 * padded first, the kernel runs without padding, and gradients with respect to the picture lose the rim again.
 */

type Inputs = Record<string, TensorInfo>

interface Attrs {
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
  readonly strides: [number, number] | number
  readonly dilations?: [number, number] | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  readonly filterSize?: [number, number] | number
  readonly filterShape?: number[]
  readonly inputShape?: number[]
}
type Rim = [[number, number], [number, number], [number, number], [number, number]]
type Run = (inputs: Inputs, attrs: object) => TensorInfo | TensorInfo[]
type Shape4 = [number, number, number, number]

const LOWEST = -3.4e38

/** How a kernel gets by with a padded picture. */
interface Wrapping {
  /** The input that is padded, and with what. */
  readonly picture?: string
  readonly value?: number
  /** Whether the result is the picture's gradient, which has the rim too. */
  readonly hasRim?: boolean
}

const wrappings: Record<string, Wrapping> = {
  [tf.Conv2D]: { picture: 'x' },
  [tf.Conv2DBackpropInput]: { hasRim: true },
  [tf.Conv2DBackpropFilter]: { picture: 'x' },
  [tf.DepthwiseConv2dNative]: { picture: 'x' },
  [tf.DepthwiseConv2dNativeBackpropInput]: { hasRim: true },
  [tf.DepthwiseConv2dNativeBackpropFilter]: { picture: 'x' },
  [tf.MaxPool]: { picture: 'x', value: LOWEST },
  [tf.MaxPoolGrad]: { picture: 'input', value: LOWEST, hasRim: true },
}

/** Replaces the kernels of a backend by ones that take padding by numbers. To be called once. */
export function takeExplicitPadding(backendName: string) {
  for (const [kernelName, wrapping] of Object.entries(wrappings)) {
    const { kernelFunc } = tf.getKernel(kernelName, backendName)
    tf.unregisterKernel(kernelName, backendName)
    const wrapped: KernelFunc = ({ inputs, attrs, backend }) => {
      const run: Run = (given, changed) => kernelFunc({ inputs: given, attrs: changed as NamedAttrMap, backend })
      return withPadding(kernelName, inputs as Inputs, attrs as unknown as Attrs, wrapping, run)
    }
    tf.registerKernel({ kernelName, backendName, kernelFunc: wrapped })
  }
}

function withPadding(kernelName: string, inputs: Inputs, attrs: Attrs, { picture, value = 0, hasRim }: Wrapping, run: Run) {
  if (typeof attrs.pad === 'string') return run(inputs, attrs)
  const shape = attrs.inputShape ?? inputs[picture as string].shape
  const rim = rimOf(kernelName, shape as Shape4, inputs, attrs)
  const padded = shape.map((n, axis) => n + rim[axis][0] + rim[axis][1])
  const given = picture ? { ...inputs, [picture]: tf.pad(inputs[picture] as Tensor4D, rim, value) } : inputs
  const result = run(given, { ...attrs, pad: 'valid', ...(attrs.inputShape && { inputShape: padded }) })
  if (!hasRim) return result
  const whole = tf.engine().makeTensorFromTensorInfo(result as TensorInfo) as Tensor
  return tf.slice(whole, rim.map(([before]) => before), [...shape])
}

function rimOf(kernelName: string, shape: Shape4, { filter }: Inputs, attrs: Attrs): Rim {
  const { strides, dilations = 1, pad, dimRoundingMode, filterSize, filterShape } = attrs
  const depthwise = kernelName.startsWith(tf.DepthwiseConv2dNative)
  const { padInfo } = filterSize !== undefined
    ? tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
    : tf.backend_util.computeConv2DInfo(shape, (filterShape ?? filter.shape) as Shape4, strides, dilations, pad, dimRoundingMode, depthwise)
  return [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]
}
