import { describe, expect, it } from 'vitest'
import { canny, median } from '../../../main/core/image/canny.ts'

describe('canny', () => {
  it('draws one line along a step', () => {
    const data = Uint8Array.from({ length: 48 }, (_, i) => (i % 8 < 4 ? 0 : 200))
    const edges = canny({ width: 8, height: 6, data }, { low: 100, high: 200 }).data
    for (let y = 0; y < 6; y++) expect([...edges.subarray(8 * y, 8 * y + 8)]).toEqual([0, 0, 0, 255, 0, 0, 0, 0])
  })

  it('keeps a weak line only where it joins a strong one', () => {
    const weak = Uint8Array.from({ length: 72 }, (_, i) => (i % 12 < 6 ? 100 : 135))
    const image = { width: 12, height: 6, data: weak }
    expect(canny(image, { low: 100, high: 200 }).data.some((v) => v > 0)).toBe(false)
    const joined = { ...image, data: weak.map((v, i) => (i < 24 && i % 12 >= 6 ? 255 : v)) }
    const edges = canny(joined, { low: 100, high: 200 }).data
    expect(edges[5 * 12 + 5]).toBe(255)
  })

  it('finds nothing in a plain picture', () => {
    expect(canny({ width: 3, height: 3, data: new Uint8Array(9).fill(8) }, { low: 0, high: 0 }).data.some((v) => v > 0)).toBe(false)
  })

  it('refuses data of another length', () => {
    expect(() => canny({ width: 2, height: 2, data: new Uint8Array(3) }, { low: 1, high: 2 })).toThrow(RangeError)
  })
})

describe('median', () => {
  it('is the middle, or the mean of the two in the middle', () => {
    expect(median(Uint8Array.of(9, 1, 5))).toBe(5)
    expect(median(Uint8Array.of(9, 1, 5, 6))).toBe(5.5)
    expect(() => median(new Uint8Array())).toThrow(RangeError)
  })
})
