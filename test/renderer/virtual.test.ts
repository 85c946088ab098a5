import { describe, expect, it } from 'vitest'
import { gridWindow, scrollTo, type GridShape } from '../../renderer/virtual.ts'

const shape: GridShape = { count: 10_000, width: 800, height: 600, scrollTop: 0, minCell: 148, ratio: 0.75, extra: 26, gap: 8 }

describe('the virtual grid', () => {
  it('fills the row with cells', () => {
    const view = gridWindow(shape)
    expect(view.columns).toBe(5)
    expect(view.cellWidth).toBeCloseTo(153.6)
    expect(view.rowHeight).toBe(Math.round(153.6 * 0.75 + 26) + 8)
  })
  it('draws a screen and two rows more of ten thousand', () => {
    const view = gridWindow(shape)
    expect([view.first, view.top]).toEqual([0, 0])
    expect(view.last).toBe((Math.ceil(600 / view.rowHeight) + 2) * 5)
    expect(view.height).toBe(2000 * view.rowHeight - 8)
  })
  it('in the middle draws two rows before and after', () => {
    const view = gridWindow({ ...shape, scrollTop: 149 * 100 })
    expect(view.rowHeight).toBe(149)
    expect([view.first, view.top]).toEqual([98 * 5, 98 * 149])
    expect(view.last).toBe((100 + Math.ceil(600 / 149) + 2) * 5)
  })
  it('ends with the last item', () => {
    const view = gridWindow({ ...shape, count: 9_998, scrollTop: 1e9 })
    expect(view.last).toBe(9_998)
    expect(view.first).toBeLessThan(9_998)
  })
  it('of nothing and in no room stays finite', () => {
    expect(gridWindow({ ...shape, count: 0 })).toMatchObject({ first: 0, last: 0, height: 0 })
    expect(gridWindow({ ...shape, width: 0, height: 0 }).columns).toBe(1)
  })
  it('scrolls just as far as an item needs', () => {
    expect(scrollTo(3, shape)).toBe(0)
    expect(scrollTo(5 * 10, shape)).toBe(10 * 149 + 141 - 600)
    expect(scrollTo(5 * 10, { ...shape, scrollTop: 5000 })).toBe(1490)
    expect(scrollTo(5 * 10, { ...shape, scrollTop: 1400 })).toBe(1400)
  })
})
