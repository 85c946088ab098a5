import { describe, expect, it } from 'vitest'
import { solidPool } from '../../../main/core/train/procedural-solids.ts'
import { surfacePool, toRgb } from '../../../main/core/train/procedural.ts'

describe('surfacePool', () => {
  it('draws the same surfaces for a seed and others for another', () => {
    const pool = surfacePool(3, 12, 48)
    expect(pool).toHaveLength(12)
    expect(pool.every((s) => s.width === 48 && s.height === 48 && s.data.length === 48 * 48 * 3)).toBe(true)
    expect(surfacePool(3, 12, 48)).toEqual(pool)
    expect(surfacePool(4, 12, 48)).not.toEqual(pool)
  })

  it('varies in brightness and colour', () => {
    const means = surfacePool(1, 48, 32).map(({ data }) => data.reduce((s, v) => s + v, 0) / data.length)
    expect(Math.min(...means)).toBeLessThan(80)
    expect(Math.max(...means)).toBeGreaterThan(160)
  })
})

describe('solidPool', () => {
  it('draws solids labelled background that leave a border free', () => {
    for (const solid of solidPool(5, 14, 40)) {
      expect(solid.labels.every((l) => l === 0)).toBe(true)
      const alphas = Array.from({ length: 1600 }, (_, i) => solid.rgba[4 * i + 3])
      expect(alphas.filter((a) => a === 255).length).toBeGreaterThan(20)
      for (let k = 0; k < 40; k++) expect([alphas[k], alphas[1560 + k], alphas[40 * k], alphas[40 * k + 39]]).toEqual([0, 0, 0, 0])
    }
  })
})

describe('toRgb', () => {
  it('turns hue, saturation and value into sRGB', () => {
    expect(toRgb(0, 1, 1)).toEqual([255, 0, 0])
    expect(toRgb(1 / 3, 1, 1).map(Math.round)).toEqual([0, 255, 0])
    expect(toRgb(0.4, 0, 0.5)).toEqual([127.5, 127.5, 127.5])
    expect(toRgb(-2 / 3, 1, 1).map(Math.round)).toEqual([0, 255, 0])
  })
})
