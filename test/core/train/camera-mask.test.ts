import { describe, expect, it } from 'vitest'
import { IGNORE } from '../../../main/core/image/types.ts'
import { cameraMask, largestLook } from '../../../main/core/train/camera-mask.ts'
import { provenance } from '../../../main/core/train/provenance.ts'

const map = (rows: number[][]) => ({ width: rows[0].length, height: rows.length, data: Float32Array.from(rows.flat()) })
const tag = (classIndex: number, rows: number[][]) => ({ classIndex, map: map(rows) })

describe('the initial mask by the camera', () => {
  it('names what stands out by the only tag, leaves doubt open, and notes where labels come from', () => {
    const mask = cameraMask([tag(3, [[0, 0, 0, 0]])], map([[0.9, 0.5, 0.3, 0.1]]))!
    expect([...mask.labels.data]).toEqual([3, 3, IGNORE, 0])
    expect([...mask.provenance]).toEqual([provenance.camera, provenance.camera, provenance.open, provenance.background])
  })

  it('gives every tag the piece that speaks most for it before any gets a second', () => {
    const score = map([[1, 0, 1, 0, 1]])
    const mask = cameraMask([tag(1, [[0.9, 0, 0.8, 0, 0.7]]), tag(2, [[0.1, 0, 0.2, 0, 0.6]])], score)!
    expect([...mask.labels.data]).toEqual([1, 0, 1, 0, 2])
  })

  it('passes further pieces to the tag with the higher activation', () => {
    const score = map([[1, 0, 1, 0, 1]])
    const mask = cameraMask([tag(1, [[0.9, 0, 0.1, 0, 0.2]]), tag(2, [[0.1, 0, 0.8, 0, 0.3]])], score)!
    expect([...mask.labels.data]).toEqual([1, 0, 2, 0, 2])
  })

  it('goes by the look of workpieces alone on other photos, where every tag has such', () => {
    const lab = (...lightness: number[]) => ({ width: lightness.length, height: 1, data: Float32Array.from(lightness.flatMap((L) => [L, 0, 0])) })
    const dark = largestLook(lab(10, 50), map([[1, 0]]))!
    const bright = largestLook(lab(50, 50, 90), map([[0, 0, 1]]))!
    const tags = [tag(1, [[1, 0, 0.1, 0, 0.1]]), tag(2, [[0.1, 0, 1, 0, 1]])]
    const [score, photo] = [map([[1, 0, 1, 0, 1]]), lab(90, 50, 10, 50, 90)]
    expect([...cameraMask(tags, score, { photo, examples: [[dark], [bright]] })!.labels.data]).toEqual([2, 0, 1, 0, 2])
    expect([...cameraMask(tags, score, { photo, examples: [[dark], []] })!.labels.data]).toEqual([1, 0, 2, 0, 2])
  })

  it('takes the look of the largest piece, none where nothing stands out', () => {
    const photo = { width: 4, height: 1, data: new Float32Array(12) }
    expect(largestLook(photo, map([[1, 0, 1, 1]]))!.share).toBe(0.5)
    expect(largestLook(photo, map([[0, 0, 0, 0.4]]))).toBeNull()
  })

  it('takes specks for noise: open, never a workpiece', () => {
    const score = { width: 100, height: 100, data: new Float32Array(10_000) }
    for (const at of [0, 1, 5000, 5001, 5002]) score.data[at] = 1
    const mask = cameraMask([{ classIndex: 1, map: { width: 100, height: 100, data: new Float32Array(10_000) } }], score)!
    expect([0, 1, 5000, 5001, 5002].map((at) => mask.labels.data[at])).toEqual([IGNORE, IGNORE, 1, 1, 1])
  })

  it('has no mask where nothing stands out', () => {
    expect(cameraMask([tag(1, [[1, 1]])], map([[0.4, 0.1]]))).toBeNull()
  })
})
