import { describe, expect, it } from 'vitest'
import type { LabelMap, RgbImage } from '../../../main/core/image/types.ts'
import { random } from '../../../main/core/random.ts'
import { cutOut } from '../../../main/core/train/composite-cutout.ts'
import { plainMaterial } from '../../../main/core/train/composite-material.ts'
import { blankCanvas, drawPlacement, expectedDiameter } from '../../../main/core/train/composite-placement.ts'
import { castShadow } from '../../../main/core/train/composite-shadow.ts'
import { compositeRender, pastePart } from '../../../main/core/train/composite.ts'

/** A grey picture with a rectangle [left, right) x [top, bottom) of another colour. */
function drawn(width: number, height: number, box: [number, number, number, number], label = 3): { image: RgbImage; mask: LabelMap } {
  const data = new Uint8Array(width * height * 3).fill(10), labels = new Uint8Array(width * height)
  for (let y = box[2]; y < box[3]; y++)
    for (let x = box[0]; x < box[1]; x++) {
      data.set([200, 100, 50], 3 * (y * width + x))
      labels[y * width + x] = label
    }
  return { image: { width, height, data }, mask: { width, height, data: labels } }
}

const count = (labels: Uint8Array, label: number) => labels.reduce((sum, l) => sum + (l === label ? 1 : 0), 0)

describe('cutOut', () => {
  it('keeps the part alone, with an empty border and no trace of the old background', () => {
    const { image, mask } = drawn(20, 16, [4, 10, 5, 9])
    const part = cutOut(image, mask)!
    expect([part.width, part.height]).toEqual([8, 6])
    expect(count(part.labels, 3)).toBe(24)
    for (let y = 0; y < 6; y++)
      for (let x = 0; x < 8; x++) {
        const inside = x >= 1 && x < 7 && y >= 1 && y < 5
        expect(part.rgba[4 * (y * 8 + x) + 3]).toBe(inside ? 255 : 0)
        if (inside) expect([...part.rgba.subarray(4 * (y * 8 + x), 4 * (y * 8 + x) + 3)]).toEqual([200, 100, 50])
      }
    expect([...part.rgba.subarray(4 * (2 * 8), 4 * (2 * 8) + 4)]).toEqual([200, 100, 50, 0])
  })

  it('shrinks by area: a part pixel that is half covered is half opaque and keeps the pure colour', () => {
    const { image, mask } = drawn(40, 40, [10, 21, 10, 20])
    const whole = cutOut(image, mask)!
    const part = cutOut(image, mask, whole.diameter / 2)!
    expect([part.width, part.height]).toEqual([8, 7])
    const edge = 4 * (3 * 8 + 6)
    expect([...part.rgba.subarray(edge, edge + 4)]).toEqual([200, 100, 50, 128])
    expect(part.diameter).toBeCloseTo(whole.diameter / 2, 5)
  })

  it('measures a disc by its diameter', () => {
    const width = 64, data = new Uint8Array(width * width)
    for (let y = 0; y < width; y++) for (let x = 0; x < width; x++) if (Math.hypot(x - 31.5, y - 31.5) <= 20) data[y * width + x] = 1
    const part = cutOut({ width, height: width, data: new Uint8Array(width * width * 3) }, { width, height: width, data })!
    expect(part.diameter).toBeGreaterThan(39.5)
    expect(part.diameter).toBeLessThan(40.5)
  })

  it('takes the label that covers most, keeps 255, and gives null for an empty mask', () => {
    const image = { width: 4, height: 2, data: new Uint8Array(24) }
    const part = cutOut(image, { width: 4, height: 2, data: Uint8Array.from([7, 7, 255, 255, 7, 5, 255, 7]) }, 0.9)!
    expect([...new Set(part.labels)].sort((a, b) => a - b)[0]).toBe(0)
    expect([...part.labels].some((l) => l === 7 || l === 255)).toBe(true)
    expect([...part.labels]).not.toContain(5)
    expect(cutOut(image, { width: 4, height: 2, data: new Uint8Array(8) })).toBeNull()
    expect(() => cutOut(image, { width: 2, height: 2, data: new Uint8Array(4) })).toThrow(RangeError)
  })
})

describe('pastePart', () => {
  const { image, mask } = drawn(20, 16, [4, 10, 5, 9])
  const part = cutOut(image, mask)!

  it('copies pixels and labels exactly at size 1 without a turn', () => {
    const canvas = blankCanvas(16, 12)
    pastePart(canvas, part, { x: 8, y: 6, scale: 1, turn: 0, mirrored: false }, plainMaterial())
    for (let y = 0; y < 12; y++)
      for (let x = 0; x < 16; x++) {
        const inside = x >= 5 && x < 11 && y >= 4 && y < 8
        expect(canvas.labels[y * 16 + x]).toBe(inside ? 3 : 0)
        const rgb = [...canvas.rgb.subarray(3 * (y * 16 + x), 3 * (y * 16 + x) + 3)]
        if (inside) expect(Math.max(Math.abs(rgb[0] - 200), Math.abs(rgb[1] - 100), Math.abs(rgb[2] - 50))).toBeLessThan(1.01)
        else expect(rgb).toEqual([0, 0, 0])
      }
  })

  it('turns by a quarter: width and height change places', () => {
    const canvas = blankCanvas(16, 16)
    pastePart(canvas, part, { x: 8, y: 8, scale: 1, turn: Math.PI / 2, mirrored: false }, plainMaterial())
    expect(count(canvas.labels, 3)).toBe(24)
    for (let y = 5; y < 11; y++) for (let x = 6; x < 10; x++) expect(canvas.labels[y * 16 + x]).toBe(3)
  })

  it('keeps label and picture together under any turn, size and mirroring', () => {
    const rng = random(5)
    for (let n = 0; n < 40; n++) {
      const canvas = blankCanvas(48, 40)
      const placement = { x: rng.between(0, 48), y: rng.between(0, 40), scale: rng.between(0.6, 4), turn: rng.between(-4, 4), mirrored: rng.chance(0.5) }
      pastePart(canvas, part, placement, plainMaterial())
      for (let i = 0; i < canvas.labels.length; i++) {
        const share = canvas.rgb[3 * i] / 200
        if (Math.abs(share - 0.5) > 0.01) expect(canvas.labels[i]).toBe(share > 0.5 ? 3 : 0)
      }
    }
  })

  it('covers the area that its size says', () => {
    const canvas = blankCanvas(64, 64)
    pastePart(canvas, part, { x: 32, y: 32, scale: 4, turn: 0.5, mirrored: true }, plainMaterial())
    expect(Math.abs(count(canvas.labels, 3) - 24 * 16)).toBeLessThan(24)
  })

  it('has a soft edge: somewhere between the part and what is beneath', () => {
    const canvas = blankCanvas(48, 48)
    pastePart(canvas, part, { x: 24, y: 24, scale: 3, turn: 0.4, mirrored: false }, plainMaterial())
    const between = [...canvas.labels.keys()].filter((i) => canvas.rgb[3 * i] > 20 && canvas.rgb[3 * i] < 180)
    expect(between.length).toBeGreaterThan(20)
  })

  it('is cut by the border and overwrites what lies below', () => {
    const canvas = blankCanvas(10, 10)
    const other = cutOut(image, { ...mask, data: mask.data.map((l) => (l ? 8 : 0)) })!
    pastePart(canvas, part, { x: 0, y: 5, scale: 1, turn: 0, mirrored: false }, plainMaterial())
    expect(count(canvas.labels, 3)).toBe(12)
    pastePart(canvas, other, { x: 0, y: 5, scale: 1, turn: 0, mirrored: false }, plainMaterial())
    expect(count(canvas.labels, 3)).toBe(0)
    expect(count(canvas.labels, 8)).toBe(12)
  })
})

describe('compositeRender', () => {
  const { image, mask } = drawn(80, 60, [20, 50, 20, 45])
  const part = cutOut(image, mask)!

  it('changes looks but never labels, and makes no bad number', () => {
    for (let seed = 0; seed < 30; seed++) {
      const placement = { x: 40, y: 30, scale: 0.8, turn: seed, mirrored: false }
      const plain = blankCanvas(80, 60), varied = blankCanvas(80, 60)
      for (const canvas of [plain, varied]) canvas.rgb.fill(120)
      pastePart(plain, part, placement, plainMaterial())
      compositeRender(random(seed), varied, part, placement, 1)
      expect(varied.labels).toEqual(plain.labels)
      expect(varied.rgb.every(Number.isFinite)).toBe(true)
      expect(varied.rgb).not.toEqual(plain.rgb)
    }
  })

  it('leaves a render as it is at strength 0', () => {
    const placement = { x: 40, y: 30, scale: 1, turn: 0.3, mirrored: false }
    const plain = blankCanvas(80, 60), pasted = blankCanvas(80, 60)
    pastePart(plain, part, placement, plainMaterial())
    compositeRender(random(1), pasted, part, placement, 0)
    expect(pasted).toEqual(plain)
  })

  it('throws shadows that darken, near the part alone', () => {
    const canvas = blankCanvas(120, 90)
    canvas.rgb.fill(100)
    castShadow(random(3), canvas, part, { x: 40, y: 40, scale: 0.5, turn: 0, mirrored: false })
    expect(canvas.rgb.every((v) => v <= 100.001 && v > 0)).toBe(true)
    expect(Math.min(...canvas.rgb)).toBeLessThan(95)
    expect(canvas.rgb[3 * (89 * 120 + 119)]).toBe(100)
  })
})

describe('drawPlacement', () => {
  it('keeps to the wanted share and range of sizes', () => {
    const { image, mask } = drawn(80, 60, [20, 50, 20, 45])
    const part = cutOut(image, mask)!, canvas = blankCanvas(192, 144), rng = random(2)
    const options = { expectedShare: 0.08, scaleMin: 0.6, scaleMax: 1.5, turn: 90, crop: 1 }
    const placements = Array.from({ length: 500 }, () => drawPlacement(rng, canvas, part, options))
    const sizes = placements.map((p) => (p.scale * part.diameter) / expectedDiameter(192, 144, 0.08))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.6 - 1e-9)
    expect(Math.min(...sizes)).toBeLessThan(0.63)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1.5 + 1e-9)
    expect(Math.max(...placements.map((p) => Math.abs(p.turn)))).toBeLessThanOrEqual(Math.PI / 2)
    expect(placements.every((p) => p.x > 0 && p.x < 192 && p.y > 0 && p.y < 144)).toBe(true)
  })

  it('takes the diameter of a disc', () => {
    expect(expectedDiameter(200, 100, Math.PI / 20000 * 100)).toBeCloseTo(20, 6)
  })
})
