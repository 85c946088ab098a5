import { describe, expect, it } from 'vitest'
import { rgbToLab } from '../../../main/core/image/lab.ts'

describe('rgbToLab', () => {
  it('gives the published values of the primaries under D65', () => {
    const data = Uint8Array.of(255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 119, 119, 119)
    const lab = rgbToLab({ width: 6, height: 1, data }).data
    const expected = [
      [100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.2], [87.73, -86.18, 83.18], [32.3, 79.19, -107.86], [50.03, 0, 0],
    ]
    for (const [i, v] of expected.flat().entries()) expect(Math.abs(lab[i] - v)).toBeLessThan(0.02)
  })

  it('refuses data of another length', () => {
    expect(() => rgbToLab({ width: 2, height: 1, data: new Uint8Array(3) })).toThrow('expected 6 values, got 3')
  })
})
