import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { Tensors } from '../engine/types.ts'

/** How a parameter starts: see initialise.ts. `residual` closes a residual branch: ones, or zeros where wanted. */
export type Initialiser = 'he' | 'score' | 'zeros' | 'ones' | 'residual'
export type Part = 'backbone' | 'head'

export interface ParameterSpec {
  /** Filters are [height, width, in, out], depthwise ones [height, width, channels, 1]. */
  readonly shape: readonly number[]
  /** False where no gradient reaches: running statistics, which forward updates, and all of a frozen block. */
  readonly trainable: boolean
  readonly part: Part
  readonly init: Initialiser
}
export type ParameterSpecs = Record<string, ParameterSpec>

/** What one forward pass carries through the blocks. */
export interface Pass {
  readonly weights: Tensors
  /** Whether batch statistics normalise (and running ones are updated), or running ones. */
  readonly training: boolean
  /** Filled by the blocks in training: the next running statistics by name. */
  readonly updates: Tensors
}

/** A piece of a network: what it needs, and what it does. Heights and widths are those of its input. */
export interface Block {
  readonly parameters: ParameterSpecs
  apply(x: Tensor4D, pass: Pass): Tensor4D
}

/** Height and width in pixels. */
export type Size = readonly [height: number, width: number]

/** Features of a backbone at one resolution. */
export interface Stage {
  readonly stride: number
  readonly channels: number
}

/** A feature extractor: one feature map per stage, finest first. Strides rise to the output stride and stay there. */
export interface Backbone {
  readonly parameters: ParameterSpecs
  readonly stages: readonly Stage[]
  /** RGB 0..255, [B, H, W, 3], to what the first convolution expects. */
  normalise(image: Tensor4D): Tensor4D
  features(x: Tensor4D, pass: Pass): Tensor4D[]
}

/** A whole network: picture in, logits out. */
export interface Network {
  readonly parameters: ParameterSpecs
  /**
   * @param image RGB 0..255, [B, H, W, 3], of any height and width.
   * @param training Whether to normalise by batch statistics and to update the running ones.
   * @param size Height and width of the output; those of the image where left out.
   * @returns output: logits, [B, height, width, classes]; updates: next running statistics by name, none unless training.
   */
  forward(image: Tensor4D, weights: Tensors, training: boolean, size?: Size): { output: Tensor4D; updates: Tensors }
}

/** A tag classifier: one logit per tag, and the score maps whose mean it is. */
export interface Classifier {
  readonly parameters: ParameterSpecs
  /**
   * @param image RGB 0..255, [B, H, W, 3], of any height and width.
   * @param size Height and width of the maps; those of the features where left out.
   * @returns output: logits, [B, tags]; maps: [B, height, width, tags]; updates: next running statistics by name.
   */
  forward(image: Tensor4D, weights: Tensors, training: boolean, size?: Size): { output: Tensor; maps: Tensor4D; updates: Tensors }
}

/** The parameters of several pieces together. Throws RangeError where two share a name. */
export function mergeParameters(...parts: ParameterSpecs[]): ParameterSpecs {
  const all: ParameterSpecs = {}
  for (const part of parts)
    for (const [name, spec] of Object.entries(part)) {
      if (name in all) throw new RangeError(`expected parameter names to differ, got ${name} twice`)
      all[name] = spec
    }
  return all
}

/** Blocks one after the other. */
export function sequence(...blocks: Block[]): Block {
  return {
    parameters: mergeParameters(...blocks.map((block) => block.parameters)),
    apply: (x, pass) => blocks.reduce((y, block) => block.apply(y, pass), x),
  }
}

/**
 * A block whose output has that stride; up to `frozenStride` it stays as it is: its running statistics normalise in training too, and no
 * gradient reaches its weights.
 */
export function frozenUpTo(frozenStride: number, stride: number, block: Block): Block {
  if (stride > frozenStride) return block
  return {
    parameters: Object.fromEntries(Object.entries(block.parameters).map(([name, spec]) => [name, { ...spec, trainable: false }])),
    apply: (x, pass) => block.apply(x, { ...pass, training: false }),
  }
}

/** Names of the parameters that gradients reach, in a fixed order. */
export function trainableNames(parameters: ParameterSpecs): string[] {
  return Object.keys(parameters).filter((name) => parameters[name].trainable)
}

/** `channels` times `width`, rounded to a multiple of 8, at least 8 and at least nine tenths of the exact value (torchvision). */
export function scaleChannels(channels: number, width: number): number {
  if (!(width > 0)) throw new RangeError(`expected a width above 0, got ${width}`)
  const exact = channels * width
  const rounded = Math.max(8, Math.floor((exact + 4) / 8) * 8)
  return rounded < 0.9 * exact ? rounded + 8 : rounded
}
