import { describe, expect, it } from 'vitest'
import { changeColours, changeStyle, maskStyle } from '../../../renderer/draw/overlay.ts'
import { contrast } from '../../../renderer/palette.ts'

describe('how changes are drawn', () => {
  it('gained is full, lost striped, flipped chequered', () => {
    const row = (label: number, y: number) => Array.from({ length: 8 }, (_, x) => (changeStyle.grain?.(label, x, y) === 255 ? '#' : '.')).join('')
    expect([row(1, 0), row(1, 3)]).toEqual(['########', '########'])
    expect([row(2, 0), row(2, 1), row(2, 4)]).toEqual(['####....', '###....#', '....####'])
    expect([row(3, 0), row(3, 4)]).toEqual(['####....', '....####'])
  })
  it('each has its colour, and a sign reads on it', () => {
    expect([1, 2, 3].map(changeStyle.colourOf)).toEqual([...changeColours])
    for (const colour of changeColours) expect(contrast(colour, '#10151b')).toBeGreaterThan(3)
  })
  it('masks have the colours of their workpieces', () => {
    expect(maskStyle.colourOf(3)).toBe('#009e73')
  })
})
