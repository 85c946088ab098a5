import { describe, expect, it } from 'vitest'
import { likeness, looksOf } from '../../../main/core/train/piece-look.ts'

describe('how a piece looks', () => {
  it('is its colours and its share of the photo', () => {
    const photo = { width: 4, height: 1, data: Float32Array.from([10, 0, 0, 10, 0, 0, 90, 0, 0, 50, -30, 30]) }
    const pieces = { width: 4, height: 1, data: Int32Array.from([1, 1, 1, 0]), count: 1, areas: Int32Array.from([1, 3]) }
    const [{ colours, share }] = looksOf(photo, pieces, [1])
    expect(share).toBe(0.75)
    expect([...colours].filter((value) => value > 0).map((value) => value.toFixed(3))).toEqual(['0.667', '0.333'])
  })

  it('is alike by overlap of colours and ratio of areas, over the best three', () => {
    const look = (dark: number, share: number) => ({ colours: Float32Array.from([dark, 1 - dark]), share })
    expect(likeness(look(1, 0.04), [look(1, 0.04)])).toBeCloseTo(1)
    expect(likeness(look(1, 0.04), [look(0.5, 0.01)])).toBeCloseTo(0.25)
    expect(likeness(look(1, 0.04), [look(0, 0.04), look(1, 0.04), look(1, 0.04), look(1, 0.04)])).toBeCloseTo(1)
    expect(likeness(look(1, 0.04), [])).toBe(0)
  })
})
