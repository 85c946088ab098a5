import { describe, expect, it } from 'vitest'
import { superpixelQuality } from '../../../main/core/metric/superpixel-quality.ts'

const truth = { width: 4, height: 2, data: Uint8Array.of(0, 0, 1, 1, 0, 0, 1, 1) }

describe('superpixelQuality', () => {
  it('is perfect where superpixels are the classes', () => {
    const map = { width: 4, height: 2, data: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1), count: 2 }
    expect(superpixelQuality(map, truth)).toEqual({ boundaryRecall: 1, underSegmentationError: 0, achievableAccuracy: 1 })
  })

  it('counts what leaks', () => {
    const map = { width: 4, height: 2, data: Int32Array.of(0, 0, 0, 1, 0, 0, 0, 1), count: 2 }
    expect(superpixelQuality(map, truth)).toEqual({ boundaryRecall: 1, underSegmentationError: 0.5, achievableAccuracy: 0.75 })
    const one = { width: 4, height: 2, data: new Int32Array(8), count: 1 }
    expect(superpixelQuality(one, truth)).toEqual({ boundaryRecall: 0, underSegmentationError: 1, achievableAccuracy: 0.5 })
  })

  it('leaves out pixels without truth', () => {
    const partly = { ...truth, data: Uint8Array.of(0, 0, 255, 255, 0, 0, 255, 255) }
    const one = { width: 4, height: 2, data: new Int32Array(8), count: 1 }
    expect(superpixelQuality(one, partly)).toEqual({ boundaryRecall: null, underSegmentationError: 0, achievableAccuracy: 1 })
    expect(() => superpixelQuality(one, { ...truth, data: new Uint8Array(8).fill(255) })).toThrow(RangeError)
  })
})
