import { describe, expect, it } from 'vitest'
import { dominance, ranks, spearman } from '../../../main/core/metric/rank.ts'

describe('ranks', () => {
  it('count from 1 and share places of equal values', () => {
    expect([...ranks([10, 30, 20])]).toEqual([1, 3, 2])
    expect([...ranks([5, 1, 5, 5])]).toEqual([3, 1, 3, 3])
  })
})

describe('spearman', () => {
  it('is 1 where one list rises with the other, however it bends, and -1 where it falls', () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 12)
    expect(spearman([1, 2, 3, 4], [9, 3, 2, -7])).toBeCloseTo(-1, 12)
  })

  it('is 1 - 6 d / n (n^2 - 1) without ties', () => {
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: differences 1 1 1 1 0, so 1 - 24 / 120.
    expect(spearman([1, 2, 3, 4, 5], [20, 10, 40, 30, 50])).toBeCloseTo(0.8, 12)
  })

  it('shares ranks of equal values', () => {
    // Ranks 1.5 1.5 3 against 1 2 3: products 0.5 + 0 + 1 = 1.5 over sqrt(1.5 * 2).
    expect(spearman([7, 7, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12)
  })

  it('says nothing of too few pairs or of a list without order', () => {
    expect(spearman([1, 2], [1, 2])).toBeNull()
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull()
    expect(() => spearman([1, 2, 3], [1, 2])).toThrow('expected 3 values, got 2')
  })
})

describe('dominance', () => {
  const values = (...list: number[]) => Float32Array.from(list)
  it('is the share of pairs won, from half of them upwards', () => {
    expect(dominance(values(3, 4), values(1, 2))).toBe(1)
    expect(dominance(values(1, 4), values(2, 3))).toBe(0)
    expect(dominance(values(1, 2), values(3, 4))).toBe(0)
    // Pairs (2,1) (2,2) (3,1) (3,2): won 1, tied 0.5, won 1, won 1 of 4.
    expect(dominance(values(2, 3), values(1, 2))).toBe(0.75)
  })

  it('says nothing without a pair', () => {
    expect(dominance(values(), values(1))).toBeNull()
    expect(dominance(values(1), values())).toBeNull()
  })
})
