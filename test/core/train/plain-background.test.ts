import { describe, expect, it } from 'vitest'
import { isPlain } from '../../../main/core/train/plain-background.ts'

/** A part of any look before what `behind` gives, 32 x 24. */
function render(behind: (x: number, y: number) => number) {
  const width = 32, height = 24
  const mask = new Uint8Array(width * height), data = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      mask[i] = x > 10 && x < 20 && y > 8 && y < 16 ? 3 : 0
      data.fill(mask[i] ? (37 * x + 91 * y) % 256 : behind(x, y), 3 * i, 3 * i + 3)
    }
  return isPlain({ width, height, data }, { width, height, data: mask })
}

describe('isPlain', () => {
  it('knows one shade, with the noise of a JPEG and a shadow', () => {
    expect(render(() => 127)).toBe(true)
    expect(render((x, y) => 127 + ((x + y) % 2))).toBe(true)
    expect(render((_, y) => (y > 18 ? 60 + y : 127))).toBe(true)
  })

  it('knows a surface, a gradient and two shades', () => {
    expect(render((x, y) => 100 + ((13 * x + 7 * y) % 24))).toBe(false)
    expect(render((x) => 60 + 4 * x)).toBe(false)
    expect(render((x) => (x < 16 ? 90 : 160))).toBe(false)
  })

  it('calls nothing plain where a mask leaves no background', () => {
    expect(isPlain({ width: 1, height: 1, data: new Uint8Array(3) }, { width: 1, height: 1, data: Uint8Array.of(1) })).toBe(false)
  })
})
