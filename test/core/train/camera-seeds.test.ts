import { describe, expect, it } from 'vitest'
import { random } from '../../../main/core/random.ts'
import type { RgbImage } from '../../../main/core/image/types.ts'
import { cameraSeed, frameDistance, nearFrames } from '../../../main/core/train/camera-seeds.ts'

const width = 160
const height = 120

/** Tiles of random grey, seen from a camera moved by some pixels, under some light, with a red square at (left, 40) where one is given. */
function draw({ moved = 0, light = 1, noise = 1, square }: { moved?: number; light?: number; noise?: number; square?: number }): RgbImage {
  const rng = random('noise', moved, light, noise, square ?? -1)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const tile = 70 + random('tile', Math.floor((x + moved) / 10), Math.floor((y + moved) / 10)).below(90)
      const on = square !== undefined && inSquare(x, y, square)
      for (let c = 0; c < 3; c++) data[3 * i + c] = Math.max(0, Math.min(255, light * (on ? (c === 0 ? 170 : 20) : tile) + noise * rng.normal()))
    }
  return { width, height, data }
}
const inSquare = (x: number, y: number, left: number) => x >= left && x < left + 20 && y >= 40 && y < 60

const frames = [10, 30, 50, 110, 130].map((square, i) => draw({ square, light: [1, 0.8, 1.1, 0.9, 1][i] }))

describe('what a fixed camera gives away', () => {
  it('finds what stands on the photo alone, whatever the light of the frames', () => {
    const { score, agreement } = cameraSeed(draw({ square: 80, light: 0.9 }), frames)
    let wrong = 0
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (score.data[y * width + x] >= 0.5 !== inSquare(x, y, 80)) wrong++
    expect(wrong).toBeLessThan(10)
    expect(agreement).toBeGreaterThan(0.8)
  })

  it('finds nothing on a photo of the same empty scene', () => {
    const { score } = cameraSeed(draw({ noise: 2 }), frames)
    expect(Math.max(...score.data)).toBeLessThan(0.5)
  })

  it('tells that frames of a moved camera do not agree', () => {
    const moved = [37, 53, 71, 89, 107].map((by, i) => draw({ moved: by, square: 10 + 25 * i }))
    expect(cameraSeed(draw({ square: 80 }), moved).agreement).toBeLessThan(0.15)
  })

  it('says that nothing tells whether a camera over a bare table stands', () => {
    const bare = (value: number): RgbImage => ({ width, height, data: new Uint8Array(width * height * 3).fill(value) })
    expect(cameraSeed(bare(120), [bare(100), bare(110), bare(120)]).agreement).toBe(0)
  })

  it('refuses too few frames and frames of another size', () => {
    expect(() => cameraSeed(frames[0], frames.slice(1, 3))).toThrow(/at least 3 frames, got 2/)
    const small = { width: 2, height: 2, data: new Uint8Array(12) }
    expect(() => cameraSeed(frames[0], [frames[1], frames[2], small])).toThrow(/160 x 120, got 2 x 2/)
  })
})

describe('the distance of frames', () => {
  it('passes over light and what stands on less than half', () => {
    const empty = draw({ noise: 0 })
    expect(frameDistance(empty, draw({ noise: 0, light: 0.8, square: 60 }))).toBeLessThan(1)
    expect(frameDistance(empty, draw({ noise: 0, moved: 37 }))).toBeGreaterThan(8)
  })
})

describe('the choice of frames', () => {
  it('takes the emptiest of the near ones, then the nearest', () => {
    expect(nearFrames([1, 2, 3, 9], [3, 1, 0, 0], 2)).toEqual([2, 1])
  })

  it('takes the nearest where none is near, ties going to the first', () => {
    expect(nearFrames([30, 20, 20, 40], [0, 2, 2, 0], 2)).toEqual([1, 2])
  })

  it('does not reach for empty frames beyond three times as many', () => {
    expect(nearFrames([0, 0, 0, 0], [1, 1, 1, 0], 1)).toEqual([0])
  })
})
