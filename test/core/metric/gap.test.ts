import { describe, expect, it } from 'vitest'
import type { RgbImage } from '../../../main/core/image/types.ts'
import { energyDistance, quantile, transportDistance } from '../../../main/core/metric/distance.ts'
import { evenRange, gapsBetween, type Sight } from '../../../main/core/metric/gap.ts'
import { grainOf } from '../../../main/core/metric/grain.ts'
import { lookOf, patchDimensions, spanOf } from '../../../main/core/metric/look.ts'
import { random } from '../../../main/core/random.ts'

function draw(width: number, height: number, colour: (x: number, y: number) => readonly [number, number, number] | number): RgbImage {
  const data = new Uint8Array(3 * width * height)
  for (let i = 0; i < width * height; i++) {
    const value = colour(i % width, Math.floor(i / width))
    data.set(typeof value === 'number' ? [value, value, value].map(Math.round) : value, 3 * i)
  }
  return { width, height, data }
}
const regionOf = (width: number, height: number, inside: (x: number, y: number) => boolean) =>
  ({ width, height, data: Uint8Array.from({ length: width * height }, (_, i) => Number(inside(i % width, Math.floor(i / width)))) })

describe('distances', () => {
  it('of numbers are the area between their distributions', () => {
    expect(transportDistance([1, 2], [1, 2])).toBe(0)
    expect(transportDistance([0], [3])).toBe(3)
    expect(transportDistance([0, 1], [5])).toBeCloseTo(4.5, 12)
    expect(transportDistance([0, 4], [1, 3])).toBeCloseTo(1, 12)
    expect(() => transportDistance([], [1])).toThrow(RangeError)
  })
  it('of vectors are 0 where they are alike, 1 where each sample is one point', () => {
    const numbers = (...values: number[]) => Float32Array.from(values)
    expect(energyDistance(numbers(0, 2), numbers(0, 2), 1)).toBe(0)
    expect(energyDistance(numbers(0, 0, 0, 0), numbers(3, 4), 2)).toBe(1)
    // Between: (1 + 3 + 1 + 1) / 4 = 1.5; within each: (0 + 2 + 2 + 0) / 4 = 1; (3 - 2) / 3.
    expect(energyDistance(numbers(0, 2), numbers(1, 3), 1)).toBeCloseTo(1 / 3, 6)
    expect(() => energyDistance(numbers(1, 2, 3), numbers(1, 2), 2)).toThrow(RangeError)
  })
  it('quantiles lie between the values, and an even range has the same tenths', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([7], 0.9)).toBe(7)
    const even = Array.from({ length: 101 }, (_, i) => 2 + i / 100)
    expect(evenRange(even, 0, 10)[0]).toBeCloseTo(2, 9)
    expect(evenRange(even, 0, 10)[1]).toBeCloseTo(3, 9)
    expect(evenRange(even, 2.2, 2.5)).toEqual([2.2, 2.5])
  })
})

describe('the grain of a picture', () => {
  /** Integral of the normal distribution: Abramowitz and Stegun, 7.1.26. */
  function normal(z: number): number {
    const t = 1 / (1 + 0.3275911 * Math.abs(z) * Math.SQRT1_2)
    const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp((-z * z) / 2)
    return z > 0 ? 1 - tail / 2 : tail / 2
  }
  /** A slanting step of 100 grey levels behind a Gaussian. */
  const step = (sigma: number) => draw(120, 80, (x, y) => 80 + 100 * normal((x - 59.3 + 0.2 * y) / (sigma * Math.hypot(1, 0.2))))
  it('tells by how much edges are blurred', () => {
    expect(grainOf(step(1)).blur).toBeGreaterThan(0.9)
    expect(grainOf(step(1)).blur).toBeLessThan(1.2)
    expect(grainOf(step(3)).blur).toBeGreaterThan(2.7)
    expect(grainOf(step(3)).blur).toBeLessThan(3.3)
    expect(grainOf(draw(80, 60, () => 90)).blur).toBeNull()
  })
  it('tells the noise of luma, not the slope of the light', () => {
    expect(grainOf(draw(100, 80, (x) => x)).noise).toBe(0)
    const rng = random('noise')
    // Equal noise in all channels is that of luma; rounding adds 1/12.
    const noise = grainOf(draw(160, 120, (x) => 60 + x / 2 + 5 * rng.normal())).noise!
    expect(noise).toBeGreaterThan(4.7)
    expect(noise).toBeLessThan(5.3)
  })
  it('takes edges of the region alone, noise of the whole, and none where there is too little', () => {
    const picture = draw(160, 120, (x) => (x < 40 ? 40 : x < 100 ? 140 : 100))
    expect(grainOf(picture, regionOf(160, 120, (x) => x > 20 && x < 60)).blur).toBeLessThan(0.6)
    expect(grainOf(picture, regionOf(160, 120, (x) => x > 50 && x < 90)).blur).toBeNull()
    expect(grainOf(draw(6, 6, (x) => 40 * x))).toMatchObject({ noise: null, blur: null })
    expect(() => grainOf(picture, regionOf(80, 60, () => true))).toThrow(RangeError)
  })
})

describe('the look of a picture', () => {
  it('is the light and colour of its region', () => {
    const picture = draw(64, 48, (x) => (x < 32 ? 255 : [255, 0, 0]))
    const white = lookOf(picture, regionOf(64, 48, (x) => x < 32))!
    expect(white.lightness).toBeCloseTo(100, 2)
    expect(white.light).toBeCloseTo(1, 6)
    expect(Math.hypot(white.a, white.b)).toBeLessThan(0.1)
    expect(white.contrast).toBeLessThan(0.01)
    const whole = lookOf(picture)!
    // Red of sRGB is L 53.24, a 80.09, b 67.20.
    expect(whole.lightness).toBeCloseTo((100 + 53.24) / 2, 1)
    expect(whole.contrast).toBeCloseTo((100 - 53.24) / 2, 1)
    expect(whole.a).toBeCloseTo(80.09 / 2, 1)
    expect(whole.light).toBeCloseTo((1 + 1 / 3) / 2, 6)
    expect(lookOf(picture, regionOf(64, 48, () => false))).toBeNull()
  })
  it('takes patches of 16 pixels that lie in the region, with gradients by direction', () => {
    const look = lookOf(draw(32, 16, (x) => (x < 16 ? 128 : 2 * x + 96)), regionOf(32, 16, (x) => x >= 16))!
    expect(look.patches).toHaveLength(patchDimensions)
    const gradients = [...look.patches.subarray(6)]
    expect(gradients[0]).toBeGreaterThan(0)
    expect(gradients.slice(1)).toEqual([0, 0, 0, 0, 0])
    expect(lookOf(draw(64, 64, () => 9), undefined, 5)!.patches).toHaveLength(5 * patchDimensions)
  })
  it('spans what its largest piece spans', () => {
    expect(spanOf(regionOf(100, 50, (x, y) => (x >= 10 && x < 30 && y >= 5 && y < 30) || (x > 90 && y > 45)))).toBe(0.5)
    expect(spanOf(regionOf(100, 50, (x, y) => x < 40 && y === 3))).toBe(0.4)
    expect(spanOf(regionOf(10, 10, () => false))).toBe(0)
  })
})

describe('the gap', () => {
  const patch = (value: number) => new Float32Array(patchDimensions).fill(value)
  const sight = (lightness: number, span: number | null, blur: number | null = 1, noise = 2, p = 0): Sight => ({
    look: { lightness, contrast: 10, a: 0, b: 0, light: 0.2, patches: patch(p) }, grain: { blur, noise, noiseAt: 100 }, span, behind: patch(0),
  })
  it('is none between equals', () => {
    const same = [sight(50, 0.4), sight(60, 0.5)]
    expect(gapsBetween(same, same).map(({ name, gap }) => [name, gap])).toEqual([
      ['size', 0], ['brightness', 0], ['contrast', 0], ['colour', 0], ['sharpness', 0], ['noise', 0], ['background', 0], ['features', 0],
    ])
  })
  it('counts light by its difference, size, blur and noise by their ratio, and no more than 1', () => {
    const found = Object.fromEntries(gapsBetween([sight(40, 0.8, 2, 16, 1)], [sight(50, 0.4, 1, 2)]).map((gap) => [gap.name, gap]))
    expect(found.brightness).toMatchObject({ photos: 50, renders: 40, gap: 0.2 })
    expect(found.size.gap).toBeCloseTo(0.5, 9)
    expect(found.sharpness.gap).toBeCloseTo(0.5, 9)
    expect(found.noise.gap).toBeCloseTo(1, 9)
    expect(found.features).toMatchObject({ gap: 1, photos: null, renders: null })
    expect(gapsBetween([sight(0, null)], [sight(100, null)])[0]).toMatchObject({ name: 'brightness', gap: 1 })
  })
  it('leaves out what one side does not tell', () => {
    expect(gapsBetween([sight(50, 0.4)], [sight(50, null, null)]).map(({ name }) => name)).toEqual(['brightness', 'contrast', 'colour', 'noise', 'background', 'features'])
    expect(gapsBetween([], [sight(50, 0.4)])).toEqual([])
  })
})
