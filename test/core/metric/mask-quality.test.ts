import { describe, expect, it } from 'vitest'
import type { LabelMap } from '../../../main/core/image/types.ts'
import { activationOf, agreementOf, contrastOf, qualityEstimate, tagsOf } from '../../../main/core/metric/mask-quality.ts'

const row = (...labels: number[]): LabelMap => ({ width: labels.length, height: 1, data: Uint8Array.from(labels) })
const scores = (classIndex: number, ...values: number[]) => ({ classIndex, map: { width: values.length, height: 1, data: Float32Array.from(values) } })
/** A grey row in CIELAB, by lightness. */
const grey = (...lightness: number[]) => ({ width: lightness.length, height: 1, data: Float32Array.from(lightness.flatMap((l) => [l, 0, 0])) })

describe('agreementOf', () => {
  it('is the mean IoU over workpieces of pixels that both label', () => {
    // 1: one of two pixels; 2: one of one; the last two pixels are open in one of them.
    expect(agreementOf(row(0, 1, 1, 2, 255, 1), row(0, 1, 0, 2, 2, 255))).toBe(0.75)
    expect(agreementOf(row(1, 1), row(2, 2))).toBe(0)
  })

  it('says nothing where neither shows a workpiece, and asks for one size', () => {
    expect(agreementOf(row(0, 0, 255), row(0, 255, 1))).toBeNull()
    expect(() => agreementOf(row(0, 1), row(0))).toThrow(RangeError)
  })
})

describe('activationOf', () => {
  it('is 1 where a map is always larger on the mask, 0 where not more often than off it', () => {
    expect(activationOf(row(0, 1, 1, 0), [scores(1, 0, 0.4, 1, 0.3)])).toBe(1)
    expect(activationOf(row(1, 0, 0, 1), [scores(1, 0, 0.4, 1, 0.3)])).toBe(0)
  })

  it('is the mean over tags: a workpiece that is not on the mask counts 0, an open pixel not at all', () => {
    expect(activationOf(row(0, 1, 255, 0), [scores(1, 0, 0.5, 1, 0.2), scores(2, 0, 0, 0, 1)])).toBe(0.5)
  })

  it('says nothing without tags or without activation', () => {
    expect(activationOf(row(0, 1), [])).toBeNull()
    expect(activationOf(row(0, 1), [scores(1, 0, 0)])).toBeNull()
    expect(() => activationOf(row(0, 1), [scores(1, 1)])).toThrow('expected 2 x 1, got 1 x 1')
  })
})

describe('tagsOf', () => {
  it('is the share of tags found times the share of workpiece pixels that bear a tag', () => {
    expect(tagsOf(row(0, 1, 1, 255), [1])).toBe(1)
    expect(tagsOf(row(0, 1, 1, 2), [1])).toBeCloseTo(2 / 3, 12)
    expect(tagsOf(row(0, 1, 1, 0), [1, 2])).toBe(0.5)
    expect(tagsOf(row(0, 2, 2, 0), [1])).toBe(0)
    expect(tagsOf(row(0, 0), [1])).toBe(0)
  })

  it('counts pixels that only the tags moved against the network', () => {
    expect(tagsOf(row(0, 1, 1, 1), [1], Uint8Array.of(0, 1, 1, 0))).toBeCloseTo(1 / 3, 12)
    expect(tagsOf(row(0, 1, 0, 0), [1], Uint8Array.of(0, 0, 1, 0))).toBe(0.5)
  })

  it('is 1 on a photo of nothing that shows nothing, else 0', () => {
    expect(tagsOf(row(0, 0, 255), [])).toBe(1)
    expect(tagsOf(row(0, 3), [])).toBe(0)
  })
})

describe('contrastOf', () => {
  it('is 1 where all change lies at the border of the mask', () => {
    expect(contrastOf(row(0, 0, 0, 1, 1, 1), grey(10, 10, 10, 80, 80, 80))).toBe(1)
  })

  it('is 0 where the border lies where nothing changes', () => {
    expect(contrastOf(row(0, 1, 1, 1, 1, 1), grey(10, 10, 10, 10, 80, 80))).toBe(0)
  })

  it('takes what is open for a border', () => {
    // Change 0 0 70 70 0 0: two of the three open pixels win against three others each, the third ties: 7.5 of 9 pairs.
    expect(contrastOf(row(0, 0, 255, 255, 255, 1), grey(10, 10, 10, 80, 80, 80))).toBeCloseTo(2 / 3, 6)
  })

  it('says nothing of a mask without a workpiece', () => {
    expect(contrastOf(row(0, 255, 0), grey(0, 50, 100))).toBeNull()
    expect(() => contrastOf(row(0, 1), grey(0))).toThrow(RangeError)
  })
})

describe('qualityEstimate', () => {
  it('is the geometric mean of what is known', () => {
    expect(qualityEstimate({ agreement: 0.5, activation: 1, tags: 0.5, contrast: 0.25 })).toBeCloseTo(0.5, 12)
    expect(qualityEstimate({ agreement: null, activation: null, tags: 0.25, contrast: 1 })).toBeCloseTo(0.5, 12)
    expect(qualityEstimate({ agreement: 1, activation: 1, tags: 0, contrast: 1 })).toBe(0)
    expect(qualityEstimate({ agreement: null, activation: null, tags: 1, contrast: null })).toBe(1)
  })
})
