import * as tf from '@tensorflow/tfjs-core'
import { convolutionNorm, maxPool } from './convolution.ts'
import { frozenUpTo, mergeParameters, scaleChannels, sequence } from './network.ts'
import type { Backbone, Block, Stage } from './network.ts'

export type ResNetDepth = 18 | 34 | 50 | 101
export type OutputStride = 8 | 16 | 32

export interface ResNetPlan {
  /** Channels of the first convolution. */
  readonly stem: number
  /** Channels of the 3x3 convolutions of layer1 .. layer4. */
  readonly widths: readonly number[]
  /** Residual blocks of layer1 .. layer4. */
  readonly blocks: readonly number[]
  readonly bottleneck: boolean
}

const depths: Record<ResNetDepth, { blocks: readonly number[]; bottleneck: boolean }> = {
  18: { blocks: [2, 2, 2, 2], bottleneck: false },
  34: { blocks: [3, 4, 6, 3], bottleneck: false },
  50: { blocks: [3, 4, 6, 3], bottleneck: true },
  101: { blocks: [3, 4, 23, 3], bottleneck: true },
}
const EXPANSION = 4
/** ImageNet's, of RGB in 0..1. */
const MEAN = [0.485, 0.456, 0.406]
const DEVIATION = [0.229, 0.224, 0.225]

/**
 * Residual network.
 *
 * He et al., CVPR 2016, Table 1; names, shapes and the stride's place (3x3 convolution) as torchvision.
 * Stages beyond the output stride keep their resolution and dilate all their 3x3 convolutions instead
 * (Zhao et al., CVPR 2017, section 3.2).
 *
 * @param width Share of the channels kept.
 * @param frozenStride Layers whose output has at most this stride stay as they are; 0 = none.
 * @throws RangeError on a depth, width or output stride that is not known.
 */
export function resnet(depth: ResNetDepth, width: number, outputStride: OutputStride, frozenStride = 0): Backbone {
  if (!(depth in depths)) throw new RangeError(`expected a depth of 18, 34, 50 or 101, got ${depth}`)
  const widths = [64, 128, 256, 512].map((channels) => scaleChannels(channels, width))
  return resnetFrom({ stem: widths[0], widths, ...depths[depth] }, outputStride, frozenStride)
}

/** A residual network of any size; its stages are layer1 .. layer4. */
export function resnetFrom(plan: ResNetPlan, outputStride: OutputStride, frozenStride = 0): Backbone {
  if (![8, 16, 32].includes(outputStride)) throw new RangeError(`expected an output stride of 8, 16 or 32, got ${outputStride}`)
  const stem = frozenUpTo(frozenStride, 2, convolutionNorm('conv1', 'bn1', { input: 3, output: plan.stem, kernel: 7, stride: 2, part: 'backbone' }))
  const layers: Block[] = []
  const stages: Stage[] = []
  let channels = plan.stem
  let stride = 4
  plan.widths.forEach((width, i) => {
    const wanted = i > 0 ? 2 : 1
    const reduces = stride * wanted <= outputStride
    const dilation = Math.max(1, 2 ** (i + 2) / outputStride)
    if (reduces) stride *= wanted
    layers.push(frozenUpTo(frozenStride, stride, layer(`layer${i + 1}`, plan, i, channels, reduces ? wanted : 1, dilation)))
    channels = plan.bottleneck ? width * EXPANSION : width
    stages.push({ stride, channels })
  })
  return {
    parameters: mergeParameters(stem.parameters, ...layers.map((block) => block.parameters)),
    stages,
    normalise: (image) => tf.div(tf.sub(image, MEAN.map((m) => m * 255)), DEVIATION.map((d) => d * 255)),
    features: (x, pass) => {
      let y = maxPool(stem.apply(x, pass), 3, 2, 1)
      return layers.map((block) => (y = block.apply(y, pass)))
    },
  }
}

function layer(name: string, plan: ResNetPlan, i: number, input: number, stride: number, dilation: number): Block {
  const width = plan.widths[i]
  const output = plan.bottleneck ? width * EXPANSION : width
  return sequence(...Array.from({ length: plan.blocks[i] }, (_, k) =>
    residual(`${name}.${k}`, plan.bottleneck, k > 0 ? output : input, width, k > 0 ? 1 : stride, dilation)))
}

/** A residual block: basic (two 3x3) or bottleneck (1x1, 3x3, 1x1), and a 1x1 shortcut where the shape changes. */
function residual(name: string, bottleneck: boolean, input: number, width: number, stride: number, dilation: number): Block {
  const output = bottleneck ? width * EXPANSION : width
  const part = 'backbone'
  const step = (k: number, from: number, to: number, kernel: number, s: number, last: boolean) =>
    convolutionNorm(`${name}.conv${k}`, `${name}.bn${k}`, {
      input: from, output: to, kernel, stride: s, part, dilation: kernel > 1 ? dilation : 1,
      activation: last ? 'none' : 'relu', init: last ? 'residual' : 'ones',
    })
  const branch = bottleneck
    ? sequence(step(1, input, width, 1, 1, false), step(2, width, width, 3, stride, false), step(3, width, output, 1, 1, true))
    : sequence(step(1, input, width, 3, stride, false), step(2, width, output, 3, 1, true))
  const shortcut = stride !== 1 || input !== output
    ? convolutionNorm(`${name}.downsample.0`, `${name}.downsample.1`, { input, output, stride, part, activation: 'none' })
    : undefined
  return {
    parameters: mergeParameters(branch.parameters, shortcut?.parameters ?? {}),
    apply: (x, pass) => tf.relu(tf.add(branch.apply(x, pass), shortcut ? shortcut.apply(x, pass) : x)),
  }
}
