import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import '../../../main/core/engine/gradients.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { meanLoss, tagLoss, weightedCrossEntropy } from '../../../main/core/train/loss.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Two pictures of 1 x 2 pixels, two classes: logits whose probabilities are 3/4 and 1/4, or 1/2 each. */
const L3 = Math.log(3)
const logits = () => tf.tensor4d([[[[L3, 0], [0, 0]]], [[[0, L3], [5, -5]]]])
const labels = () => tf.tensor3d([[[0, 1]], [[0, 255]]], [2, 1, 2], 'int32')
const weights = () => tf.tensor3d([[[2, 1]], [[0.5, 100]]], [2, 1, 2])

describe('weightedCrossEntropy', () => {
  it('sums w * ce and w over the labelled pixels of each picture', () => {
    tf.tidy(() => {
      const { losses, weights: sums } = weightedCrossEntropy(logits(), labels(), weights())
      const [first, second] = losses.dataSync()
      expect(first).toBeCloseTo(2 * Math.log(4 / 3) + Math.log(2), 6)
      expect(second).toBeCloseTo(0.5 * Math.log(4), 6)
      expect([...sums.dataSync()]).toEqual([3, 0.5])
    })
  })
  it('has the gradient (p - y) w / sum of w, none on ignored pixels', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => meanLoss(weightedCrossEntropy(x as tf.Tensor4D, labels(), weights()), 0, 2))(logits()).dataSync()
      const expected = [-0.25 * 2, 0.25 * 2, 0.5, -0.5, -0.75 * 0.5, 0.75 * 0.5, 0, 0].map((g) => g / 3.5)
      expected.forEach((g, i) => expect(gradient[i]).toBeCloseTo(g, 6))
    })
  })
})

describe('meanLoss', () => {
  it('normalises some pictures by their own weights', () => {
    tf.tidy(() => {
      const sums = weightedCrossEntropy(logits(), labels(), weights())
      expect(meanLoss(sums, 0, 1).dataSync()[0]).toBeCloseTo((2 * Math.log(4 / 3) + Math.log(2)) / 3, 6)
      expect(meanLoss(sums, 1, 1).dataSync()[0]).toBeCloseTo(Math.log(4), 6)
    })
  })
  it('is 0, with a gradient of 0, where nothing is labelled', () => {
    tf.tidy(() => {
      const nothing = tf.fill([2, 1, 2], 255, 'int32') as tf.Tensor3D
      const f = (x: tf.Tensor) => meanLoss(weightedCrossEntropy(x as tf.Tensor4D, nothing, weights()), 0, 2)
      const { value, grad } = tf.valueAndGrad(f)(logits())
      expect(value.dataSync()[0]).toBeCloseTo(0, 12)
      expect([...grad.dataSync()].every((g) => g === 0)).toBe(true)
    })
  })
})

describe('tagLoss', () => {
  it('is the binary cross entropy of each tag', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([[0, L3], [-L3, 200]])
      const y = tf.tensor2d([[1, 1], [1, 0]])
      expect(tagLoss(x, y).dataSync()[0]).toBeCloseTo((Math.log(2) + Math.log(4 / 3) + Math.log(4) + 200) / 4, 4)
      expect(tagLoss(x, y, tf.tensor2d([[1, 0], [2, 0]])).dataSync()[0]).toBeCloseTo((Math.log(2) + 2 * Math.log(4)) / 3, 6)
      expect(tagLoss(x, y, tf.zeros([2, 2]) as tf.Tensor2D).dataSync()[0]).toBe(0)
    })
  })
  it('has the gradient sigmoid(x) - y', () => {
    tf.tidy(() => {
      const g = tf.grad((x) => tagLoss(x as tf.Tensor2D, tf.tensor2d([[1, 0]])))(tf.tensor2d([[L3, -L3]])).dataSync()
      expect(g[0]).toBeCloseTo(-0.125, 6)
      expect(g[1]).toBeCloseTo(0.125, 6)
    })
  })
})
