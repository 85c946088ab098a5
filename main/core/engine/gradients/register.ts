import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'

/**
 * The gradients of TensorFlow.js' kernels. Its Node build carries none, and those of its browser build refuse dilated
 * convolutions; these are written for traced programs and hold for every backend.
 */

type Parts = Record<string, () => Tensor>

const configs: GradConfig[] = []

/** Names the gradient of a kernel; `saved` are the inputs it needs, then the outputs. */
export function gradient<Attrs = object>(
  kernelName: string,
  saved: { readonly inputs?: string[]; readonly output?: boolean; readonly allInputs?: boolean },
  fn: (dy: Tensor, saved: Tensor[], attrs: Attrs) => Parts,
) {
  configs.push({
    kernelName,
    inputsToSave: saved.inputs,
    outputsToSave: saved.output ? [true] : [],
    saveAllInputs: saved.allInputs,
    gradFunc: (dy, tensors, attrs: NamedAttrMap) => fn(dy as Tensor, tensors, attrs as unknown as Attrs),
  })
}

/** The gradient of a kernel with several outputs. */
export function gradientOfMany<Attrs>(kernelName: string, fn: (dys: Tensor[], attrs: Attrs) => Parts) {
  const gradFunc = (dys: Tensor | Tensor[], _: Tensor[], attrs: NamedAttrMap) => fn(dys as Tensor[], attrs as unknown as Attrs)
  configs.push({ kernelName, gradFunc })
}

/** Hands all gradients to TensorFlow.js, in place of any it has; to be repeated after a package that brings its own. */
export function registerGradients() {
  for (const config of configs) tf.registerGradient(config)
}

/** Runs a kernel that TensorFlow.js exports no function for. */
export const run = (name: string, inputs: Record<string, Tensor>, attrs: object = {}) =>
  tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attrs as NamedAttrMap) as Tensor

/** Sums over the axes along which an operand was broadcast. */
export function unbroadcast(dy: Tensor, shape: number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape)
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape)
}
