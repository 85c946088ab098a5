import { describe, expect, it } from 'vitest'
import { colourOf, outline } from '../../../main/core/image/overlay.ts'

describe('outline', () => {
  it('draws the border of a workpiece and leaves the photo inside and outside as it is', () => {
    // A square of 7 x 7 in a picture of 11 x 11: its border ring, one pixel wider to both sides.
    const size = { width: 11, height: 11 }
    const inside = (x: number, y: number) => x >= 2 && x <= 8 && y >= 2 && y <= 8
    const labels = { ...size, data: Uint8Array.from({ length: 121 }, (_, i) => Number(inside(i % 11, Math.floor(i / 11)))) }
    const { data } = outline({ ...size, data: new Uint8Array(363).fill(50) }, labels)
    const at = (x: number, y: number) => [...data.subarray(3 * (y * 11 + x), 3 * (y * 11 + x) + 3)]
    for (const x of [1, 2, 3, 7, 8, 9]) expect(at(x, 5)).toEqual([...colourOf(1)])
    for (const x of [0, 4, 5, 6, 10]) expect(at(x, 5)).toEqual([50, 50, 50])
    expect(() => outline({ ...size, data: new Uint8Array(363) }, { width: 1, height: 1, data: new Uint8Array(1) })).toThrow(RangeError)
  })
})
