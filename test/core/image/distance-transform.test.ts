import { describe, expect, it } from 'vitest'
import { distanceTransform, labelDistance } from '../../../main/core/image/distance-transform.ts'
import { random } from '../../../main/core/random.ts'

describe('distanceTransform', () => {
  it('measures to the nearest zero', () => {
    const data = Uint8Array.of(
      0, 1, 1, 1,
      1, 1, 1, 1,
      1, 1, 1, 1)
    const r2 = Math.fround(Math.SQRT2), r5 = Math.fround(Math.sqrt(5)), r8 = Math.fround(Math.sqrt(8))
    const r10 = Math.fround(Math.sqrt(10)), r13 = Math.fround(Math.sqrt(13))
    expect([...distanceTransform({ width: 4, height: 3, data }).data]).toEqual([0, 1, 2, 3, 1, r2, r5, r10, 2, r5, r8, r13])
  })

  it('is infinite where there is no zero, and zero where there is nothing else', () => {
    expect([...distanceTransform({ width: 2, height: 2, data: new Uint8Array(4).fill(9) }).data]).toEqual([Infinity, Infinity, Infinity, Infinity])
    expect([...distanceTransform({ width: 2, height: 2, data: new Uint8Array(4) }).data]).toEqual([0, 0, 0, 0])
  })
})

describe('labelDistance', () => {
  it('equals the brute force on random labels', () => {
    const width = 23, height = 17
    for (const classes of [2, 3, 6]) {
      const { below } = random('labels', classes)
      const coarse = Uint8Array.from({ length: 48 }, () => below(classes))
      const data = Uint8Array.from({ length: width * height }, (_, i) => coarse[Math.floor((i % width) / 3) + 8 * Math.floor(i / width / 3)])
      const distance = labelDistance({ width, height, data }).data
      for (let i = 0; i < data.length; i++) {
        let best = Infinity
        for (let j = 0; j < data.length; j++)
          if (data[j] !== data[i]) best = Math.min(best, Math.hypot((i % width) - (j % width), Math.floor(i / width) - Math.floor(j / width)))
        expect(distance[i]).toBeCloseTo(best, 5)
      }
    }
  })

  it('refuses data of another length', () => {
    expect(() => labelDistance({ width: 2, height: 2, data: new Uint8Array(3) })).toThrow('expected 4 values, got 3')
  })
})
