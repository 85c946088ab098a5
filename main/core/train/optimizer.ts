import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Specs, Tensors } from '../engine/types.ts'
import type { ParameterSpec, Part } from '../model/network.ts'

export interface OptimizerOptions {
  readonly name: 'adam' | 'adamw' | 'sgd'
  /** Pull of the filters towards zero; biases and norms are left alone. `adam` and `sgd` add it to the gradient, `adamw` does not. */
  readonly weightDecay?: number
  /** Of `sgd`. */
  readonly momentum?: number
}

export type LearningRates = Readonly<Record<Part, number>>

/** A rule by which weights move, as a pure function of tensors. */
export interface Optimizer {
  /** Names of the tensors kept per weight, each of the weight's shape, zero at the start. */
  readonly slots: readonly string[]
  /** Scalars a step needs. */
  readonly scalars: Specs
  /**
   * Values of those scalars.
   *
   * @param step 0 for the first step since the slots were zero.
   */
  values(step: number, rates: LearningRates): Record<string, Float32Array>
  /** One step of one weight. `scalars` holds tensors of the names in `scalars`. */
  update(
    weight: Tensor, gradient: Tensor, slots: readonly Tensor[], scalars: Tensors, spec: ParameterSpec,
  ): { weight: Tensor; slots: Tensor[] }
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8

/**
 * The optimizer of that name, with torch's semantics.
 *
 * @throws RangeError on an unknown name.
 */
export function optimizer(options: OptimizerOptions): Optimizer {
  switch (options.name) {
    case 'adam': return adam(options.weightDecay ?? 0, false)
    case 'adamw': return adam(options.weightDecay ?? 0, true)
    case 'sgd': return sgd(options.momentum ?? 0, options.weightDecay ?? 0)
    default: throw new RangeError(`expected adam, adamw or sgd, got ${String(options.name)}`)
  }
}

/**
 * Kingma & Ba, ICLR 2015, Algorithm 1; decoupled decay: Loshchilov & Hutter, ICLR 2019, Algorithm 2.
 *
 * The slots hold m / (1 - beta1) and v / (1 - beta2): two products a weight less, and the same steps:
 * rate * (m / c1) / (sqrt(v / c2) + eps) = rateOf * M / (sqrt(V) + epsilon).
 */
function adam(weightDecay: number, decoupled: boolean): Optimizer {
  return {
    slots: ['m', 'v'],
    scalars: { rateHead: { shape: [] }, rateBackbone: { shape: [] }, epsilon: { shape: [] }, ...decayScalars(weightDecay, decoupled) },
    values: (step, rates) => {
      const scale = Math.sqrt((1 - BETA2 ** (step + 1)) / (1 - BETA2))
      const factor = (scale * (1 - BETA1)) / (1 - BETA1 ** (step + 1))
      return {
        rateHead: Float32Array.of(rates.head * factor),
        rateBackbone: Float32Array.of(rates.backbone * factor),
        epsilon: Float32Array.of(EPSILON * scale),
        ...decayValues(weightDecay, decoupled, rates),
      }
    },
    update: (weight, gradient, [m, v], scalars, spec) => {
      const decays = weightDecay > 0 && isFilter(spec)
      const g = decays && !decoupled ? tf.add(gradient, tf.mul(weight, weightDecay)) : gradient
      const start = decays && decoupled ? tf.mul(weight, scalars[nameOf('keep', spec.part)]) : weight
      const nextM = tf.add(tf.mul(m, BETA1), g)
      const nextV = tf.add(tf.mul(v, BETA2), tf.square(g))
      const move = tf.div(nextM, tf.add(tf.sqrt(nextV), scalars.epsilon))
      return { weight: tf.sub(start, tf.mul(move, scalars[nameOf('rate', spec.part)])), slots: [nextM, nextV] }
    },
  }
}

/** Sutskever et al., ICML 2013, section 2, in torch's form: u = momentum * u + g; w -= rate * u. */
function sgd(momentum: number, weightDecay: number): Optimizer {
  return {
    slots: momentum > 0 ? ['u'] : [],
    scalars: { rateHead: { shape: [] }, rateBackbone: { shape: [] } },
    values: (_, rates) => ({ rateHead: Float32Array.of(rates.head), rateBackbone: Float32Array.of(rates.backbone) }),
    update: (weight, gradient, [u], scalars, spec) => {
      const g = weightDecay > 0 && isFilter(spec) ? tf.add(gradient, tf.mul(weight, weightDecay)) : gradient
      const move = momentum > 0 ? tf.add(tf.mul(u, momentum), g) : g
      return { weight: tf.sub(weight, tf.mul(move, scalars[nameOf('rate', spec.part)])), slots: momentum > 0 ? [move] : [] }
    },
  }
}

function isFilter(spec: ParameterSpec): boolean {
  return spec.shape.length === 4
}

function nameOf(kind: 'rate' | 'keep', part: Part): string {
  return kind + (part === 'head' ? 'Head' : 'Backbone')
}

function decayScalars(weightDecay: number, decoupled: boolean): Specs {
  return weightDecay > 0 && decoupled ? { keepHead: { shape: [] }, keepBackbone: { shape: [] } } : {}
}

function decayValues(weightDecay: number, decoupled: boolean, rates: LearningRates): Record<string, Float32Array> {
  if (!(weightDecay > 0 && decoupled)) return {}
  return {
    keepHead: Float32Array.of(1 - rates.head * weightDecay),
    keepBackbone: Float32Array.of(1 - rates.backbone * weightDecay),
  }
}
