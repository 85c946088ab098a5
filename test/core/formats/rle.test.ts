import { describe, expect, it } from 'vitest'
import { countsOfString, maskOfCounts } from '../../../main/core/formats/rle.ts'

describe('run lengths of COCO', () => {
  it('reads the compressed form, by hand', () => {
    // One character a number below 16: '5' is 5.
    expect(countsOfString('522')).toEqual([5, 2, 2])
    // From the fourth on, each is the difference to the one two before: 0 + 2, 0 + 2, 0 + 2, 7 + 2.
    expect(countsOfString('5220007')).toEqual([5, 2, 2, 2, 2, 2, 9])
    // 100 = 4 + 3 x 32: low five bits first, with the mark that more follow: 48 + 32 + 4 = 'T', then 48 + 3 = '3'.
    expect(countsOfString('T3')).toEqual([100])
    // Differences below zero: 'O' = 48 + 31, all five bits set, bit 4 the sign: -1.
    expect(countsOfString('041O1O1O6')).toEqual([0, 4, 1, 3, 2, 2, 3, 1, 9])
  })
  it('refuses what is no run length', () => {
    expect(() => countsOfString('5 2')).toThrow(RangeError)
    expect(() => countsOfString('52T')).toThrow(RangeError)
  })
  it('goes down the columns, zeros first', () => {
    expect([...maskOfCounts([1, 2, 3], 3, 2)]).toEqual([0, 1, 0, 1, 0, 0])
    expect([...maskOfCounts([0, 6], 3, 2)]).toEqual([1, 1, 1, 1, 1, 1])
    expect([...maskOfCounts(countsOfString('5220007'), 6, 4)]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    ])
  })
  it('refuses lengths that do not fill the picture', () => {
    for (const counts of [[1, 2], [1, 2, 4], [-1, 7], [1.5, 4.5]]) expect(() => maskOfCounts(counts, 3, 2)).toThrow('expected run lengths that fill 3 x 2')
  })
})
