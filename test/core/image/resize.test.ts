import { describe, expect, it } from 'vitest'
import { resizeChannels, resizeLabels, resizeMap, resizeRgb } from '../../../main/core/image/resize.ts'

describe('resizeMap', () => {
  it('keeps half-pixel centres when it grows', () => {
    const map = { width: 2, height: 1, data: Float32Array.of(0, 4) }
    expect([...resizeMap(map, 4, 1).data]).toEqual([0, 1, 3, 4])
    expect([...resizeMap(map, 4, 2).data]).toEqual([0, 1, 3, 4, 0, 1, 3, 4])
  })

  it('takes points or averages when it shrinks', () => {
    const map = { width: 4, height: 1, data: Float32Array.of(0, 0, 8, 0) }
    expect([...resizeMap(map, 2, 1).data]).toEqual([0, 4])
    const smooth = resizeMap(map, 2, 1, true).data
    expect(smooth[0]).toBeCloseTo(8 / 7)
    expect(smooth[1]).toBeCloseTo(24 / 7)
  })

  it('refuses sizes that are none and data of another length', () => {
    const map = { width: 2, height: 1, data: Float32Array.of(0, 4) }
    expect(() => resizeMap(map, 0, 1)).toThrow('expected a size of 1 pixel or more, got 0')
    expect(() => resizeMap({ ...map, width: 3 }, 2, 2)).toThrow('expected 3 values, got 2')
  })
})

describe('resizeChannels', () => {
  it('keeps the sum of probabilities', () => {
    const map = { width: 2, height: 2, channels: 3, data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.25, 0.25) }
    const big = resizeChannels(map, 5, 7)
    expect(big.channels).toBe(3)
    for (let i = 0; i < 35; i++) expect(big.data[3 * i] + big.data[3 * i + 1] + big.data[3 * i + 2]).toBeCloseTo(1)
    expect([...big.data.subarray(0, 3)]).toEqual([1, 0, 0])
  })
})

describe('resizeRgb', () => {
  it('averages what it leaves out and copies what fits', () => {
    const image = { width: 4, height: 1, data: Uint8Array.of(0, 255, 10, 0, 255, 10, 80, 255, 10, 80, 255, 10) }
    expect([...resizeRgb(image, 1, 1).data]).toEqual([40, 255, 10])
    const same = resizeRgb(image, 4, 1)
    expect(same.data).toEqual(image.data)
    expect(same.data).not.toBe(image.data)
  })
})

describe('resizeLabels', () => {
  it('takes the label at each centre', () => {
    const labels = { width: 4, height: 2, data: Uint8Array.of(1, 2, 3, 255, 5, 6, 7, 8) }
    expect([...resizeLabels(labels, 2, 1).data]).toEqual([6, 8])
    expect([...resizeLabels({ width: 2, height: 1, data: Uint8Array.of(1, 255) }, 4, 2).data]).toEqual([1, 1, 255, 255, 1, 1, 255, 255])
  })
})
