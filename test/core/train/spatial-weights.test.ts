import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labelDistance } from '../../../main/core/image/distance-transform.ts'
import type { LabelMap } from '../../../main/core/image/types.ts'
import { labelEdges, photoWeights, renderWeights } from '../../../main/core/train/spatial-weights.ts'
import { goldenArray, goldenFolder, hasGolden } from '../../helpers/golden.ts'
import { readPng } from '../../helpers/png.ts'

const halves = (left: number, right: number): LabelMap =>
  ({ width: 12, height: 5, data: Uint8Array.from({ length: 60 }, (_, i) => (i % 12 < 6 ? left : right)) })

describe('renderWeights', () => {
  it('lifts a band along an edge', () => {
    const { data } = renderWeights(halves(0, 1), { k: 4, width: 3 })
    expect([...data.subarray(24, 36)]).toEqual([1, 1, 1, 1, 5, 5, 5, 1, 1, 1, 1, 1])
    const wide = renderWeights(halves(7, 200), { k: 1, width: 5, shape: 'rect' }).data
    expect([...wide.subarray(24, 36)]).toEqual([1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1])
  })

  it('is 1 everywhere without edges or without emphasis', () => {
    expect(new Set(renderWeights(halves(3, 3), { k: 4, width: 5 }).data)).toEqual(new Set([1]))
    expect(new Set(renderWeights(halves(0, 3), { k: 0, width: 5 }).data)).toEqual(new Set([1]))
  })
})

describe('photoWeights', () => {
  it('grows from the border of a region to its centre', () => {
    const { data } = photoWeights(halves(1, 0), { s: 8 })
    const w = (d: number) => 2 / (1 + Math.exp(-d / 8)) - 1
    for (const [x, d] of [6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6].entries()) expect(data[24 + x]).toBeCloseTo(w(d), 6)
    expect(data[5]).toBeCloseTo(0.06241874674751258, 6)
  })

  it('is 0 without a label, 1 in a region that fills the picture, 1 on every label where distance does not matter', () => {
    const { data } = photoWeights(halves(255, 2), { s: 4 })
    expect(data[0]).toBe(0)
    expect(data[6]).toBeCloseTo(Math.tanh(1 / 8), 6)
    expect(new Set(photoWeights(halves(1, 1), { s: 4 }).data)).toEqual(new Set([1]))
    expect([...photoWeights(halves(255, 2), { s: 0 }).data.subarray(0, 12)]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    expect(() => photoWeights(halves(1, 1), { s: -1 })).toThrow(RangeError)
  })
})

describe.skipIf(!hasGolden('4_spatial_weights'))('beside OpenCV and SciPy', () => {
  const png = async (name: string) => await readPng(resolve(goldenFolder, '4_spatial_weights', name)) as LabelMap

  it('renders: edges per class and both kernels, exactly', async () => {
    const labels = await png('render_labels.png')
    expect(Buffer.from(labelEdges(labels).data).equals((await png('render_edges_per_class.png')).data)).toBe(true)
    for (const shape of ['ellipse', 'rect'] as const) {
      const { data } = renderWeights(labels, { k: 4, width: 5, shape })
      expect(data).toEqual(goldenArray(`4_spatial_weights/render_weight_per_class_${shape}5.bin`).data)
    }
  })

  it('photos: distance and weight', async () => {
    const labels = await png('target_labels.png')
    const distance = goldenArray('4_spatial_weights/target_distance.bin').data
    const weight = goldenArray('4_spatial_weights/target_weight.bin').data
    const own = { distance: labelDistance(labels).data, weight: photoWeights(labels, { s: 8 }).data }
    for (let i = 0; i < weight.length; i++) {
      if (labels.data[i] !== 255) expect(Math.abs(own.distance[i] - distance[i])).toBeLessThan(1e-4)
      expect(Math.abs(own.weight[i] - weight[i])).toBeLessThan(1e-5)
    }
  })
})
