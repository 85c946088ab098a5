import { describe, expect, it } from 'vitest'
import type { ChannelMap } from '../../../main/core/image/resize.ts'
import { provenance } from '../../../main/core/train/provenance.ts'
import {
  applyThresholds, argmax, blendSegments, constrainToTags, labelShares, refinePrediction, voteSegments,
} from '../../../main/core/train/pseudo-label.ts'

const map = (...pixels: number[][]): ChannelMap =>
  ({ width: pixels.length, height: 1, channels: pixels[0].length, data: Float32Array.from(pixels.flat()) })
const close = (values: Float32Array, expected: number[]): void => {
  expect(values.length).toBe(expected.length)
  for (const [i, v] of expected.entries()) expect(values[i]).toBeCloseTo(v, 5)
}
const segments = (...data: number[]) => ({ width: data.length, height: 1, data: Int32Array.from(data), count: Math.max(...data) + 1 })

describe('constrainToTags', () => {
  it('masks: what is not on the photo is gone, the rest sums to 1', () => {
    close(constrainToTags(map([0.4, 0.1, 0.5], [0, 0, 1]), [1], 'mask').data, [0.8, 0.2, 0, 1, 0, 0])
  })

  it('folds: tags take part of the mass of the others', () => {
    // 1 - p0 = 0.6, tags 0.15: factor sqrt(4) = 2, so 0.4 : 0.3
    close(constrainToTags(map([0.4, 0.15, 0.45]), [1], 'fold').data, [4 / 7, 3 / 7, 0])
    // two tags, 0.1 + 0.05 -> 0.2 + 0.1
    close(constrainToTags(map([0.4, 0.1, 0.05, 0.45]), [1, 2], 'fold').data, [4 / 7, 2 / 7, 1 / 7, 0])
  })

  it('scales up a tag that would win too little, just enough', () => {
    const dark = map([0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.95, 0.05])
    expect([...argmax(constrainToTags(dark, [1], 'fold'))]).toEqual([0, 0, 0, 0])
    expect([...argmax(constrainToTags(dark, [1], 'fold', 0.25))]).toEqual([0, 0, 1, 0])
    expect([...argmax(constrainToTags(dark, [1], 'fold', 0.5))]).toEqual([0, 1, 1, 0])
    expect([...argmax(constrainToTags(map([1, 0], [1, 0]), [1], 'fold', 0.5))]).toEqual([0, 0])
  })
})

describe('blendSegments', () => {
  it('averages half and half with the superpixel', () => {
    close(blendSegments(map([1, 0], [0, 1], [0.2, 0.8]), segments(0, 0, 1)).data, [0.75, 0.25, 0.25, 0.75, 0.2, 0.8])
    expect(() => blendSegments(map([1, 0]), segments(0, 0))).toThrow('expected superpixels of 1 x 1, got 2 x 1')
  })
})

describe('refinePrediction', () => {
  it('takes the class and probability of the network where nothing else is asked', () => {
    const { data, classes, provenance: from } = refinePrediction(map([0.5, 0.25, 0.25], [0.25, 0.25, 0.5]), { tags: [1], tagRule: 'off' })
    expect([...classes]).toEqual([0, 2])
    close(data, [0.5, 0.5])
    expect([...from]).toEqual([provenance.network, provenance.network])
  })

  it('remembers what decided each pixel', () => {
    const probabilities = map([0.3, 0.2, 0.5], [0.1, 0.9, 0], [0.55, 0.45, 0], [0, 1, 0])
    const crf = ({ data, ...size }: ChannelMap) => ({ ...size, data: data.map((v, i) => (i === 0 ? 0 : i === 1 ? 1 : v)) })
    const result = refinePrediction(probabilities, { tags: [1], tagRule: 'mask', blend: segments(0, 1, 2, 2), crf })
    expect([...result.classes]).toEqual([1, 1, 1, 1])
    expect([...result.provenance]).toEqual([provenance.crf, provenance.network, provenance.superpixel, provenance.network])
    close(result.data, [0.4, 0.9, 0.5875, 0.8625])
    const tagged = refinePrediction(probabilities, { tags: [1], tagRule: 'mask' })
    expect([...tagged.classes]).toEqual([0, 1, 0, 1])
    expect(tagged.provenance[0]).toBe(provenance.tags)
  })

  it('makes a photo without tags background', () => {
    const result = refinePrediction(map([0, 1], [0.5, 0.5]), { tags: [], tagRule: 'fold' })
    expect([...result.classes]).toEqual([0, 0])
    expect([...result.data]).toEqual([1, 1])
    expect([...result.provenance]).toEqual([provenance.background, provenance.background])
  })

  it('refuses tags that are no class', () => {
    expect(() => refinePrediction(map([1, 0]), { tags: [2], tagRule: 'off' })).toThrow('expected tags of 1 to 1, got 2')
  })

  it('leaves its input as it was', () => {
    const probabilities = map([0.4, 0.1, 0.5])
    refinePrediction(probabilities, { tags: [1], tagRule: 'fold', minShare: 1, blend: segments(0) })
    close(probabilities.data, [0.4, 0.1, 0.5])
  })
})

describe('applyThresholds', () => {
  const prediction = {
    width: 4, height: 1, data: Float32Array.of(0.9, 0.5, 0.5, 0.4), classes: Uint8Array.of(0, 1, 2, 1),
    provenance: new Uint8Array(4).fill(provenance.network),
  }

  it('drops what is under the threshold and keeps what equals it', () => {
    const { labels, provenance: from } = applyThresholds(prediction, 0.5)
    expect([...labels.data]).toEqual([0, 1, 2, 255])
    expect(from[3]).toBe(provenance.open)
  })

  it('takes a threshold per class', () => {
    expect([...applyThresholds(prediction, [0.95, 0.4, null]).labels.data]).toEqual([255, 1, 2, 1])
  })

  it('lets superpixels vote where half of their pixels are labelled', () => {
    const { labels, provenance: from } = applyThresholds(prediction, 0.45, segments(0, 1, 0, 1))
    expect([...labels.data]).toEqual([0, 1, 0, 1])
    expect([...from]).toEqual([provenance.network, provenance.network, provenance.superpixel, provenance.superpixel])
  })
})

describe('voteSegments', () => {
  it('leaves a superpixel without labels open', () => {
    const labels = { width: 3, height: 1, data: Uint8Array.of(255, 255, 1) }
    const voted = voteSegments({ labels, provenance: Uint8Array.of(0, 0, provenance.network) }, segments(0, 0, 0))
    expect([...voted.labels.data]).toEqual([255, 255, 255])
    expect(voted.provenance[2]).toBe(provenance.open)
  })
})

it('labelShares counts labels and what has none', () => {
  const shares = labelShares({ width: 4, height: 1, data: Uint8Array.of(0, 0, 1, 255) })
  expect([shares[0], shares[1], shares[2], shares[255]]).toEqual([0.5, 0.25, 0, 0.25])
})
