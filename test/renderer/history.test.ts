import { describe, expect, it } from 'vitest'
import { emptyHistory, push, redo, undo, type History } from '../../renderer/history.ts'

describe('undo and redo', () => {
  it('goes back and forth step by step', () => {
    const two: History<string> = push(push<string>(emptyHistory, 'a'), 'b')
    const back = undo(two)
    expect(back?.step).toBe('b')
    const further = undo(back?.history ?? emptyHistory)
    expect(further?.step).toBe('a')
    expect(undo(further?.history ?? emptyHistory)).toBeUndefined()
    const again = redo(further?.history ?? emptyHistory)
    expect(again?.step).toBe('a')
    expect(redo(again?.history ?? emptyHistory)?.step).toBe('b')
  })
  it('a new step forgets what was undone', () => {
    const history = push(undo(push<string>(emptyHistory, 'a'))?.history ?? emptyHistory, 'c')
    expect(redo(history)).toBeUndefined()
    expect(history.done).toEqual(['c'])
  })
  it('keeps the last two hundred steps', () => {
    let history: History<number> = emptyHistory
    for (let i = 0; i < 250; i++) history = push(history, i)
    expect(history.done).toHaveLength(200)
    expect(history.done[0]).toBe(50)
  })
})
