import * as tf from '@tensorflow/tfjs-core'
import { score } from '../../../main/core/model/convolution.ts'
import { toHwio } from '../../../main/core/model/backbone-weights.ts'
import { mobilenetFrom } from '../../../main/core/model/mobilenet.ts'
import { mergeParameters } from '../../../main/core/model/network.ts'
import type { Backbone, Network, Pass } from '../../../main/core/model/network.ts'
import { plainDecoder } from '../../../main/core/model/pspnet.ts'
import type { Decoder } from '../../../main/core/model/pspnet.ts'
import { resize } from '../../../main/core/model/resample.ts'
import { resnetFrom } from '../../../main/core/model/resnet.ts'
import type { GoldenArray } from '../../helpers/golden.ts'

/** A small network of the reference values: pictures arrive normalised. */
export interface ReferenceNet extends Network {
  readonly backbone: Backbone
  readonly decoder: Decoder
}

function referenceNet(backbone: Backbone, decoder: Decoder): ReferenceNet {
  return {
    backbone,
    decoder,
    parameters: mergeParameters(backbone.parameters, decoder.parameters),
    forward: (image, weights, training, size = [image.shape[1], image.shape[2]]) => {
      const pass: Pass = { weights, training, updates: {} }
      return { output: resize(decoder.apply(backbone.features(image, pass), pass), size), updates: pass.updates }
    },
  }
}

/** The small PSPNet of `5_net_step/pspnet_adam`. */
export function smallPspNet(): ReferenceNet {
  const backbone = resnetFrom({ stem: 8, widths: [8, 16, 16, 32], blocks: [2, 2, 2, 2], bottleneck: false }, 8)
  return referenceNet(backbone, plainDecoder(backbone, 16, 5))
}

/** The small MobileNetV2 of `5_net_step/mobilenet_sgd_poly`. */
export function smallMobileNet(): ReferenceNet {
  const backbone = mobilenetFrom({ stem: 8, rows: [[1, 8, 1, 1], [6, 12, 2, 2], [6, 16, 2, 2]], last: 32 }, 8)
  const cls = score('cls', 32, 5)
  return referenceNet(backbone, {
    parameters: cls.parameters,
    apply: (features, pass) => cls.apply(features[features.length - 1], pass),
  })
}

/** A torch array in our layout: filters to [h, w, in, out], maps to [B, H, W, C]. */
export function fromTorch({ shape, data }: GoldenArray, kind: 'filter' | 'map'): Float32Array {
  if (shape.length !== 4) return data as Float32Array
  if (kind === 'filter') return toHwio(data as Float32Array, shape)
  const [batch, channels, height, width] = shape
  const pixels = height * width
  const out = new Float32Array(data.length)
  for (let b = 0; b < batch; b++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) out[(b * pixels + p) * channels + c] = data[(b * channels + c) * pixels + p]
  return out
}

/** Reference weights as values of our parameters. */
export function weightsFromTorch(arrays: Record<string, GoldenArray>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, fromTorch(array, 'filter')]))
}

export function tensorsOf(network: Pick<Network, 'parameters'>, values: Record<string, Float32Array>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(network.parameters).map(([name, { shape }]) => [name, tf.tensor(values[name], [...shape])]))
}

/** Largest absolute difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`expected ${a.length} values, got ${b.length}`)
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i])
    if (!(difference <= largest)) largest = difference
  }
  return largest
}
