import { describe, expect, it } from 'vitest'
import { NONE, type Labels } from '../../../renderer/draw/labels.ts'
import { closeStroke, openStroke, paintLine, paintSegment, redoStroke, undoStroke } from '../../../renderer/draw/strokes.ts'

const empty = (width: number, height: number): Labels => ({ width, height, data: new Uint8Array(width * height).fill(NONE) })
const picture = ({ width, data }: Labels) => Array.from({ length: data.length / width }, (_, y) =>
  [...data.subarray(y * width, (y + 1) * width)].map((v) => (v === NONE ? '.' : String(v))).join(''))

describe('strokes', () => {
  it('a dot of radius 1.5 is a plus of pixels whose centres are inside', () => {
    const hints = empty(5, 5)
    const stroke = openStroke(3)
    paintLine(hints, stroke, [2.5, 2.5], [2.5, 2.5], 1.2)
    expect(picture(hints)).toEqual(['.....', '..3..', '.333.', '..3..', '.....'])
  })
  it('a line leaves no gaps and stays in the photo', () => {
    const hints = empty(8, 3)
    paintLine(hints, openStroke(1), [-3, 1.5], [12, 1.5], 0.6)
    expect(picture(hints)).toEqual(['........', '11111111', '........'])
  })
  it('undo brings back what was there, redo paints it again', () => {
    const hints = empty(4, 1)
    const first = openStroke(1)
    paintLine(hints, first, [0.5, 0.5], [3.5, 0.5], 0.6)
    const one = closeStroke(first)
    const second = openStroke(2)
    paintLine(hints, second, [1.5, 0.5], [2.5, 0.5], 0.6)
    const two = closeStroke(second)
    expect(picture(hints)).toEqual(['1221'])
    if (!one || !two) throw new Error('expected two strokes')
    undoStroke(hints, two)
    expect(picture(hints)).toEqual(['1111'])
    undoStroke(hints, one)
    expect(picture(hints)).toEqual(['....'])
    redoStroke(hints, one)
    redoStroke(hints, two)
    expect(picture(hints)).toEqual(['1221'])
  })
  it('crossing its own line, a stroke remembers what was there before it', () => {
    const hints = empty(3, 1)
    hints.data.set([7, 7, 7])
    const stroke = openStroke(NONE)
    paintLine(hints, stroke, [0.5, 0.5], [2.5, 0.5], 0.6)
    paintLine(hints, stroke, [2.5, 0.5], [0.5, 0.5], 0.6)
    const done = closeStroke(stroke)
    expect([...done?.before ?? []]).toEqual([7, 7, 7])
  })
  it('a stroke that changes nothing is none', () => {
    const hints = empty(3, 1)
    const stroke = openStroke(NONE)
    paintLine(hints, stroke, [0, 0], [3, 0], 2)
    expect(closeStroke(stroke)).toBeUndefined()
  })
  it('fills one superpixel', () => {
    const hints = empty(3, 2)
    const stroke = openStroke(4)
    paintSegment(hints, stroke, Int32Array.from([9, 9, 1, 9, 1, 1]), 1)
    expect(picture(hints)).toEqual(['..4', '.44'])
    expect(closeStroke(stroke)?.pixels).toEqual(Int32Array.from([2, 4, 5]))
  })
})
