import { describe, expect, it } from 'vitest'
import { emptySelection, keep, move, pick, pickAll } from '../../renderer/selection.ts'

const list = [11, 22, 33, 44, 55, 66]
const ids = (selection: { ids: ReadonlySet<number> }) => [...selection.ids].sort((a, b) => a - b)

describe('selecting', () => {
  it('a click takes one, a second click another', () => {
    const first = pick(emptySelection, list, 2)
    expect(ids(first)).toEqual([33])
    expect(ids(pick(first, list, 4))).toEqual([55])
  })
  it('shift takes the range from the anchor, both ways', () => {
    const first = pick(emptySelection, list, 2)
    const forth = pick(first, list, 4, { range: true })
    expect(ids(forth)).toEqual([33, 44, 55])
    expect(ids(pick(forth, list, 0, { range: true }))).toEqual([11, 22, 33])
  })
  it('ctrl adds and takes away, ctrl shift adds a range', () => {
    const two = pick(pick(emptySelection, list, 0), list, 5, { toggle: true })
    expect(ids(two)).toEqual([11, 66])
    expect(ids(pick(two, list, 0, { toggle: true }))).toEqual([66])
    expect(ids(pick(two, list, 3, { toggle: true, range: true }))).toEqual([11, 44, 55, 66])
  })
  it('arrows move, extend with shift, and stop at the ends', () => {
    const first = pick(emptySelection, list, 1)
    expect(ids(move(first, list, 1))).toEqual([33])
    expect(ids(move(move(first, list, 1, { range: true }), list, 1, { range: true }))).toEqual([22, 33, 44])
    expect(move(first, list, -3).focus).toBe(1)
    expect(move(first, list, 2, { toggle: true })).toMatchObject({ focus: 3, anchor: 1 })
  })
  it('all, and what is left after a filter', () => {
    expect(pickAll(list).ids.size).toBe(6)
    const kept = keep(pickAll(list), [22, 66])
    expect(ids(kept)).toEqual([22, 66])
    expect(kept.focus).toBe(1)
    expect(pick(emptySelection, list, 9)).toBe(emptySelection)
    expect(move(emptySelection, [], 1)).toBe(emptySelection)
  })
})
