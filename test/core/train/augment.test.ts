import { describe, expect, it } from 'vitest'
import type { LabelMap, RgbImage } from '../../../main/core/image/types.ts'
import { random } from '../../../main/core/random.ts'
import { applyCamera, blockCode } from '../../../main/core/train/augment-camera.ts'
import { gaussTable, noiseAt, noiseTile } from '../../../main/core/train/augment-noise.ts'
import { drawView, fillFromView, plainView } from '../../../main/core/train/augment-photo.ts'
import { augmentPhoto, paintScene, plainPicture, type AugmentOptions } from '../../../main/core/train/augment.ts'
import { strayShadow } from '../../../main/core/train/composite-shadow.ts'
import { cutOut } from '../../../main/core/train/composite-cutout.ts'
import { blankCanvas } from '../../../main/core/train/composite-placement.ts'

const plain: AugmentOptions = {
  composite: 1, photoBackgrounds: 0.4, randomise: 0, parts: 1.4, clutter: 0.25, shadows: 0, crop: 1, zoomMin: 0.8, zoomMax: 1.3, turn: 180, scaleMin: 0.6, scaleMax: 1.5, cutPaste: 0.5, expectedShare: 0.08,
}

/** Left half dark with label 1, right half bright with label 2. */
function halves(width: number, height: number): { image: RgbImage; labels: LabelMap } {
  const data = new Uint8Array(width * height * 3), labels = new Uint8Array(width * height)
  for (let i = 0; i < labels.length; i++) {
    const right = i % width >= width / 2
    data.fill(right ? 220 : 20, 3 * i, 3 * i + 3)
    labels[i] = right ? 2 : 1
  }
  return { image: { width, height, data }, labels: { width, height, data: labels } }
}

describe('fillFromView', () => {
  it('copies a picture of the same size exactly', () => {
    const { image, labels } = halves(8, 6), canvas = blankCanvas(8, 6)
    fillFromView(canvas, image, labels, plainView(canvas, image))
    expect([...canvas.rgb]).toEqual([...image.data])
    expect(canvas.labels).toEqual(labels.data)
  })

  it('halves a picture: means of pixel pairs, nearest labels', () => {
    const image = { width: 4, height: 2, data: Uint8Array.from([0, 40, 80, 120, 0, 40, 80, 120].flatMap((v) => [v, v, v])) }
    const canvas = blankCanvas(2, 1)
    fillFromView(canvas, image, { width: 4, height: 2, data: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]) }, plainView(canvas, image))
    expect([...canvas.rgb]).toEqual([20, 20, 20, 100, 100, 100])
    expect([...canvas.labels]).toEqual([6, 8])
  })

  it('marks what lies outside as 255 and mirrors its colour, unless the surface is endless', () => {
    const image = { width: 2, height: 1, data: Uint8Array.from([10, 10, 10, 90, 90, 90]) }
    const view = { a: 1, b: 0, c: 0, d: 1, u: -1, v: 0, g: 0, h: 0 }
    const canvas = blankCanvas(4, 1)
    fillFromView(canvas, image, 5, view)
    expect([...canvas.labels]).toEqual([255, 5, 5, 255])
    expect([0, 3, 6, 9].map((i) => canvas.rgb[i])).toEqual([10, 10, 90, 90])
    fillFromView(canvas, image, null, view, true)
    expect([...canvas.labels]).toEqual([0, 0, 0, 0])
  })

  it('keeps picture and labels together under every view', () => {
    const { image, labels } = halves(40, 30), rng = random(8)
    for (let n = 0; n < 40; n++) {
      const canvas = blankCanvas(36, 27)
      const options = { turn: 180, zoomMin: 0.8, zoomMax: 1.3, shift: 0.1, flip: true, tilt: n % 2 ? 0.3 : 0 }
      fillFromView(canvas, image, labels, drawView(rng, canvas, image, options))
      for (let i = 0; i < canvas.labels.length; i++) {
        if (canvas.labels[i] === 1) expect(canvas.rgb[3 * i]).toBeLessThanOrEqual(120.01)
        if (canvas.labels[i] === 2) expect(canvas.rgb[3 * i]).toBeGreaterThanOrEqual(119.99)
      }
      expect(canvas.labels.some((l) => l === 1 || l === 2)).toBe(true)
    }
  })

  it('draws the centre of the picture at the centre of the canvas when nothing moves it, tilted or not', () => {
    const image = { width: 40, height: 30 }, canvas = { width: 20, height: 15 }
    for (const tilt of [0, 0.3]) {
      const view = drawView(random(4), canvas, image, { turn: 180, zoomMin: 1, zoomMax: 1, shift: 0, flip: true, tilt })
      const depth = view.g * 10 + view.h * 7.5 + 1
      expect((view.a * 10 + view.b * 7.5 + view.u) / depth).toBeCloseTo(20, 9)
      expect((view.c * 10 + view.d * 7.5 + view.v) / depth).toBeCloseTo(15, 9)
    }
  })
})

describe('applyCamera', () => {
  it('stays within 0..255 and finite, and leaves labels alone', () => {
    for (let seed = 0; seed < 20; seed++) {
      const canvas = blankCanvas(33, 21)
      canvas.rgb.forEach((_, i) => { canvas.rgb[i] = (i * 37) % 300 - 20 })
      canvas.labels.fill(7)
      applyCamera(random(seed), canvas, 1)
      expect(canvas.rgb.every((v) => v >= 0 && v <= 255)).toBe(true)
      expect(canvas.labels.every((l) => l === 7)).toBe(true)
    }
  })

  it('only clips at strength 0', () => {
    const canvas = blankCanvas(2, 1)
    canvas.rgb.set([-5, 0, 17.5, 254, 255, 300])
    applyCamera(random(1), canvas, 0)
    expect([...canvas.rgb]).toEqual([0, 0, 17.5, 254, 255, 255])
  })

  it('codes blocks without moving their mean or a flat block, coarser with a larger step', () => {
    const rgb = new Float32Array(8 * 8 * 3).fill(77)
    blockCode(rgb, 8, 8, 20)
    expect(rgb.every((v) => Math.abs(v - 77) < 1e-3)).toBe(true)
    const rough = (step: number) => {
      const rng = random(3), before = Float32Array.from({ length: 192 }, () => 128 + 30 * rng.normal())
      const after = before.slice()
      blockCode(after, 8, 8, step)
      const mean = (a: Float32Array) => a.reduce((s, v, i) => s + v * [0.299, 0.587, 0.114][i % 3], 0) / 64
      expect(mean(after)).toBeCloseTo(mean(before), 2)
      return after.reduce((s, v, i) => s + Math.abs(v - before[i]), 0)
    }
    expect(rough(2)).toBeLessThan(rough(15))
    expect(rough(2)).toBeGreaterThan(0)
  })
})

describe('augmentPhoto', () => {
  it('ignores everything of a photo without labels', () => {
    const { image } = halves(32, 24)
    expect(augmentPhoto(random(1), 32, 24, { image, labels: null, pasted: [], clutter: [], shadows: [] }, plain).labels.every((l) => l === 255)).toBe(true)
  })

  it('carries 255 through and adds no label of its own', () => {
    const { image, labels } = halves(32, 24)
    labels.data.fill(255, 0, 200)
    for (let seed = 0; seed < 10; seed++) {
      const found = new Set(augmentPhoto(random(seed), 32, 24, { image, labels, pasted: [], clutter: [], shadows: [] }, { ...plain, randomise: 1 }).labels)
      for (const label of found) expect([1, 2, 255]).toContain(label)
    }
  })

  it('pastes parts of other photos with their class', () => {
    const { image, labels } = halves(32, 24)
    const piece = cutOut(image, { ...labels, data: labels.data.map((_, i) => (i % 32 >= 10 && i % 32 < 20 && i > 160 && i < 500 ? 6 : 0)) })!
    const canvas = augmentPhoto(random(2), 32, 24, { image, labels, pasted: [piece], clutter: [], shadows: [] }, plain)
    expect(canvas.labels).toContain(6)
  })

  it('throws shadows that darken and leave labels alone', () => {
    const { image, labels } = halves(32, 24)
    const shape = cutOut(image, { ...labels, data: labels.data.map((_, i) => (i % 32 >= 10 && i % 32 < 20 && i > 160 && i < 500 ? 1 : 0)) })!
    const lit = augmentPhoto(random(2), 32, 24, { image, labels, pasted: [], clutter: [], shadows: [] }, { ...plain, randomise: 0 })
    let darkened = 0
    for (let seed = 0; seed < 10; seed++) {
      const canvas = { ...lit, rgb: lit.rgb.slice(), labels: lit.labels.slice() }
      strayShadow(random(seed), canvas, shape)
      expect(canvas.labels).toEqual(lit.labels)
      expect(canvas.rgb.every((v, i) => v <= lit.rgb[i] + 1e-4 && v >= 0.14 * lit.rgb[i])).toBe(true)
      if (canvas.rgb.some((v, i) => v < 0.9 * lit.rgb[i])) darkened++
    }
    expect(darkened).toBeGreaterThan(5)
  })

  it('lays stray things on a photo as background', () => {
    const { image, labels } = halves(32, 24)
    const box = { ...labels, data: labels.data.map((_, i) => (i % 32 >= 10 && i % 32 < 20 && i > 160 && i < 500 ? 1 : 0)) }
    const thing = cutOut(image, box)!
    const stray = { ...thing, labels: new Uint8Array(thing.labels.length) }
    const withStray = augmentPhoto(random(2), 32, 24, { image, labels, pasted: [], clutter: [stray], shadows: [] }, plain)
    const without = augmentPhoto(random(2), 32, 24, { image, labels, pasted: [], clutter: [], shadows: [] }, plain)
    expect(without.labels).not.toContain(0)
    expect(withStray.labels).toContain(0)
  })
})

describe('paintScene and plainPicture', () => {
  it('labels parts, leaves clutter and endless ground background, and repeats itself for a seed', () => {
    const { image } = halves(40, 40)
    const box = new Uint8Array(1600).map((_, i) => (i % 40 > 10 && i % 40 < 30 && i > 400 && i < 1200 ? 4 : 0))
    const part = cutOut(image, { width: 40, height: 40, data: box })!, thing = { ...part, labels: new Uint8Array(part.labels.length) }
    const scene = { backdrop: { image, labels: null, endless: true }, clutter: [thing], shadows: [], parts: [part] }
    for (let seed = 0; seed < 10; seed++) {
      const canvas = paintScene(random(seed), 48, 36, scene, { ...plain, randomise: 1 })
      expect([...new Set(canvas.labels)].sort()).toEqual([0, 4])
      expect(canvas).toEqual(paintScene(random(seed), 48, 36, scene, { ...plain, randomise: 1 }))
      expect(canvas.rgb.every((v) => v >= 0 && v <= 255)).toBe(true)
    }
  })

  it('shows a plain render as it is or mirrored', () => {
    const { image, labels } = halves(8, 6)
    const firsts = Array.from({ length: 20 }, (_, seed) => {
      const canvas = plainPicture(random(seed), 8, 6, image, labels)
      expect(canvas.labels[0] === 1 ? canvas.rgb[0] : 240 - canvas.rgb[0]).toBe(20)
      return canvas.labels[0]
    })
    expect([...new Set(firsts)].sort()).toEqual([1, 2])
  })
})

describe('noise', () => {
  it('repeats seamlessly and has mean near 0', () => {
    const tile = noiseTile()
    expect(noiseAt(tile, 3.25, 250.5)).toBeCloseTo(noiseAt(tile, 3.25 + 256, 250.5 - 512), 6)
    expect(noiseAt(tile, 12, 9)).toBe(tile[9 * 256 + 12])
    expect(Math.abs(tile.reduce((s, v) => s + v, 0) / tile.length)).toBeLessThan(0.1)
    const steps = Array.from({ length: 256 }, (_, i) => Math.abs(tile[i] - tile[(i + 1) % 256]))
    expect(Math.max(...steps)).toBeLessThan(0.2)
  })

  it('has a table of standard normal numbers', () => {
    const table = gaussTable(), mean = table.reduce((s, v) => s + v, 0) / table.length
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(table.reduce((s, v) => s + v * v, 0) / table.length - 1)).toBeLessThan(0.05)
  })
})
