import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { camClassifier } from '../../../main/core/model/cam-classifier.ts'
import { initialise } from '../../../main/core/model/initialise.ts'
import { mobilenet } from '../../../main/core/model/mobilenet.ts'
import { mergeParameters, scaleChannels, trainableNames } from '../../../main/core/model/network.ts'
import type { ParameterSpecs } from '../../../main/core/model/network.ts'
import { backbone, backboneNames, pspnet } from '../../../main/core/model/pspnet.ts'
import { resnet } from '../../../main/core/model/resnet.ts'
import type { OutputStride } from '../../../main/core/model/resnet.ts'
import { tensorsOf } from './reference-nets.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const strides: readonly OutputStride[] = [8, 16, 32]
const count = (parameters: ParameterSpecs) => trainableNames(parameters)
  .reduce((sum, name) => sum + parameters[name].shape.reduce((a, b) => a * b, 1), 0)
const wave = (height: number, width: number) =>
  tf.tensor4d(Float32Array.from({ length: height * width * 3 }, (_, i) => 127 + 120 * Math.sin(i * 0.37)), [1, height, width, 3])

describe('backbones at full width', () => {
  // torchvision's parameter counts less those of the classification layer: 512 or 2048 (1280) * 1000 + 1000
  it.each([[18, 11689512 - 513000], [34, 21797672 - 513000], [50, 25557032 - 2049000], [101, 44549160 - 2049000]] as const)(
    'ResNet-%i has as many parameters as torchvision counts', (depth, expected) => {
      for (const stride of strides) expect(count(resnet(depth, 1, stride).parameters)).toBe(expected)
    })
  it('MobileNetV2 has as many parameters as torchvision counts', () => {
    expect(count(mobilenet(1, 32, { last: true }).parameters)).toBe(3504872 - 1281000)
    expect(count(mobilenet(0.5, 32, { last: true }).parameters)).toBe(1968680 - 1281000)
  })
  it('has stages at the strides asked for', () => {
    expect(resnet(50, 1, 8).stages).toEqual([
      { stride: 4, channels: 256 }, { stride: 8, channels: 512 }, { stride: 8, channels: 1024 }, { stride: 8, channels: 2048 },
    ])
    expect(resnet(18, 0.5, 32).stages.map((stage) => stage.stride)).toEqual([4, 8, 16, 32])
    expect(mobilenet(1, 16).stages).toEqual([
      { stride: 4, channels: 24 }, { stride: 8, channels: 32 }, { stride: 16, channels: 96 }, { stride: 16, channels: 320 },
    ])
  })
})

describe('networks of every backbone, output stride and decoder', () => {
  const cases = backboneNames.flatMap((name) => strides.flatMap((stride) =>
    (['none', 'skip'] as const).map((decoder) => [name, stride, decoder] as const)))
  it.each(cases)('%s, output stride %i, decoder %s: logits at a size that no stride divides', (name, outputStride, decoder) => {
    const network = pspnet({ backbone: name, width: 0.125, outputStride, decoder, classes: 3 })
    tf.tidy(() => {
      const weights = tensorsOf(network, initialise(network.parameters, 1))
      const training = name !== 'resnet101'
      const { output, updates } = network.forward(wave(45, 61), weights, training)
      expect(output.shape).toEqual([1, 45, 61, 3])
      expect(output.dataSync().every(Number.isFinite)).toBe(true)
      const statistics = Object.keys(network.parameters).filter((n) => /running_/.test(n))
      expect(Object.keys(updates).sort()).toEqual(training ? statistics.sort() : [])
      expect(network.forward(wave(45, 61), weights, false, [20, 30]).output.shape).toEqual([1, 20, 30, 3])
    })
  })

  it.each(backboneNames.flatMap((name) => strides.map((stride) => [name, stride] as const)))(
    '%s, output stride %i: features are as large as their strides say', (name, outputStride) => {
      const extractor = backbone(name, 0.125, outputStride)
      tf.tidy(() => {
        const weights = tensorsOf(extractor, initialise(extractor.parameters, 1))
        const features = extractor.features(extractor.normalise(wave(50, 70)), { weights, training: false, updates: {} })
        expect(features.map((feature) => feature.shape)).toEqual(
          extractor.stages.map(({ stride, channels }) => [1, Math.ceil(50 / stride), Math.ceil(70 / stride), channels]))
      })
    })
})

describe('frozen layers', () => {
  it.each([
    ['resnet18', 2, ['conv1', 'bn1']], ['resnet18', 4, ['conv1', 'bn1', 'layer1']], ['resnet50', 8, ['conv1', 'bn1', 'layer1', 'layer2']],
    ['mobilenetv2', 2, ['features.0', 'features.1']], ['mobilenetv2', 8, [0, 1, 2, 3, 4, 5, 6].map((i) => `features.${i}`)],
  ] as const)('%s up to stride %i: no gradient reaches these, and their statistics stay', (name, frozenStride, layers) => {
    const network = pspnet({ backbone: name, width: 0.125, outputStride: 16, decoder: 'skip', classes: 3, frozenStride })
    const all = pspnet({ backbone: name, width: 0.125, outputStride: 16, decoder: 'skip', classes: 3 })
    const isFrozen = (parameter: string) => layers.some((layer) => parameter.startsWith(`${layer}.`))
    expect(Object.keys(network.parameters)).toEqual(Object.keys(all.parameters))
    expect(trainableNames(network.parameters)).toEqual(trainableNames(all.parameters).filter((parameter) => !isFrozen(parameter)))
    tf.tidy(() => {
      const { updates } = network.forward(wave(32, 32), tensorsOf(network, initialise(network.parameters, 1)), true)
      expect(Object.keys(updates).sort()).toEqual(Object.keys(all.parameters).filter((n) => /running_/.test(n) && !isFrozen(n)).sort())
    })
  })
})

describe('a network with windows', () => {
  it.each(['none', 'skip'] as const)('decoder %s: sees a picture of their size as a network without, and a larger one otherwise', (decoder) => {
    const options = { backbone: 'resnet18', width: 0.125, outputStride: 16, decoder, classes: 3 } as const
    const whole = pspnet(options), inWindows = pspnet({ ...options, window: [32, 48] })
    tf.tidy(() => {
      const weights = tensorsOf(whole, initialise(whole.parameters, 1))
      const logits = (network: typeof whole, height: number, width: number) => [...network.forward(wave(height, width), weights, false).output.dataSync()]
      expect(logits(inWindows, 32, 48)).toEqual(logits(whole, 32, 48))
      expect(logits(inWindows, 64, 96)).not.toEqual(logits(whole, 64, 96))
    })
  })
})

describe('camClassifier', () => {
  const classifier = camClassifier(backbone('resnet18', 0.125, 16), 4)
  it('gives logits that are the means of its score maps', () => {
    tf.tidy(() => {
      const weights = tensorsOf(classifier, initialise(classifier.parameters, 1))
      const { output, maps } = classifier.forward(wave(40, 56), weights, false)
      expect(output.shape).toEqual([1, 4])
      expect(maps.shape).toEqual([1, 3, 4, 4])
      const means = tf.mean(maps, [1, 2]).dataSync()
      output.dataSync().forEach((logit, i) => expect(logit).toBeCloseTo(means[i], 6))
      expect(classifier.forward(wave(40, 56), weights, false, [40, 56]).maps.shape).toEqual([1, 40, 56, 4])
    })
  })
  it('refuses no tags', () => {
    expect(() => camClassifier(backbone('resnet18', 0.125, 16), 0)).toThrow('expected at least 1 tag, got 0')
  })
})

describe('options out of range', () => {
  it('are refused', () => {
    const good = { backbone: 'resnet18', width: 1, outputStride: 8, decoder: 'none', classes: 2 } as const
    expect(() => pspnet({ ...good, classes: 1 })).toThrow(RangeError)
    expect(() => pspnet({ ...good, width: 0 })).toThrow(RangeError)
    expect(() => pspnet({ ...good, outputStride: 4 as OutputStride })).toThrow('expected an output stride of 8, 16 or 32, got 4')
    expect(() => pspnet({ ...good, backbone: 'vgg' as 'resnet18' })).toThrow('got vgg')
    expect(() => resnet(20 as 18, 1, 8)).toThrow('got 20')
    expect(() => mobilenet(1, 5 as OutputStride)).toThrow('got 5')
    expect(() => mergeParameters(resnet(18, 1, 8).parameters, resnet(18, 1, 8).parameters)).toThrow('conv1.weight twice')
  })
  it('scaleChannels rounds as torchvision does', () => {
    expect([scaleChannels(32, 0.75), scaleChannels(24, 0.35), scaleChannels(16, 0.1), scaleChannels(1280, 1)]).toEqual([24, 8, 8, 1280])
    expect(scaleChannels(18, 1)).toBe(24)
  })
})
