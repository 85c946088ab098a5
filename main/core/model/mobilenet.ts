import * as tf from '@tensorflow/tfjs-core'
import { convolutionNorm } from './convolution.ts'
import type { Padding } from './convolution.ts'
import { frozenUpTo, mergeParameters, scaleChannels, sequence } from './network.ts'
import type { Backbone, Block, Stage } from './network.ts'
import type { OutputStride } from './resnet.ts'

/** One row of the paper's Table 2: expansion t, channels c, repeats n, stride s. */
export type InvertedResiduals = readonly [t: number, c: number, n: number, s: number]

export interface MobileNetPlan {
  /** Channels of the first convolution. */
  readonly stem: number
  readonly rows: readonly InvertedResiduals[]
  /** Channels of the last 1x1 convolution; left out where there is none. */
  readonly last?: number
}

interface MobileNetOptions {
  readonly padding?: Padding
  readonly frozenStride?: number
}

const rows: readonly InvertedResiduals[] = [
  [1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1],
]

/**
 * MobileNetV2.
 *
 * Sandler et al., CVPR 2018, Table 2; names and shapes as torchvision. Where the output stride is reached, strides are dropped and
 * the depthwise convolutions after them dilated, so that pretrained weights see what they saw.
 *
 * @param width Share of the channels kept.
 * @param options.last Whether to append the last 1x1 convolution (1280 channels), as classification does.
 * @param options.padding Of stride-2 convolutions; `after` is that of weights trained in TensorFlow.
 * @param options.frozenStride Layers whose output has at most this stride stay as they are; 0 = none.
 * @throws RangeError on a width or output stride that is not known.
 */
export function mobilenet(width: number, outputStride: OutputStride, options: MobileNetOptions & { last?: boolean } = {}): Backbone {
  const plan: MobileNetPlan = {
    stem: scaleChannels(32, width),
    rows: rows.map(([t, c, n, s]) => [t, scaleChannels(c, width), n, s]),
    last: options.last ? scaleChannels(1280, Math.max(1, width)) : undefined,
  }
  return mobilenetFrom(plan, outputStride, options)
}

/** A MobileNetV2 of any size; its stages are the last blocks at each stride, and the last block before each drop of a stride. */
export function mobilenetFrom(plan: MobileNetPlan, outputStride: OutputStride, { padding = 'symmetric', frozenStride = 0 }: MobileNetOptions = {}): Backbone {
  if (![8, 16, 32].includes(outputStride)) throw new RangeError(`expected an output stride of 8, 16 or 32, got ${outputStride}`)
  const part = 'backbone'
  const stem = { input: 3, output: plan.stem, kernel: 3, stride: 2, part, padding, activation: 'relu6' } as const
  const blocks: Block[] = []
  const taps: (Stage & { block: number })[] = []
  let channels = plan.stem
  let stride = 2
  let dilation = 1
  const add = (block: Block) => blocks.push(frozenUpTo(frozenStride, stride, block))
  add(convolutionNorm('features.0.0', 'features.0.1', stem))
  for (const [t, c, n, s] of plan.rows) {
    if (s > 1 && stride > 2) taps.push({ stride, channels, block: blocks.length - 1 })
    for (let k = 0; k < n; k++) {
      const wanted = k === 0 ? s : 1
      const reduces = stride * wanted <= outputStride
      const block = invertedResidual(`features.${blocks.length}`, channels, c, t, reduces ? wanted : 1, dilation, padding)
      if (reduces) stride *= wanted
      else dilation *= wanted
      add(block)
      channels = c
    }
  }
  if (plan.last !== undefined) {
    const name = `features.${blocks.length}`
    add(convolutionNorm(`${name}.0`, `${name}.1`, { input: channels, output: plan.last, part, activation: 'relu6' }))
    channels = plan.last
  }
  taps.push({ stride, channels, block: blocks.length - 1 })
  return {
    parameters: mergeParameters(...blocks.map((block) => block.parameters)),
    stages: taps.map((tap) => ({ stride: tap.stride, channels: tap.channels })),
    normalise: (image) => tf.sub(tf.div(image, 127.5), 1),
    features: (x, pass) => {
      let y = x
      const all = blocks.map((block) => (y = block.apply(y, pass)))
      return taps.map((tap) => all[tap.block])
    },
  }
}

/** Expand by t, filter depthwise, project; a shortcut where the shape stays. */
function invertedResidual(
  name: string, input: number, output: number, t: number, stride: number, dilation: number, padding: Padding,
): Block {
  const part = 'backbone'
  const inner = input * t
  const at = `${name}.conv`
  const k = t === 1 ? 0 : 1
  const steps: Block[] = []
  if (t !== 1) steps.push(convolutionNorm(`${at}.0.0`, `${at}.0.1`, { input, output: inner, part, activation: 'relu6' }))
  steps.push(convolutionNorm(`${at}.${k}.0`, `${at}.${k}.1`, {
    input: inner, kernel: 3, stride, dilation, depthwise: true, part, padding, activation: 'relu6',
  }))
  const shortcut = stride === 1 && input === output
  steps.push(convolutionNorm(`${at}.${k + 1}`, `${at}.${k + 2}`, {
    input: inner, output, part, activation: 'none', init: shortcut ? 'residual' : 'ones',
  }))
  const branch = sequence(...steps)
  return { parameters: branch.parameters, apply: (x, pass) => (shortcut ? tf.add(x, branch.apply(x, pass)) : branch.apply(x, pass)) }
}
