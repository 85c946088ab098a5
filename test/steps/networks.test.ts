import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { initialise } from '../../main/core/model/initialise.ts'
import { ofRound, segmentationNetwork } from '../../main/steps/networks.ts'
import { windowOf } from '../../main/steps/photos.ts'
import { averagingOf, finishedAveraging } from '../../main/steps/predictor.ts'
import type { Store } from '../../main/store/index.ts'
import { presets, type Settings } from '../../preload/contract/settings.ts'
import { tensorsOf } from '../core/model/reference-nets.ts'

const seen = (settings: Partial<Settings>, round: number) => {
  const { settings: of } = ofRound({ settings: { ...presets.maskwright, 'training.size': 192, 'training.learningRate': 0.001, 'training.firstRate': 0, ...settings } }, round)
  return [of['training.size'], of['training.learningRate']]
}

describe('a run as a round sees it', () => {
  it('has a size and a step width of its own in the first round', () => {
    expect(seen({ 'training.firstSize': 128, 'training.firstRate': 0.002 }, 1)).toEqual([128, 0.002])
    expect(seen({ 'training.firstSize': 128, 'training.firstRate': 0.002 }, 2)).toEqual([192, 0.001])
  })

  it('takes those of all rounds where the first names none', () => {
    expect(seen({ 'training.firstSize': 0, 'training.firstRate': 0 }, 1)).toEqual([192, 0.001])
    expect(seen({ 'training.firstSize': 128 }, 1)).toEqual([128, 0.001])
    expect(seen({ 'training.firstRate': 0.002 }, 1)).toEqual([192, 0.002])
  })
})

describe('the network as it predicts', () => {
  const store = { images: { list: () => [{ width: 640, height: 480 }] } } as unknown as Store
  const settings: Settings = { ...presets.paper, 'network.backbone': 'resnet18', 'network.width': 0.125, 'network.outputStride': '16', 'training.size': 64, 'training.crop': 0.5 }
  const logits = async (changes: Partial<Settings>) => {
    await tf.setBackend('cpu')
    const of = { ...settings, ...changes }
    const network = segmentationNetwork(of, 2, windowOf(store, of))
    return tf.tidy(() => {
      const photo = tf.tensor4d(Float32Array.from({ length: 48 * 64 * 3 }, (_, i) => 127 + 120 * Math.sin(i * 0.37)), [1, 48, 64, 3])
      return [...network.forward(photo, tensorsOf(network, initialise(network.parameters, 1)), false).output.dataSync()]
    })
  }

  it('spreads names in the finished model as the settings say, and not where tags will name its masks', () => {
    const of = { ...settings, 'predict.modelFlips': 4, 'predict.enlarge': [1, 1.5], 'predict.names': 0.3 }
    expect(finishedAveraging(of)).toEqual({ flips: 4, scales: [1, 1.5], names: 0.3 })
    expect(averagingOf(of, 2)).toEqual({ flips: 2, scales: [1, 1.5] })
  })

  it('sums up a photo in windows as large as its training pictures where it shall, and all of it where those show whole photos', async () => {
    const whole = await logits({ 'predict.windows': false })
    expect(await logits({ 'predict.windows': true })).not.toEqual(whole)
    expect(await logits({ 'predict.windows': true, 'training.crop': 1 })).toEqual(whole)
  })
})
