import { describe, expect, it } from 'vitest'
import type { FloatMap, SegmentMap } from '../../../main/core/image/types.ts'
import { camThreshold, initialMask, positiveSegments } from '../../../main/core/train/initial-mask.ts'
import { provenance } from '../../../main/core/train/provenance.ts'
import { goldenArray, goldenJson, hasGolden } from '../../helpers/golden.ts'

/** Ten columns, two rows; superpixels are pairs of columns. */
const segments: SegmentMap = { width: 10, height: 2, count: 5, data: Int32Array.from({ length: 20 }, (_, i) => Math.floor((i % 10) / 2)) }
const map = (...columns: number[]): FloatMap => ({ width: 10, height: 2, data: Float32Array.from({ length: 20 }, (_, i) => columns[i % 10]) })
const options = { share: 0.1, positive: 'whole', background: 0.2 } as const
const top = ({ data }: { data: Uint8Array }) => [...data.subarray(0, 10)]

describe('camThreshold', () => {
  it('falls by a hundredth until more than the share is active', () => {
    expect(camThreshold(Float32Array.of(1, 0.985, 0.5, 0), 0.25)).toEqual({ threshold: 0.99 * 0.99, steps: 2 })
    expect(camThreshold(Float32Array.of(1, 0.985, 0.5, 0), 0.2)).toEqual({ threshold: 1, steps: 0 })
  })

  it('finds none in a map of zeros or when all pixels are not enough', () => {
    expect(camThreshold(new Float32Array(9), 0.02)).toBeNull()
    expect(camThreshold(Float32Array.of(1, 1), 1)).toBeNull()
  })
})

describe('positiveSegments', () => {
  it('wants all pixels of a superpixel, or more than half', () => {
    const cam = map(0, 0, 1, 1, 1, 0.3, 0, 0, 0, 0)
    expect(positiveSegments(cam, segments, options).ids).toEqual([1])
    const broad = map(0, 0, 1, 1, 0.9, 0.88, 0, 0, 0, 0)
    expect(positiveSegments(broad, segments, { share: 0.25, positive: 'majority' }).ids).toEqual([1])
    expect(positiveSegments(broad, segments, { share: 0.35, positive: 'majority' }).ids).toEqual([1, 2])
  })

  it('falls back on the superpixels with the highest mean, at least one, up to the share', () => {
    const cam = map(0, 1, 0, 0.9, 0, 0.95, 0, 0.5, 0, 0)
    const narrow = positiveSegments(cam, segments, { share: 0.05, positive: 'whole' })
    expect(narrow).toMatchObject({ ids: [0], fallback: true })
    expect(positiveSegments(cam, segments, { share: 0.1, positive: 'whole' }).ids).toEqual([0])
    const wide = positiveSegments(map(0, 1, 0, 0.9, 0, 0.95, 0, 0, 0, 0), segments, { share: 0.25, positive: 'majority' })
    expect(wide).toMatchObject({ ids: [0], fallback: true })
  })

  it('refuses maps of another size', () => {
    expect(() => positiveSegments({ width: 1, height: 1, data: new Float32Array(1) }, segments, options))
      .toThrow('expected a score map of 10 x 2, got 1 x 1')
  })
})

describe('initialMask', () => {
  it('leaves the band between workpiece and background open', () => {
    const mask = initialMask([{ classIndex: 3, map: map(1, 1, 0.5, 0.5, 0.1, 0.1, 0.1, 0.5, 0, 0) }], segments, options)
    expect(top(mask.labels)).toEqual([3, 3, 255, 255, 0, 0, 255, 255, 0, 0])
    const { cam, open, background } = provenance
    expect([...mask.provenance.subarray(0, 10)]).toEqual([cam, cam, open, open, background, background, open, open, background, background])
  })

  it('says which pixels their superpixel took along', () => {
    const cam = map(1, 1, 1, 1, 0, 0, 0, 0, 0, 0)
    cam.data[13] = 0.2
    const mask = initialMask([{ classIndex: 1, map: cam }], segments, { ...options, positive: 'majority' })
    expect(top(mask.labels)).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    expect(mask.provenance[13]).toBe(provenance.superpixel)
    expect(mask.provenance[3]).toBe(provenance.cam)
    const alone = initialMask([{ classIndex: 1, map: map(0, 1, 0, 0, 0, 0, 0, 0, 0, 0) }], segments, { ...options, share: 0.05 })
    expect([...alone.provenance.subarray(0, 2)]).toEqual([provenance.fallback, provenance.fallback])
  })

  it('gives a superpixel wanted twice to the more active tag', () => {
    const first = { classIndex: 1, map: map(1, 1, 0.9, 0.9, 0, 0, 0, 0, 0, 0) }
    const second = { classIndex: 2, map: map(0, 0, 1, 1, 0, 0, 0.99, 0.99, 0, 0) }
    for (const tags of [[first, second], [second, first]])
      expect(top(initialMask(tags, segments, { ...options, share: 0.25 }).labels)).toEqual([1, 1, 2, 2, 0, 0, 2, 2, 0, 0])
  })

  it('makes a photo without tags, or without activation, background', () => {
    expect(new Set(initialMask([], segments, options).labels.data)).toEqual(new Set([0]))
    const silent = initialMask([{ classIndex: 1, map: map(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }], segments, { ...options, background: 0 })
    expect(new Set(silent.labels.data)).toEqual(new Set([0]))
    expect(new Set(silent.provenance)).toEqual(new Set([provenance.background]))
  })

  it('refuses classes that are none', () => {
    expect(() => initialMask([{ classIndex: 255, map: map() }], segments, options)).toThrow('expected a class of 1 to 254, got 255')
  })
})

interface Case {
  readonly name: string; readonly cam: string; readonly superpixels: string; readonly share: number
  readonly steps: number; readonly t: number; readonly inside_pixels: number; readonly positive_superpixels: number[]
}
const present = hasGolden('8_thresholds')
const cases = present ? goldenJson<{ cases: Case[] }>('8_thresholds/cam_expected.json').cases : []

describe.skipIf(!present)('beside the plain loop', () => {
  it.each(cases)('$name', ({ name, cam, superpixels, share, steps, t, inside_pixels, positive_superpixels }) => {
    const { shape: [height, width], data } = goldenArray(`8_thresholds/${cam}`)
    const labels = goldenArray<Int32Array>(`8_thresholds/${superpixels}`).data
    const found = camThreshold(data, share)!
    expect(found.steps).toBe(steps)
    expect(Math.abs(found.threshold - t)).toBeLessThan(1e-12)
    const inside = data.map((v) => (v >= found.threshold ? 1 : 0))
    expect(inside.reduce((a, b) => a + b)).toBe(inside_pixels)
    expect([...inside]).toEqual([...goldenArray<Uint8Array>(`8_thresholds/cam_${name}_inside.bin`).data])
    const map = { width, height, data: labels, count: labels.reduce((a, b) => Math.max(a, b), 0) + 1 }
    const result = positiveSegments({ width, height, data }, map, { share, positive: 'whole' })
    expect(result.fallback ? [] : result.ids).toEqual(positive_superpixels)
  })
})
