import { describe, expect, it } from 'vitest'
import { countsOf, diffOf, outlinesOf, runsOf, type Labels } from '../../../renderer/draw/labels.ts'

const labels = (width: number, ...data: number[]): Labels => ({ width, height: data.length / width, data: Uint8Array.from(data) })

describe('what changed between two masks', () => {
  it('tells gained, lost and flipped apart and leaves the rest', () => {
    const before = labels(4, 0, 255, 1, 1, 2, 0, 255, 3)
    const after = labels(4, 1, 2, 0, 255, 1, 0, 0, 3)
    expect([...diffOf(before, after).data]).toEqual([1, 1, 2, 2, 3, 0, 0, 0])
  })
  it('refuses masks of two sizes', () => {
    expect(() => diffOf(labels(2, 0, 0), labels(1, 0))).toThrow(RangeError)
  })
  it('counts pixels by value', () => {
    const counts = countsOf(labels(3, 0, 7, 7, 255, 7, 0))
    expect([counts[0], counts[7], counts[255], counts[1]]).toEqual([2, 3, 1, 0])
  })
})

describe('run lengths', () => {
  it('joins equal neighbours', () => {
    const data = Uint8Array.from([255, 255, 255, 2, 2, 0, 255])
    expect(runsOf(data)).toEqual([255, 3, 2, 2, 0, 1, 255, 1])
  })
  it('of nothing is nothing', () => {
    expect(runsOf(new Uint8Array())).toEqual([])
  })
})

describe('outlines', () => {
  it('of one pixel are its four edges', () => {
    const segments = outlinesOf(labels(3, 0, 0, 0, 0, 5, 0, 0, 0, 0)).get(5) ?? []
    expect(segments).toHaveLength(16)
    const lines = Array.from({ length: 4 }, (_, i) => segments.slice(i * 4, i * 4 + 4).join(' '))
    expect(lines.sort()).toEqual(['1 1 1 2', '1 1 2 1', '1 2 2 2', '2 1 2 2'])
  })
  it('of a full photo are joined to its four sides', () => {
    const segments = outlinesOf(labels(3, 1, 1, 1, 1, 1, 1)).get(1) ?? []
    const lines = Array.from({ length: segments.length / 4 }, (_, i) => segments.slice(i * 4, i * 4 + 4).join(' '))
    expect(lines.sort()).toEqual(['0 0 0 2', '0 0 3 0', '0 2 3 2', '3 0 3 2'])
  })
  it('of two neighbours are drawn for both, and none for background and ignore', () => {
    const lines = outlinesOf(labels(4, 0, 1, 2, 255))
    expect([...lines.keys()].sort()).toEqual([1, 2])
    expect(lines.get(1)).toHaveLength(16)
    expect(lines.get(2)).toHaveLength(16)
  })
})
