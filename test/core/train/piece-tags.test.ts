import { describe, expect, it } from 'vitest'
import { nameWholePieces } from '../../../main/core/train/piece-tags.ts'
import { argmax } from '../../../main/core/train/pseudo-label.ts'

/** A row of pixels, each with its probabilities. */
const row = (...pixels: number[][]) => ({ width: pixels.length, height: 1, channels: pixels[0].length, data: Float32Array.from(pixels.flat()) })
const none = [0.98, 0.01, 0.01]
const labels = (map: ReturnType<typeof row>, tags: number[], ratio: number) => [...argmax(nameWholePieces(map, tags, ratio))]

describe('naming whole pieces by the tags', () => {
  it('gives a piece one name, whatever its pixels say', () => {
    expect(labels(row(none, [0.1, 0.9, 0], [0.1, 0.2, 0.7], [0.1, 0.9, 0], none), [1, 2], 0)).toEqual([0, 1, 1, 1, 0])
  })

  it('leaves pieces that touch to their pixels', () => {
    expect(labels(row(none, [0.1, 0.9, 0], [0.1, 0.9, 0], [0.1, 0, 0.9], [0.1, 0, 0.9]), [1, 2], 0)).toEqual([0, 1, 1, 2, 2])
  })

  it('lifts the piece of a tag that the network takes for something else', () => {
    expect(labels(row(none, [0.1, 0.1, 0.8], [0.1, 0.1, 0.8], none), [1], 0.7)).toEqual([0, 1, 1, 0])
  })

  it('leaves out what looks like no tag beside what does, the surer the less it looks like one', () => {
    const map = row([0.1, 0.9, 0], none, [0.1, 0.05, 0.85], none, [0.2, 0.7, 0.1])
    expect(labels(map, [1], 0.7)).toEqual([1, 0, 0, 0, 1])
    expect(labels(map, [1], 0)).toEqual([1, 0, 1, 0, 1])
    const sure = (of: number) => nameWholePieces(row([0, 1, 0], none, [0, of, 1 - of]), [1], 0.7).data[6]
    expect([sure(0), sure(0.35), sure(0.69)].map((p) => +p.toFixed(2))).toEqual([1, 0.75, 0.51])
  })

  it('sums to 1 with all mass on the background and the tags, and changes nothing given', () => {
    const map = row([0.3, 0.3, 0.2, 0.2], [0.1, 0.2, 0.3, 0.4], [0.9, 0.1, 0, 0])
    const before = map.data.slice()
    const { data } = nameWholePieces(map, [1, 3], 0.5)
    for (let at = 0; at < data.length; at += 4) {
      expect(data[at] + data[at + 1] + data[at + 3]).toBeCloseTo(1, 5)
      expect(data[at + 2]).toBe(0)
    }
    expect(map.data).toEqual(before)
  })

  it('keeps everything where the network sees no tag at all', () => {
    expect(labels(row([0.1, 0, 0.9], none.map((_, i) => (i ? 0 : 1)), [0.1, 0, 0.9]), [1], 1)).toEqual([1, 0, 1])
  })

  it('is not excused by a tag that is nowhere', () => {
    const wide = row([0.1, 0.9, 0, 0], [1, 0, 0, 0], [0.1, 0.05, 0, 0.85])
    expect(labels(wide, [1, 2], 0.7)).toEqual([1, 0, 0])
  })

  it('stands an uncertain network: no foreground leaves the background alone', () => {
    expect(labels(row([0.6, 0.4, 0], [0.6, 0.2, 0.2]), [1], 1)).toEqual([0, 0])
  })
})
