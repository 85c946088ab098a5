import { describe, expect, test } from 'vitest'
import { identity, inverse, NCHW, OIHW, permutation, physicalShape, relayout, sameOrder } from '../../../main/core/engine/layout.ts'

describe('layouts', () => {
  test('a picture channels first', () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i)
    expect(physicalShape([1, 2, 2, 3], NCHW)).toEqual([1, 3, 2, 2])
    const lying = relayout(values, [1, 2, 2, 3], identity(4), NCHW)
    expect([...lying]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
    expect(relayout(lying, [1, 2, 2, 3], NCHW, identity(4))).toEqual(values)
  })

  test('a filter there and back', () => {
    const values = Int32Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i)
    const lying = relayout(values, [2, 3, 4, 5], identity(4), OIHW)
    expect(lying.slice(0, 3)).toEqual(Int32Array.of(0, 20, 40))
    expect(relayout(lying, [2, 3, 4, 5], OIHW, identity(4))).toEqual(values)
  })

  test('axes of size 1 do not count', () => {
    expect(sameOrder([2, 1, 1, 3], identity(4), NCHW)).toBe(true)
    expect(sameOrder([2, 2, 1, 3], identity(4), NCHW)).toBe(false)
    expect(relayout(Float32Array.of(1, 2), [1, 1, 1, 2], identity(4), NCHW)).toEqual(Float32Array.of(1, 2))
  })

  test('scalars, inverses and permutations', () => {
    expect(relayout(Float32Array.of(7), [], [], [])).toEqual(Float32Array.of(7))
    expect(inverse(NCHW)).toEqual([0, 2, 3, 1])
    expect(permutation(identity(4), NCHW)).toEqual([0, 3, 1, 2])
    expect(permutation(OIHW, identity(4))).toEqual([2, 3, 1, 0])
  })

  test('another number of values is refused', () => {
    expect(() => relayout(new Float32Array(3), [2, 2], identity(2), [1, 0])).toThrow(RangeError)
  })
})
