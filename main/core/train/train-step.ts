import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Signature, Specs, TensorFunction, Tensors, TensorSpec, Values } from '../engine/types.ts'
import { trainableNames } from '../model/network.ts'
import type { Classifier, Network, ParameterSpecs } from '../model/network.ts'
import { averageShare, movedAverage } from './ema.ts'
import { meanLoss, tagLoss, weightedCrossEntropy } from './loss.ts'
import type { LearningRates, Optimizer } from './optimizer.ts'

/** A training step: forward, gradient, optimizer and average of weights as one function of tensors. */
export interface TrainStep {
  readonly fn: TensorFunction
  /** State: weights and running statistics `w/NAME`, optimizer slots `m/NAME` ..., averages `e/NAME`. */
  readonly signature: Signature
  /** The scalars among the inputs. `step` counts from 0 since `startOf`. */
  scalars(step: number, rates: LearningRates): Record<string, Float32Array>
  /** The whole state at step 0: the weights given, averages alike, slots zero. */
  startOf(weights: Record<string, Float32Array>): Record<string, Float32Array>
}

interface StepOptions {
  readonly optimizer: Optimizer
  readonly height: number
  readonly width: number
  /** Decay of the averages of weights and running statistics; 0 keeps none. */
  readonly ema?: number
}

export interface SegmentationStepOptions extends StepOptions {
  readonly network: Network
  /** Renders a step: the first rows of the batch. */
  readonly renders: number
  /** Photos a step: the rows after them. */
  readonly photos: number
  /** Weight of the photos' loss against that of the renders. */
  readonly photoLoss?: number
}

export interface ClassifierStepOptions extends StepOptions {
  readonly classifier: Classifier
  readonly batch: number
  readonly tags: number
}

/** What the loss of a batch is made of; `loss` is what falls. */
type Losses = { readonly loss: Tensor } & Tensors

interface LossFunction {
  (tensors: Tensors, weights: Tensors): { losses: Losses; updates: Tensors }
}

/**
 * Joint training on renders and photos.
 *
 * method.md, sections 3 and 4: L = L(renders) + photoLoss * L(photos), each normalised by its own sum of weights.
 * Inputs: image [B, H, W, 3], RGB 0..255; labels int32 [B, H, W], 255 = ignore; pixelWeights [B, H, W]; scalars.
 * Outputs: loss, and lossRenders and lossPhotos of those that are in the batch.
 *
 * @throws RangeError where the batch is empty.
 */
export function segmentationStep(options: SegmentationStepOptions): TrainStep {
  const { network, renders, photos, height, width, photoLoss = 1 } = options
  const batch = renders + photos
  if (!(batch > 0)) throw new RangeError(`expected at least one picture a step, got ${batch}`)
  const inputs: Specs = {
    image: { shape: [batch, height, width, 3] },
    labels: { shape: [batch, height, width], dtype: 'int32' },
    pixelWeights: { shape: [batch, height, width] },
  }
  return trainStep(network.parameters, options, inputs, (tensors, weights) => {
    const { output, updates } = network.forward(tensors.image as Tensor4D, weights, true)
    const sums = weightedCrossEntropy(output, tensors.labels as Tensor3D, tensors.pixelWeights as Tensor3D)
    const lossRenders = renders > 0 ? meanLoss(sums, 0, renders) : undefined
    const lossPhotos = photos > 0 ? meanLoss(sums, renders, photos) : undefined
    const scaled = lossPhotos && tf.mul(lossPhotos, photoLoss)
    const loss = lossRenders && scaled ? tf.add(lossRenders, scaled) : (lossRenders ?? scaled) as Tensor
    return { losses: { loss, ...(lossRenders && { lossRenders }), ...(lossPhotos && { lossPhotos }) }, updates }
  })
}

/**
 * Training of the tag classifier.
 *
 * method.md, section 1. Inputs: image [B, H, W, 3], RGB 0..255; tags [B, tags], 1 = on the picture; tagWeights [B, tags],
 * 0 leaves an entry out; scalars. Outputs: loss.
 */
export function classifierStep(options: ClassifierStepOptions): TrainStep {
  const { classifier, batch, tags, height, width } = options
  const inputs: Specs = {
    image: { shape: [batch, height, width, 3] }, tags: { shape: [batch, tags] }, tagWeights: { shape: [batch, tags] },
  }
  return trainStep(classifier.parameters, options, inputs, (tensors, weights) => {
    const { output, updates } = classifier.forward(tensors.image as Tensor4D, weights, true)
    return { losses: { loss: tagLoss(output as Tensor2D, tensors.tags as Tensor2D, tensors.tagWeights as Tensor2D) }, updates }
  })
}

/** Weights (`w`) or their averages (`e`) out of a training state, by parameter name. */
export function weightsOf(state: Record<string, Values>, kind: 'w' | 'e' = 'w'): Record<string, Float32Array> {
  const named = Object.entries(state).filter(([name]) => name.startsWith(`${kind}/`))
  return Object.fromEntries(named.map(([name, values]) => [name.slice(2), values as Float32Array]))
}

function trainStep(parameters: ParameterSpecs, options: StepOptions, inputs: Specs, lossOf: LossFunction): TrainStep {
  const { optimizer, ema = 0 } = options
  const names = trainableNames(parameters)
  const state = stateOf(parameters, names, optimizer, ema)
  const emaInputs: Specs = ema > 0 ? { averageShare: { shape: [] } } : {}
  return {
    signature: { inputs: { ...inputs, ...optimizer.scalars, ...emaInputs }, state },
    scalars: (step, rates) => ({
      ...optimizer.values(step, rates),
      ...(ema > 0 && { averageShare: Float32Array.of(averageShare(ema, step)) }),
    }),
    startOf: (weights) => Object.fromEntries(Object.entries(state).map(([name, spec]) => [name, startValue(name, spec, weights)])),
    fn: (tensors) => {
      const weights = Object.fromEntries(Object.keys(parameters).map((name) => [name, tensors[`w/${name}`]]))
      const { losses, updates, gradients } = lossAndGradients(tensors, weights, names, lossOf)
      const next: Tensors = Object.fromEntries(Object.entries(updates).map(([name, value]) => [`w/${name}`, value]))
      names.forEach((name, i) => {
        const slots = optimizer.slots.map((slot) => tensors[`${slot}/${name}`])
        const moved = optimizer.update(weights[name], gradients[i], slots, tensors, parameters[name])
        next[`w/${name}`] = moved.weight
        optimizer.slots.forEach((slot, k) => (next[`${slot}/${name}`] = moved.slots[k]))
      })
      const averages = ema > 0 ? averagesOf(parameters, tensors, next) : {}
      return { ...losses, ...next, ...averages }
    },
  }
}

function stateOf(parameters: ParameterSpecs, trainable: readonly string[], { slots }: Optimizer, ema: number): Specs {
  const all = Object.entries(parameters)
  const specs = (prefix: string, names: readonly string[]) => names.map((name) => [`${prefix}/${name}`, { shape: parameters[name].shape }])
  const names = all.map(([name]) => name)
  return Object.fromEntries([
    ...specs('w', names), ...slots.flatMap((slot) => specs(slot, trainable)), ...(ema > 0 ? specs('e', names) : []),
  ])
}

function startValue(name: string, { shape }: TensorSpec, weights: Record<string, Float32Array>): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1)
  if (!name.startsWith('w/') && !name.startsWith('e/')) return new Float32Array(size)
  const value = weights[name.slice(2)]
  if (value?.length !== size) throw new RangeError(`expected ${size} values of ${name.slice(2)}, got ${value?.length ?? 'none'}`)
  return value
}

/** The loss, its gradients in the order of `names`, and the running statistics, all owned by the caller. */
function lossAndGradients(tensors: Tensors, weights: Tensors, names: readonly string[], lossOf: LossFunction) {
  const kept: { losses: Tensors; updates: Tensors } = { losses: {}, updates: {} }
  const { grads } = tf.valueAndGrads((...trained: Tensor[]) => {
    const present = { ...weights, ...Object.fromEntries(names.map((name, i) => [name, trained[i]])) }
    const { losses, updates } = lossOf(tensors, present)
    kept.losses = keepAll(losses)
    kept.updates = keepAll(updates)
    return losses.loss as tf.Scalar
  })(names.map((name) => weights[name]))
  return { losses: releaseAll(kept.losses), updates: releaseAll(kept.updates), gradients: grads }
}

/** Carries tensors out of the scope of the gradient. */
function keepAll(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]))
}

/** Hands kept tensors to the present scope. */
function releaseAll(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => {
    const released = tf.clone(tensor)
    tensor.dispose()
    return [name, released]
  }))
}

function averagesOf(parameters: ParameterSpecs, tensors: Tensors, next: Tensors): Tensors {
  const moving = Object.keys(parameters).filter((name) => `w/${name}` in next)
  return Object.fromEntries(moving.map((name) => [`e/${name}`, movedAverage(tensors[`e/${name}`], next[`w/${name}`], tensors.averageShare)]))
}
