import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { bilinearMatrix, resize } from '../../../main/core/model/resample.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('bilinearMatrix', () => {
  it('has half-pixel centres and repeats the border', () => {
    expect([...bilinearMatrix(2, 4).data]).toEqual([1, 0, 0.75, 0.25, 0.25, 0.75, 0, 1])
  })
  it('interpolates between the centres when it makes smaller', () => {
    expect([...bilinearMatrix(4, 2).data]).toEqual([0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5])
  })
  it('is the identity at the same size', () => {
    expect([...bilinearMatrix(3, 3).data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1])
  })
  it('has rows that sum to 1, whatever the sizes', () => {
    for (const [from, to] of [[1, 7], [5, 3], [15, 120], [20, 159]]) {
      const { data } = bilinearMatrix(from, to)
      for (let i = 0; i < to; i++) expect(data.subarray(i * from, (i + 1) * from).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
    }
  })
})

describe('resize', () => {
  it('agrees with bilinear resizing of TensorFlow with half-pixel centres', () => {
    tf.tidy(() => {
      const x = tf.tensor4d(Float32Array.from({ length: 2 * 5 * 7 * 3 }, (_, i) => Math.sin(i)), [2, 5, 7, 3])
      const expected = tf.image.resizeBilinear(x, [11, 13], false, true).dataSync()
      const got = resize(x, [11, 13])
      expect(got.shape).toEqual([2, 11, 13, 3])
      got.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5))
    })
  })
  it('gives back the same tensor at the same size', () => {
    tf.tidy(() => {
      const x = tf.zeros([1, 2, 3, 1]) as tf.Tensor4D
      expect(resize(x, [2, 3])).toBe(x)
    })
  })
})
