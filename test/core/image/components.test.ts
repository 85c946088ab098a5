import { describe, expect, it } from 'vitest'
import { components, pieces, regions } from '../../../main/core/image/components.ts'

const mask = {
  width: 4, height: 3, data: Uint8Array.of(
    1, 0, 2, 2,
    0, 1, 0, 0,
    0, 0, 0, 1),
}

describe('components', () => {
  it('takes corners as neighbours or not', () => {
    const four = components(mask, 4)
    expect([...four.data]).toEqual([1, 0, 2, 2, 0, 3, 0, 0, 0, 0, 0, 4])
    expect([...four.areas]).toEqual([7, 1, 2, 1, 1])
    const eight = components(mask, 8)
    expect([...eight.data]).toEqual([1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 2])
    expect([...eight.areas]).toEqual([7, 4, 1])
    expect(eight.count).toBe(2)
  })

  it('finds nothing in nothing', () => {
    expect(components({ width: 2, height: 1, data: new Uint8Array(2) }).count).toBe(0)
  })

  it('refuses data of another length', () => {
    expect(() => components({ width: 2, height: 2, data: new Uint8Array(3) })).toThrow(RangeError)
  })
})

describe('regions', () => {
  it('splits equal labels that do not touch', () => {
    const map = regions({ width: 3, height: 2, data: Uint8Array.of(5, 0, 5, 5, 0, 0) })
    expect([...map.data]).toEqual([0, 1, 2, 0, 1, 1])
    expect(map.count).toBe(3)
  })
})

describe('pieces', () => {
  it('part what touches under another label, and pass 0 over', () => {
    const map = pieces({ width: 4, height: 2, data: Uint8Array.of(1, 1, 2, 0, 0, 1, 0, 2) })
    expect([...map.data]).toEqual([1, 1, 2, 0, 0, 1, 0, 3])
    expect([...map.areas]).toEqual([3, 3, 1, 1])
  })
})
