import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Pass } from '../../../main/core/model/network.ts'
import { pyramidPooling } from '../../../main/core/model/psp-head.ts'
import { goldenArrays, hasGolden } from '../../helpers/golden.ts'
import { distance, fromTorch, smallMobileNet, smallPspNet, tensorsOf, weightsFromTorch } from './reference-nets.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})
afterEach(() => tf.disposeVariables())

const nets = [['pspnet_adam', smallPspNet], ['mobilenet_sgd_poly', smallMobileNet]] as const

describe.skipIf(!hasGolden('5_net_step'))('the small networks of the reference', () => {
  it.each(nets)('%s: parameters have the reference names and shapes', (name, make) => {
    const init = goldenArrays(`5_net_step/${name}_init`)
    const { parameters } = make()
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(init).filter((n) => !n.endsWith('num_batches_tracked')).sort())
    const sizes = Object.entries(parameters).map(([n, { shape }]) => [n, shape.reduce((a, b) => a * b, 1), init[n].data.length])
    for (const [n, size, expected] of sizes) expect(size, String(n)).toBe(expected)
  })

  it.each(nets)('%s: logits agree to 1e-3 with batch and with running statistics', (name, make) => {
    const network = make()
    const logits = goldenArrays(`5_net_step/${name}_logits`)
    const { input } = goldenArrays(`5_net_step/${name}_inputs`)
    for (const [training, key] of [[true, 'train_logits'], [false, 'eval_logits_before']] as const) {
      const got = tf.tidy(() => {
        const weights = tensorsOf(network, weightsFromTorch(goldenArrays(`5_net_step/${name}_init`)))
        return network.forward(tf.tensor4d(fromTorch(input, 'map'), [2, 48, 64, 3]), weights, training).output.dataSync()
      })
      expect(distance(got, fromTorch(logits[key], 'map')), key).toBeLessThan(1e-3)
    }
  })

  it.each([true, false])('pspnet_adam: features agree stage by stage (training %s)', (training) => {
    const network = smallPspNet()
    const expected = goldenArrays('5_net_step/pspnet_adam_features')
    const { input } = goldenArrays('5_net_step/pspnet_adam_inputs')
    tf.tidy(() => {
      const weights = tensorsOf(network, weightsFromTorch(goldenArrays('5_net_step/pspnet_adam_init')))
      const pass: Pass = { weights, training, updates: {} }
      const features = network.backbone.features(tf.tensor4d(fromTorch(input, 'map'), [2, 48, 64, 3]), pass)
      const prefix = training ? 'train' : 'eval'
      features.forEach((feature, i) =>
        expect(distance(feature.dataSync(), fromTorch(expected[`${prefix}.layer${i + 1}`], 'map')), `layer${i + 1}`).toBeLessThan(1e-3))
      const pyramid = pyramidPooling('ppm', 32, 8).apply(features[3], pass)
      expect(distance(pyramid.dataSync(), fromTorch(expected[`${prefix}.ppm_concat`], 'map'))).toBeLessThan(1e-3)
    })
  })
})
