import { describe, expect, it } from 'vitest'
import { adaptiveThreshold, thresholdSelector } from '../../../main/core/train/adaptive-threshold.ts'
import { argmax, applyThresholds } from '../../../main/core/train/pseudo-label.ts'
import { random } from '../../../main/core/random.ts'
import { goldenArray, goldenJson, hasGolden } from '../../helpers/golden.ts'

describe('adaptiveThreshold', () => {
  it('is the value at floor(n * ratio) from the top', () => {
    const values = [Float32Array.of(0.9, 0.5), Float32Array.of(0.7, 0.6, 0.8)]
    expect(adaptiveThreshold(values, 0)).toBe(Math.fround(0.9))
    expect(adaptiveThreshold(values, 0.2)).toBe(Math.fround(0.8))
    expect(adaptiveThreshold(values, 0.5)).toBe(Math.fround(0.7))
    expect(adaptiveThreshold(values, 1)).toBe(0.5)
  })

  it('equals the sort on many values, some of them equal or nearly so', () => {
    const { uniform, below } = random('values')
    const values = Float32Array.from({ length: 5000 }, () => (below(4) === 0 ? 0.75 : 0.7 + 1e-6 * below(40) + 0.1 * uniform()))
    const sorted = values.slice().sort().reverse()
    for (const ratio of [0, 0.01, 0.1, 0.3333, 0.5, 0.85, 0.999, 1])
      expect(adaptiveThreshold([values.subarray(0, 100), values.subarray(100)], ratio)).toBe(sorted[Math.min(Math.floor(5000 * ratio), 4999)])
  })

  it('holds at the ends of the range of numbers', () => {
    expect(adaptiveThreshold([Float32Array.of(0, 1e-45, 1)], 0.4)).toBe(Math.fround(1e-45))
    expect(adaptiveThreshold([Float32Array.of(0, 0)], 0.9)).toBe(0)
  })

  it('refuses ratios, values and lists that make no sense', () => {
    expect(() => adaptiveThreshold([], 0.5)).toThrow('expected at least one value, got none')
    expect(() => adaptiveThreshold([Float32Array.of(1)], 1.1)).toThrow('expected a ratio of 0 to 1, got 1.1')
    expect(() => adaptiveThreshold([Float32Array.of(NaN)], 0.5)).toThrow('expected confidences of 0 or more, got NaN')
    expect(() => adaptiveThreshold([Float32Array.of(-1)], 0.5)).toThrow(RangeError)
  })
})

describe('thresholdSelector', () => {
  it('finds one threshold per class, null for a class without pixels, and skips 255', () => {
    const selector = thresholdSelector(0.5, 3)
    while (!selector.done) {
      selector.add(Float32Array.of(0.9, 0.8, 0.7, 0.99), Uint8Array.of(0, 0, 2, 255))
      selector.add(Float32Array.of(0.6, 0.5), Uint8Array.of(0, 2))
      selector.endPass()
    }
    expect(selector.thresholds()).toEqual([Math.fround(0.8), null, 0.5])
  })

  it('keeps another share of the background where classes have their own thresholds', () => {
    const thresholds = (classes: number, background?: number) => {
      const selector = thresholdSelector(0.5, classes, background)
      while (!selector.done) {
        selector.add(Float32Array.of(0.9, 0.8, 0.7, 0.6), Uint8Array.of(0, 0, 1, 1))
        selector.endPass()
      }
      return selector.thresholds().map((value) => Math.round(10 * value!))
    }
    expect(thresholds(2)).toEqual([8, 6])
    expect(thresholds(2, 0)).toEqual([9, 6])
    expect(thresholds(1, 0)).toEqual([7])
    expect(() => thresholdSelector(0.5, 2, 1.1)).toThrow('expected a ratio of 0 to 1, got 1.1')
  })

  it('takes views into larger buffers', () => {
    const selector = thresholdSelector(0)
    while (!selector.done) {
      selector.add(Float32Array.of(9, 0.25, 0.5, 9).subarray(1, 3))
      selector.endPass()
    }
    expect(selector.thresholds()).toEqual([0.5])
  })

  it('refuses answers before both passes, and values after', () => {
    const selector = thresholdSelector(0.5, 2)
    expect(() => selector.thresholds()).toThrow('expected 2 passes before the thresholds, got 0')
    expect(() => selector.add(Float32Array.of(1))).toThrow('expected 1 classes, got none')
    selector.endPass()
    selector.endPass()
    expect(() => selector.add(Float32Array.of(1), Uint8Array.of(0))).toThrow(RangeError)
    expect(() => thresholdSelector(0.5, 0)).toThrow(RangeError)
  })
})

interface Expected { expected: { ratio: number; threshold: number; labelled: number; labelled_per_image: number[]; masks: string }[] }

describe.skipIf(!hasGolden('8_thresholds'))('beside the sort', () => {
  it.each(['probabilities', 'probabilities_ties'])('%s', (name) => {
    const { shape: [images, channels, height, width], data } = goldenArray(`8_thresholds/${name}.bin`)
    const n = height * width
    const predictions = Array.from({ length: images }, (_, image) => {
      const planes = data.subarray(image * channels * n, (image + 1) * channels * n)
      const map = { width, height, channels, data: Float32Array.from({ length: n * channels }, (_, i) => planes[(i % channels) * n + Math.floor(i / channels)]) }
      const classes = argmax(map)
      const confidence = Float32Array.from(classes, (c, i) => map.data[i * channels + c])
      return { width, height, data: confidence, classes, provenance: new Uint8Array(n) }
    })
    for (const { ratio, threshold, labelled, labelled_per_image, masks } of goldenJson<Expected>(`8_thresholds/${name}_expected.json`).expected) {
      expect(adaptiveThreshold(predictions.map((p) => p.data), ratio)).toBe(threshold)
      const labels = predictions.map((p) => applyThresholds(p, threshold).labels.data)
      const kept = labels.map((l) => l.filter((v) => v !== 255).length)
      expect(kept).toEqual(labelled_per_image)
      expect(kept.reduce((a, b) => a + b)).toBe(labelled)
      expect(Buffer.concat(labels).equals(goldenArray<Uint8Array>(`8_thresholds/${masks}`).data)).toBe(true)
    }
  })
})
