import { describe, expect, it } from 'vitest'
import { averageShare } from '../../../main/core/train/ema.ts'
import { learningRate } from '../../../main/core/train/schedule.ts'

describe('learningRate', () => {
  it('constant stays', () => {
    expect([0, 5, 99].map((t) => learningRate({ name: 'constant', rate: 0.1, steps: 10 }, t))).toEqual([0.1, 0.1, 0.1])
  })
  it('cosine falls from the rate through its half', () => {
    const at = (t: number) => learningRate({ name: 'cosine', rate: 2, steps: 8 }, t)
    expect(at(0)).toBe(2)
    expect(at(4)).toBeCloseTo(1, 12)
    expect(at(6)).toBeCloseTo(1 - Math.SQRT1_2, 12)
  })
  it('poly follows the reference rates', () => {
    const rates = [0, 1, 2].map((t) => learningRate({ name: 'poly', rate: 0.05, steps: 10, power: 0.9 }, t))
    expect(rates[0]).toBe(0.05)
    expect(rates[1]).toBeCloseTo(0.045476628804148114, 12)
    expect(rates[2]).toBeCloseTo(0.04090260730254292, 12)
  })
  it('rises over the warm-up', () => {
    const at = (t: number) => learningRate({ name: 'constant', rate: 1, steps: 100, warmup: 4 }, t)
    expect([0, 1, 2, 3, 4].map(at)).toEqual([0.25, 0.5, 0.75, 1, 1])
  })
  it('keeps the last width beyond the end, never negative', () => {
    const options = { name: 'poly', rate: 1, steps: 10, power: 2 } as const
    expect(learningRate(options, 25)).toBe(learningRate(options, 9))
    expect(learningRate(options, 9)).toBeCloseTo(0.01, 12)
  })
  it('refuses what makes no sense', () => {
    expect(() => learningRate({ name: 'constant', rate: 1, steps: 0 }, 0)).toThrow(RangeError)
    expect(() => learningRate({ name: 'constant', rate: 1, steps: 5 }, -1)).toThrow('got -1')
    expect(() => learningRate({ name: 'linear' as 'poly', rate: 1, steps: 5 }, 0)).toThrow('got linear')
  })
})

describe('averageShare', () => {
  it('takes the first weights whole, then averages, then decays', () => {
    expect(averageShare(0.98, 0)).toBe(1)
    expect(averageShare(0.98, 1)).toBe(0.5)
    expect(averageShare(0.98, 3)).toBe(0.25)
    expect(averageShare(0.98, 1000)).toBeCloseTo(0.02, 12)
  })
})
