import { describe, expect, it } from 'vitest'
import { paintInstances } from '../../../main/core/formats/paint.ts'
import { fillPolygon } from '../../../main/core/formats/polygon.ts'

function filled(points: number[], width: number, height: number): string[] {
  const mask = new Uint8Array(width * height)
  fillPolygon(points, width, height, mask)
  return Array.from({ length: height }, (_, y) => [...mask.subarray(y * width, (y + 1) * width)].join(''))
}

describe('fillPolygon', () => {
  it('takes the pixels whose centres lie inside a box', () => {
    expect(filled([1, 1, 4, 1, 4, 3, 1, 3], 6, 4)).toEqual(['000000', '011100', '011100', '000000'])
    expect(filled([0.6, 0.6, 2.4, 0.6, 2.4, 2.4, 0.6, 2.4], 4, 4)).toEqual(['0000', '0100', '0000', '0000'])
  })
  it('gives what pycocotools 2.0 gives on slanted edges', () => {
    expect(filled([0, 0, 5, 0, 0, 5], 5, 5)).toEqual(['11110', '11100', '11000', '10000', '00000'])
    expect(filled([2, 1, 6, 3, 3, 6, 0.5, 3.5], 6, 6)).toEqual(['000000', '001000', '011110', '011110', '001100', '000000'])
  })
  it('does not ask which way the outline goes', () => {
    expect(filled([1, 3, 4, 3, 4, 1, 1, 1], 6, 4)).toEqual(filled([1, 1, 4, 1, 4, 3, 1, 3], 6, 4))
  })
  it('cuts at the border of the picture', () => {
    expect(filled([-3, -3, 2, -3, 2, 2, -3, 2], 4, 3)).toEqual(['1100', '1100', '0000'])
    expect(filled([2, 1, 9, 1, 9, 9, 2, 9], 4, 3)).toEqual(['0000', '0011', '0011'])
  })
})

describe('paintInstances', () => {
  it('lays the smaller on top, and ignore below everything', () => {
    const { data } = paintInstances(4, 1, [
      { label: 2, mask: Uint8Array.of(0, 1, 0, 0) }, { label: 1, mask: Uint8Array.of(1, 1, 0, 0) }, { label: 255, mask: Uint8Array.of(0, 1, 1, 0) },
    ])
    expect([...data]).toEqual([1, 2, 255, 0])
  })
})
