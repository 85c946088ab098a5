import { describe, expect, it } from 'vitest'
import { dilate, discKernel, ellipseKernel, rectKernel } from '../../../main/core/image/morphology.ts'

describe('kernels', () => {
  it('are those of OpenCV', () => {
    expect([...ellipseKernel(1).data]).toEqual([1])
    expect([...ellipseKernel(3).data]).toEqual([0, 1, 0, 1, 1, 1, 0, 1, 0])
    expect([...ellipseKernel(5).data]).toEqual([
      0, 0, 1, 0, 0,
      1, 1, 1, 1, 1,
      1, 1, 1, 1, 1,
      1, 1, 1, 1, 1,
      0, 0, 1, 0, 0])
    expect([...rectKernel(2).data]).toEqual([1, 1, 1, 1])
  })

  it('take a disc by distance', () => {
    expect(discKernel(2).data.reduce((a, b) => a + b)).toBe(13)
    expect([...discKernel(0).data]).toEqual([1])
  })

  it('refuse sizes that are none', () => {
    expect(() => ellipseKernel(0)).toThrow('expected a kernel size of 1 or more, got 0')
    expect(() => rectKernel(1.5)).toThrow(RangeError)
    expect(() => discKernel(-1)).toThrow(RangeError)
  })
})

describe('dilate', () => {
  it('spreads the larger value and stops at the border', () => {
    const image = { width: 4, height: 3, data: Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0) }
    expect([...dilate(image, ellipseKernel(3)).data]).toEqual([9, 9, 0, 5, 9, 0, 5, 5, 0, 0, 0, 5])
    expect([...dilate(image, rectKernel(3)).data]).toEqual([9, 9, 5, 5, 9, 9, 5, 5, 0, 0, 5, 5])
  })

  it('moves a point by a kernel without its anchor', () => {
    const image = { width: 3, height: 1, data: Uint8Array.of(0, 7, 0) }
    expect([...dilate(image, { width: 3, height: 1, data: Uint8Array.of(1, 0, 0) }).data]).toEqual([0, 0, 7])
  })
})
