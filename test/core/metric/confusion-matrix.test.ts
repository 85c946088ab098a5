import { describe, expect, it } from 'vitest'
import type { LabelMap } from '../../../main/core/image/types.ts'
import {
  confusionMatrix, emptyConfusion, iouPerClass, meanIou, pixelAccuracy, sumConfusion,
} from '../../../main/core/metric/confusion-matrix.ts'
import { goldenJson, hasGolden } from '../../helpers/golden.ts'

const row = (...labels: number[]): LabelMap => ({ width: labels.length, height: 1, data: Uint8Array.from(labels) })

describe('confusionMatrix', () => {
  it('counts truth by row and prediction by column, without truth 255', () => {
    const matrix = confusionMatrix(row(0, 0, 1, 1, 2, 255), row(0, 1, 1, 1, 0, 3), 4)
    expect([...matrix.counts]).toEqual([1, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(iouPerClass(matrix)).toEqual([1 / 3, 2 / 3, 0, null])
    expect(meanIou(matrix).workpieces).toBeCloseTo(1 / 3, 12)
    expect(meanIou(matrix).withBackground).toBeCloseTo(1 / 3, 12)
    expect(pixelAccuracy(matrix)).toBe(0.6)
  })

  it('gives null where nothing is counted', () => {
    expect(meanIou(emptyConfusion(3))).toEqual({ workpieces: null, withBackground: null })
    expect(pixelAccuracy(emptyConfusion(3))).toBeNull()
    expect(meanIou(confusionMatrix(row(0, 0), row(0, 0), 2))).toEqual({ workpieces: null, withBackground: 1 })
  })

  it('refuses what does not fit', () => {
    expect(() => confusionMatrix(row(0, 0), row(0), 2)).toThrow('expected a prediction of 2 x 1, got 1 x 1')
    expect(() => confusionMatrix(row(0, 2), row(0, 0), 2)).toThrow('expected labels under 2, got truth 2, prediction 0')
    expect(() => confusionMatrix(row(0), row(255), 2)).toThrow(RangeError)
    expect(() => emptyConfusion(256)).toThrow('expected 1 to 255 classes, got 256')
    expect(() => sumConfusion([])).toThrow(RangeError)
    expect(() => sumConfusion([emptyConfusion(2), emptyConfusion(3)])).toThrow('expected matrices of 2 classes, got 3')
  })
})

interface Example {
  readonly name: string
  readonly classes: number
  readonly images: { ground_truth: number[][]; prediction: number[][] }[]
  readonly expected: { confusion: number[][]; iou: (number | null)[]; miou: number | null; pixel_accuracy: number | null }
}
const present = hasGolden('7_miou')
const examples = present ? goldenJson<{ cases: Example[] }>('7_miou/cases.json').cases : []
const map = (rows: number[][]): LabelMap => ({ width: rows[0].length, height: rows.length, data: Uint8Array.from(rows.flat()) })

describe.skipIf(!present)('beside exact fractions', () => {
  it.each(examples)('$name', ({ classes, images, expected }) => {
    const matrix = sumConfusion(images.map((i) => confusionMatrix(map(i.ground_truth), map(i.prediction), classes)))
    expect([...matrix.counts]).toEqual(expected.confusion.flat())
    const iou = iouPerClass(matrix)
    for (const [c, value] of expected.iou.entries())
      if (value === null) expect(iou[c]).toBeNull()
      else expect(iou[c]).toBeCloseTo(value, 9)
    if (expected.miou === null) expect(meanIou(matrix).withBackground).toBeNull()
    else expect(meanIou(matrix).withBackground).toBeCloseTo(expected.miou, 9)
    if (expected.pixel_accuracy === null) expect(pixelAccuracy(matrix)).toBeNull()
    else expect(pixelAccuracy(matrix)).toBeCloseTo(expected.pixel_accuracy, 9)
  })
})
