import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { convolutionNorm, score } from './convolution.ts'
import { mobilenet } from './mobilenet.ts'
import { mergeParameters, scaleChannels, sequence } from './network.ts'
import type { Backbone, Network, ParameterSpecs, Pass, Size } from './network.ts'
import { pyramidPooling } from './psp-head.ts'
import { resize } from './resample.ts'
import { resnet } from './resnet.ts'
import type { OutputStride, ResNetDepth } from './resnet.ts'

export const backboneNames = ['resnet18', 'resnet34', 'resnet50', 'resnet101', 'mobilenetv2'] as const
export type BackboneName = (typeof backboneNames)[number]

export interface PspNetOptions {
  readonly backbone: BackboneName
  /** Share of the channels of every layer kept. */
  readonly width: number
  readonly outputStride: OutputStride
  /** `none`: the pyramid alone decides, as published. `skip`: finer features are added on the way up. */
  readonly decoder: 'none' | 'skip'
  /** Workpieces and the background. */
  readonly classes: number
  /** Layers of the backbone whose features have at most this stride stay as they are; 0, or left out, trains all. */
  readonly frozenStride?: number
  /**
   * Height and width of the pictures it has learnt from, in pixels: the pyramid pools larger ones in windows of that size, so that it sums up
   * as much around a pixel as it has learnt to. Whole pictures where left out.
   */
  readonly window?: Size
}

/** Turns the features of a backbone into logits at the resolution of its finest input. */
export interface Decoder {
  readonly parameters: ParameterSpecs
  apply(features: Tensor4D[], pass: Pass): Tensor4D
}

/** The backbone of that name. Throws RangeError on an unknown name. */
export function backbone(name: BackboneName, width: number, outputStride: OutputStride, frozenStride = 0): Backbone {
  if (name === 'mobilenetv2') return mobilenet(width, outputStride, { frozenStride })
  if (!backboneNames.includes(name)) throw new RangeError(`expected one of ${backboneNames.join(', ')}, got ${name}`)
  return resnet(Number(name.slice('resnet'.length)) as ResNetDepth, width, outputStride, frozenStride)
}

/**
 * Pyramid scene parsing network.
 *
 * Zhao et al., CVPR 2017, section 3.2; with `skip`, a light decoder with finer features behind the pyramid.
 *
 * @returns A network of [B, H, W, 3] pictures (RGB 0..255, any size) to [B, H, W, classes] logits.
 * @throws RangeError on options out of range.
 */
export function pspnet(options: PspNetOptions): Network {
  if (!Number.isInteger(options.classes) || options.classes < 2)
    throw new RangeError(`expected at least 2 classes, got ${options.classes}`)
  const extractor = backbone(options.backbone, options.width, options.outputStride, options.frozenStride)
  const window = options.window && inFeatures(extractor, options.window)
  const decoder = options.decoder === 'skip'
    ? skipDecoder(extractor, Math.max(32, scaleChannels(128, options.width)), options.classes, window)
    : plainDecoder(extractor, scaleChannels(512, options.width), options.classes, window)
  return segmentationNetwork(extractor, decoder)
}

/** A backbone and a decoder as one network; logits are brought to the wanted size bilinearly. */
export function segmentationNetwork(extractor: Backbone, decoder: Decoder): Network {
  return {
    parameters: mergeParameters(extractor.parameters, decoder.parameters),
    forward: (image, weights, training, size = [image.shape[1], image.shape[2]]) => {
      const pass: Pass = { weights, training, updates: {} }
      const features = extractor.features(extractor.normalise(image), pass)
      return { output: resize(decoder.apply(features, pass), size), updates: pass.updates }
    },
  }
}

/** Height and width of a picture in the coarsest features. */
function inFeatures({ stages }: Backbone, [height, width]: Size): Size {
  const { stride } = stages[stages.length - 1]
  return [Math.ceil(height / stride), Math.ceil(width / stride)]
}

/** The published head: pyramid of a quarter of the channels a grid, 3x3 convolution, scores. `window` as in `pyramidPooling`. */
export function plainDecoder(extractor: Backbone, hidden: number, classes: number, window?: Size): Decoder {
  const { channels } = extractor.stages[extractor.stages.length - 1]
  const reduced = Math.floor(channels / 4)
  const head = sequence(
    pyramidPooling('ppm', channels, reduced, window),
    convolutionNorm('head_conv', 'head_bn', { input: channels + 4 * reduced, output: hidden, kernel: 3, part: 'head' }),
    score('cls', hidden, classes),
  )
  return { parameters: head.parameters, apply: (features, pass) => head.apply(features[features.length - 1], pass) }
}

/**
 * A light decoder: the stages at the output stride reduced to `channels`, pyramid, 3x3 convolution; then, stage by stage up to stride 4,
 * enlarged, joined with that stage reduced to half the channels, and a 3x3 convolution. Scores are taken at the finest stage.
 * `window` as in `pyramidPooling`.
 */
export function skipDecoder(extractor: Backbone, channels: number, classes: number, window?: Size): Decoder {
  const { stages } = extractor
  const coarse = stages.filter((stage) => stage.stride === stages[stages.length - 1].stride)
  const fine = stages.slice(0, stages.length - coarse.length).reverse()
  const quarter = channels / 4
  const neck = sequence(
    convolutionNorm('neck.0', 'neck.1', { input: coarse.reduce((sum, s) => sum + s.channels, 0), output: channels, part: 'head' }),
    pyramidPooling('ppm', channels, quarter, window),
    convolutionNorm('head_conv', 'head_bn', { input: channels + 4 * quarter, output: channels, kernel: 3, part: 'head' }),
  )
  let input = channels
  const ups = fine.map((stage, i) => {
    const skip = i === fine.length - 1 ? channels / 4 : channels / 2
    const output = i === fine.length - 1 ? channels / 2 : channels
    const side = convolutionNorm(`skip.${i}.0`, `skip.${i}.1`, { input: stage.channels, output: skip, part: 'head' })
    const join = convolutionNorm(`up.${i}.0`, `up.${i}.1`, { input: input + skip, output, kernel: 3, part: 'head' })
    input = output
    return { side, join }
  })
  const cls = score('cls', input, classes)
  return {
    parameters: mergeParameters(neck.parameters, ...ups.flatMap((up) => [up.side.parameters, up.join.parameters]), cls.parameters),
    apply: (features, pass) => {
      let y = neck.apply(tf.concat(features.slice(fine.length), 3), pass)
      ups.forEach(({ side, join }, i) => {
        const finer = features[fine.length - 1 - i]
        y = join.apply(tf.concat([resize(y, [finer.shape[1], finer.shape[2]]), side.apply(finer, pass)], 3), pass)
      })
      return cls.apply(y, pass)
    },
  }
}
