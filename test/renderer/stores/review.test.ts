// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { closeStroke, openStroke, paintLine } from '../../../renderer/draw/strokes.ts'
import { openProject, settle } from './setup.ts'

async function opened() {
  const all = await openProject()
  await all.review.enter()
  await settle(5)
  await all.review.openHints(20, 10)
  return all
}
function drawn(hints: { width: number; height: number; data: Uint8Array }, label: number, y: number) {
  const stroke = openStroke(label)
  paintLine(hints, stroke, [0.5, y], [9.5, y], 0.6)
  return closeStroke(stroke)
}
const painted = (hints?: { data: Uint8Array }) => hints?.data.filter((v) => v !== 255).length

describe('review', () => {
  it('opens the newest run at its last round, worst photo first', async () => {
    const { review } = await opened()
    expect([review.runId, review.round]).toEqual([2, 3])
    expect(review.rounds).toEqual([0, 1, 2, 3, 'crf'])
    expect(review.before).toBe(2)
    const scores = review.items.map((item) => item.miou).filter((score) => score !== null)
    expect(scores).toEqual([...scores].sort((a, b) => a - b))
  })
  it('keeps the photo in sight from round to round and order to order', async () => {
    const { review } = await opened()
    review.step(4)
    const name = review.item?.name
    review.stepRound(-1)
    await settle(5)
    expect([review.round, review.item?.name]).toEqual([2, name])
    review.sort = 'name'
    await settle(5)
    expect(review.item?.name).toBe(name)
    review.stepRound(99)
    expect(review.round).toBe(2)
    review.step(-Infinity)
    expect(review.index).toBe(0)
  })
  it('judges, goes on, and takes a verdict back when said twice or undone', async () => {
    const { review } = await opened()
    const first = review.item?.imageId
    await review.judge('accepted')
    expect(review.index).toBe(1)
    expect(review.items[0].verdict).toBe('accepted')
    await review.undo()
    expect(review.item?.imageId).toBe(first)
    expect(review.item?.verdict).toBe('open')
    await review.redo()
    expect(review.items[0].verdict).toBe('accepted')
    review.index = 0
    await review.judge('accepted')
    expect(review.items[0].verdict).toBe('open')
  })
  it('saves hints by stroke, with undo and redo', async () => {
    const { review, fake } = await opened()
    if (!review.hints) throw new Error('expected hints')
    await review.addStroke(drawn(review.hints, 2, 2.5))
    await review.addStroke(drawn(review.hints, 0, 5.5))
    expect(painted(review.hints)).toBe(20)
    expect(review.item?.hintPixels).toBe(20)
    expect(review.totals).toEqual({ photos: 1, pixels: 20 })
    await review.undo()
    expect(painted(review.hints)).toBe(10)
    expect(review.totals.pixels).toBe(10)
    await review.redo()
    expect(painted(review.hints)).toBe(20)
    const last = fake.asked.filter(({ name }) => name === 'review:paint').at(-1)?.input as { runs: number[] }
    expect(last.runs.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0)).toBe(200)
    expect(last.runs.slice(0, 6)).toEqual([255, 40, 2, 10, 255, 50])
  })
  it('undo goes back to the photo it was painted on', async () => {
    const { review } = await opened()
    const first = review.item?.imageId
    if (!review.hints) throw new Error('expected hints')
    await review.addStroke(drawn(review.hints, 2, 2.5))
    review.step(3)
    await review.openHints(20, 10)
    expect(painted(review.hints)).toBe(0)
    await review.undo()
    expect(review.item?.imageId).toBe(first)
    expect(review.item?.hintPixels).toBe(0)
  })
})
