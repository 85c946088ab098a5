import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regions } from '../../../main/core/image/components.ts'
import { rgbToLab } from '../../../main/core/image/lab.ts'
import { slic } from '../../../main/core/image/slic.ts'
import type { LabelMap, RgbImage, SegmentMap } from '../../../main/core/image/types.ts'
import { random } from '../../../main/core/random.ts'
import { superpixelQuality } from '../../../main/core/metric/superpixel-quality.ts'
import { goldenFolder, goldenJson, hasGolden } from '../../helpers/golden.ts'
import { readPng } from '../../helpers/png.ts'

/** A red disc on a grey ground with a little noise, and its mask. */
function disc(size: number): { image: RgbImage; truth: LabelMap } {
  const noise = random('disc')
  const data = new Uint8Array(size * size * 3)
  const truth = new Uint8Array(size * size)
  for (let i = 0; i < truth.length; i++) {
    const inside = Math.hypot((i % size) - size / 2, Math.floor(i / size) - size / 2) < size / 4
    truth[i] = inside ? 1 : 0
    const colour = inside ? [180, 40, 40] : [120, 120, 120]
    for (let c = 0; c < 3; c++) data[3 * i + c] = colour[c] + noise.between(-8, 8)
  }
  return { image: { width: size, height: size, data }, truth: { width: size, height: size, data: truth } }
}

describe('slic', () => {
  it('keeps to the border of a drawn disc with connected superpixels', () => {
    const { image, truth } = disc(96)
    const map = slic(rgbToLab(image), { segments: 64, compactness: 10 })
    expect(map.count).toBeGreaterThanOrEqual(54)
    expect(map.count).toBeLessThanOrEqual(74)
    expect(regions(map).count).toBe(map.count)
    const quality = superpixelQuality(map, truth)
    expect(quality.boundaryRecall).toBeGreaterThan(0.99)
    expect(quality.achievableAccuracy).toBeGreaterThan(0.99)
  })

  it('numbers superpixels 0 .. count - 1 without gaps', () => {
    const map = slic(rgbToLab(disc(64).image), { segments: 30, compactness: 10, sigma: 1 })
    expect(new Set(map.data).size).toBe(map.count)
    expect(Math.min(...map.data)).toBe(0)
    expect(Math.max(...map.data)).toBe(map.count - 1)
  })

  it('cuts a plain picture into a grid', () => {
    const image = { width: 40, height: 20, data: new Uint8Array(2400).fill(90) }
    const map = slic(rgbToLab(image), { segments: 8, compactness: 10 })
    expect(map.count).toBe(8)
    const areas = new Int32Array(8)
    for (const s of map.data) areas[s]++
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(80)
  })

  it('keeps near the wanted number in pure noise', () => {
    const { below } = random('noise')
    const image = { width: 80, height: 60, data: Uint8Array.from({ length: 14400 }, () => below(256)) }
    const map = slic(rgbToLab(image), { segments: 100, compactness: 10 })
    expect(map.count).toBeGreaterThanOrEqual(85)
    expect(map.count).toBeLessThanOrEqual(115)
    expect(regions(map).count).toBe(map.count)
  })

  it('works at the extremes: one superpixel, one per pixel, one row, one pixel', () => {
    const lab = rgbToLab(disc(12).image)
    expect(slic(lab, { segments: 1, compactness: 10 }).count).toBe(1)
    expect(slic(lab, { segments: 144, compactness: 10 }).count).toBeGreaterThan(72)
    const row = rgbToLab({ width: 30, height: 1, data: new Uint8Array(90).fill(7) })
    expect(regions(slic(row, { segments: 3, compactness: 10 })).count).toBe(3)
    expect(slic({ width: 1, height: 1, data: new Float32Array(3) }, { segments: 1, compactness: 10 }).count).toBe(1)
  })

  it('refuses options out of range', () => {
    const lab = rgbToLab(disc(8).image)
    expect(() => slic(lab, { segments: 65, compactness: 10 })).toThrow('expected 1 to 64 segments, got 65')
    expect(() => slic(lab, { segments: 0, compactness: 10 })).toThrow(RangeError)
    expect(() => slic(lab, { segments: 4, compactness: 0 })).toThrow('expected a compactness over 0, got 0')
  })
})

interface Figures {
  readonly segments: number
  readonly boundary_recall_2px: number
  readonly undersegmentation_error_np: number
  readonly achievable_segmentation_accuracy: number
}
interface Runs {
  readonly photos: Record<string, { runs: { labels: string | null; parameters: { n_segments: number; compactness: number }; figures: Figures }[] }>
}

describe.skipIf(!hasGolden('1_slic'))('slic beside scikit-image', () => {
  it.each(['fasteners', 'tools', 'street'])('is at least as good on %s', async (photo) => {
    const image = await readPng(resolve(goldenFolder, '1_slic', `${photo}.png`)) as RgbImage
    const truth = await readPng(resolve(goldenFolder, '1_slic', `${photo}_gt.png`)) as LabelMap
    const { runs } = goldenJson<Runs>('1_slic/figures.json').photos[photo]
    for (const { labels, parameters, figures } of runs.filter((run) => run.labels !== null)) {
      const given = await readPng(resolve(goldenFolder, '1_slic', labels!))
      const reference: SegmentMap = { ...given, data: Int32Array.from(given.data), count: figures.segments }
      const measured = superpixelQuality(reference, truth)
      expect(Math.abs(measured.boundaryRecall! - figures.boundary_recall_2px)).toBeLessThan(1e-6)
      expect(Math.abs(measured.underSegmentationError - figures.undersegmentation_error_np)).toBeLessThan(1e-6)
      expect(Math.abs(measured.achievableAccuracy - figures.achievable_segmentation_accuracy)).toBeLessThan(1e-6)

      const own = slic(rgbToLab(image), { segments: parameters.n_segments, compactness: parameters.compactness })
      const quality = superpixelQuality(own, truth)
      expect(quality.boundaryRecall).toBeGreaterThanOrEqual(figures.boundary_recall_2px)
      expect(quality.underSegmentationError).toBeLessThanOrEqual(figures.undersegmentation_error_np)
      expect(quality.achievableAccuracy).toBeGreaterThanOrEqual(figures.achievable_segmentation_accuracy)
      expect(own.count).toBeGreaterThanOrEqual(0.85 * Math.min(figures.segments, parameters.n_segments))
      expect(own.count).toBeLessThanOrEqual(1.15 * Math.max(figures.segments, parameters.n_segments))
      expect(regions(own).count).toBe(own.count)
    }
  })
})
