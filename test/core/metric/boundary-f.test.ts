import { describe, expect, it } from 'vitest'
import type { LabelMap } from '../../../main/core/image/types.ts'
import { boundaryCounts, boundaryF, boundaryScores, meanBoundaryF, sumBoundary } from '../../../main/core/metric/boundary-f.ts'

/** A square of class 1 with its upper left corner at (x, y). */
function square(x: number, y: number, side = 6): LabelMap {
  const data = Uint8Array.from({ length: 400 }, (_, i) =>
    (i % 20 >= x && i % 20 < x + side && i >= 20 * y && i < 20 * (y + side) ? 1 : 0))
  return { width: 20, height: 20, data }
}

describe('boundary F-score', () => {
  it('is 1 for a square moved by the tolerance and 0 far away', () => {
    expect(boundaryScores(boundaryCounts(square(5, 5), square(5, 5), 2))).toEqual([1, 1])
    expect(boundaryScores(boundaryCounts(square(5, 5), square(7, 5), 2))[1]).toBe(1)
    expect(boundaryScores(boundaryCounts(square(0, 0), square(13, 13), 2))[1]).toBe(0)
  })

  it('falls with the boundary that is missed', () => {
    const counts = boundaryCounts(square(5, 5), square(8, 5), 2)
    expect(counts.actual[1]).toBe(20)
    expect(counts.actualHits[1]).toBe(14)
    expect(counts.predictedHits[1]).toBe(14)
    expect(boundaryScores(counts)[1]).toBeCloseTo(0.7)
  })

  it('is null for a class that is nowhere and 0 for one that is only predicted', () => {
    const empty = { width: 20, height: 20, data: new Uint8Array(400) }
    expect(boundaryScores(boundaryCounts(empty, empty, 2))).toEqual([null, null])
    expect(boundaryScores(boundaryCounts(empty, square(5, 5), 2))[1]).toBe(0)
    expect(meanBoundaryF(boundaryCounts(empty, empty, 2))).toBeNull()
  })

  it('leaves out what truth ignores', () => {
    const truth = square(5, 5)
    truth.data.fill(255, 200)
    const prediction = square(5, 5)
    prediction.data.fill(1, 220)
    expect(boundaryScores(boundaryCounts(truth, prediction, 2))[1]).toBe(1)
  })

  it('is the mean over the workpieces of an image, 255 left out', () => {
    const truth = square(1, 1), prediction = square(1, 1)
    for (let y = 12; y < 18; y++) {
      truth.data.fill(4, 20 * y + 12, 20 * y + 18)
      prediction.data.fill(5, 20 * y + 12, 20 * y + 18)
    }
    expect(boundaryF(truth, prediction)).toBeCloseTo(1 / 3)
    truth.data.fill(255, 200)
    expect(boundaryF(truth, prediction)).toBe(1)
    expect(boundaryF({ ...truth, data: new Uint8Array(400) }, { ...truth, data: new Uint8Array(400) })).toBeNull()
  })

  it('adds images up', () => {
    const good = boundaryCounts(square(5, 5), square(5, 5), 2), bad = boundaryCounts(square(1, 1), square(13, 13), 2)
    expect(meanBoundaryF(sumBoundary([good, bad], 2))).toBe(0.5)
  })

  it('refuses sizes that differ', () => {
    expect(() => boundaryCounts(square(1, 1), { width: 1, height: 1, data: new Uint8Array(1) }, 2)).toThrow(RangeError)
  })
})
