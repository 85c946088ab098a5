import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { Signature, Specs, TensorFunction, Tensors } from '../engine/types.ts'
import type { Classifier, Network, ParameterSpecs, Size } from '../model/network.ts'
import { resize } from '../model/resample.ts'
import { spreadNames } from '../model/spread-names.ts'

export interface PredictOptions {
  readonly batch: number
  /** Size of the pictures. */
  readonly height: number
  readonly width: number
  /** Size of the result; that of the pictures where left out. */
  readonly output?: Size
  /** Mirrorings averaged: 1 none, 2 left-right, 4 also up-down. */
  readonly flips?: 1 | 2 | 4
  /** Sizes averaged, as shares of the picture's own; it is enlarged or reduced as it is. Its own alone where left out. */
  readonly scales?: readonly number[]
  /** How far names spread over the foreground of class probabilities, as a share of the longer side (`spreadNames`); 0 where left out. */
  readonly names?: number
}

/** A prediction as a function of tensors; the state is the weights, `w/NAME`. */
export interface PredictStep {
  readonly fn: TensorFunction
  readonly signature: Signature
  /** The state of the weights given, trained or averaged. */
  stateOf(weights: Record<string, Float32Array>): Record<string, Float32Array>
}

/** Axes mirrored, of [B, H, W, C]. */
const mirrorings: readonly (readonly number[])[] = [[], [2], [1], [1, 2]]

/**
 * Class probabilities, averaged over mirrorings and sizes, their names spread.
 *
 * Input: image [B, H, W, 3], RGB 0..255. Output: probabilities [B, height, width, classes] of the output size.
 */
export function predictStep(network: Network, options: PredictOptions): PredictStep {
  return predicting(network.parameters, options, (image, weights, size) =>
    ({ probabilities: spreadNames(averaged(image, options, (x) => tf.softmax(network.forward(x, weights, false, size).output)), options.names ?? 0) }))
}

/**
 * Score maps of the tag classifier, averaged over mirrorings and sizes, and its logits.
 *
 * Input: image [B, H, W, 3], RGB 0..255.
 * Outputs: maps [B, height, width, tags] of the output size; logits [B, tags] of the picture as it is.
 */
export function camStep(classifier: Classifier, options: PredictOptions): PredictStep {
  return predicting(classifier.parameters, options, (image, weights, size) => {
    const plain = classifier.forward(image, weights, false, size)
    const maps = averaged(image, options, (x) => (x === image ? plain : classifier.forward(x, weights, false, size)).maps)
    return { maps, logits: plain.output }
  })
}

function predicting(
  parameters: ParameterSpecs, options: PredictOptions, run: (image: Tensor4D, weights: Tensors, size: Size) => Tensors,
): PredictStep {
  const { batch, height, width, output = [height, width] } = options
  const names = Object.keys(parameters)
  const state: Specs = Object.fromEntries(names.map((name) => [`w/${name}`, { shape: parameters[name].shape }]))
  return {
    signature: { inputs: { image: { shape: [batch, height, width, 3] } }, state },
    stateOf: (weights) => Object.fromEntries(names.map((name) => [`w/${name}`, weights[name]])),
    fn: (tensors) => run(tensors.image as Tensor4D, Object.fromEntries(names.map((name) => [name, tensors[`w/${name}`]])), output),
  }
}

function averaged(image: Tensor4D, { flips = 1, scales = [1] }: PredictOptions, predict: (image: Tensor4D) => Tensor4D): Tensor4D {
  const sizes = scales.map((scale) => resize(image, [Math.round(image.shape[1] * scale), Math.round(image.shape[2] * scale)]))
  const all = sizes.flatMap((x) => mirrorings.slice(0, flips).map((axes) => mirrored(predict(mirrored(x, axes)), axes)))
  return all.length === 1 ? all[0] : tf.mul(all.reduce((sum, one) => tf.add(sum, one)), 1 / all.length)
}

function mirrored(x: Tensor4D, axes: readonly number[]): Tensor4D {
  return axes.reduce((y, axis) => tf.gather(y, backwards(y.shape[axis]), axis), x)
}

function backwards(n: number) {
  return tf.tensor1d(Int32Array.from({ length: n }, (_, i) => n - 1 - i), 'int32')
}
