import { describe, expect, it } from 'vitest'
import { regions } from '../../../main/core/image/components.ts'
import { contours, ringArea, simplifyRing, type Ring } from '../../../main/core/image/contours.ts'
import { random } from '../../../main/core/random.ts'

/** Rings of the drawn '#' pixels, region by region. */
function ringsOf(...rows: string[]): Ring[][] {
  const [width, height] = [rows[0].length, rows.length]
  const data = Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0))
  const map = regions({ width, height, data })
  return [...contours(map, (region) => data[map.data.indexOf(region)] === 1).values()]
}

describe('contours', () => {
  it('goes around one pixel', () => {
    expect(ringsOf('...', '.#.', '...')).toEqual([[[[2, 1], [2, 2], [1, 2], [1, 1]]]])
  })

  it('holds turns alone', () => {
    expect(ringsOf('###.', '#...', '#...')).toEqual([[[[3, 0], [3, 1], [1, 1], [1, 3], [0, 3], [0, 0]]]])
  })

  it('finds a hole, the other way round', () => {
    const [[outer, hole]] = ringsOf('####', '#..#', '####')
    expect(outer).toEqual([[4, 0], [4, 3], [0, 3], [0, 0]])
    expect(ringArea(outer)).toBe(12)
    expect(hole).toHaveLength(4)
    expect(new Set(hole.map(String))).toEqual(new Set(['1,1', '3,1', '3,2', '1,2']))
    expect(ringArea(hole)).toBe(-2)
  })

  it('keeps pixels apart that touch at a corner', () => {
    expect(ringsOf('#.', '.#').map((rings) => rings.map(ringArea))).toEqual([[1], [1]])
  })

  it('takes holes that touch at a corner for one', () => {
    expect(ringsOf('#####', '#.###', '##.##', '#####').map((rings) => rings.map(ringArea))).toEqual([[20, -2]])
  })

  it('encloses each region to the pixel', () => {
    const { uniform } = random('contours')
    const [width, height] = [40, 30]
    const labels = { width, height, data: Uint8Array.from({ length: width * height }, () => Math.floor(uniform() * 3)) }
    const map = regions(labels)
    const found = contours(map, () => true)
    expect(found.size).toBe(map.count)
    for (const [region, rings] of found)
      expect(rings.reduce((sum, ring) => sum + ringArea(ring), 0)).toBe(map.data.reduce((n, r) => n + (r === region ? 1 : 0), 0))
  })
})

describe('simplified rings', () => {
  const stairs: Ring = [[4, 0], [4, 1], [3, 1], [3, 2], [2, 2], [2, 3], [1, 3], [1, 4], [0, 4], [0, 0]]

  it('make a slope of stairs', () => {
    expect(new Set(simplifyRing(stairs, 1).map(String))).toEqual(new Set(['4,0', '0,4', '0,0']))
    expect(simplifyRing(stairs, 0)).toBe(stairs)
  })

  it('never collapse', () => {
    const strip: Ring = [[5, 0], [5, 1], [0, 1], [0, 0]]
    expect(simplifyRing(strip, 3)).toBe(strip)
  })
})
