import { describe, expect, it } from 'vitest'
import { clamp, fit, toPhoto, zoom } from '../../../renderer/draw/viewport.ts'

const photo = { width: 640, height: 480 }
const frame = { width: 1000, height: 600 }

describe('how a photo lies in its frame', () => {
  it('fits whole and centred', () => {
    expect(fit(photo, frame)).toEqual({ scale: 1.25, x: 100, y: 0 })
  })
  it('covers the frame when asked', () => {
    expect(fit(photo, frame, true)).toEqual({ scale: 1.5625, x: 0, y: -75 })
  })
  it('keeps the point under the pointer when zooming', () => {
    const view = fit(photo, frame)
    const before = toPhoto(view, 420, 260)
    const closer = zoom(view, 3, 420, 260, photo, frame)
    expect(closer.scale).toBe(3.75)
    expect(toPhoto(closer, 420, 260)[0]).toBeCloseTo(before[0], 9)
    expect(toPhoto(closer, 420, 260)[1]).toBeCloseTo(before[1], 9)
  })
  it('does not go below the whole photo nor beyond 64 px a pixel', () => {
    expect(zoom(fit(photo, frame), 0.1, 0, 0, photo, frame)).toEqual(fit(photo, frame))
    expect(zoom(fit(photo, frame), 1e6, 500, 300, photo, frame).scale).toBe(64)
  })
  it('keeps the photo in its frame', () => {
    expect(clamp({ scale: 2, x: 500, y: -5000 }, photo, frame)).toEqual({ scale: 2, x: 0, y: -360 })
  })
})
