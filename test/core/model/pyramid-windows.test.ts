import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { initialise } from '../../../main/core/model/initialise.ts'
import type { Size } from '../../../main/core/model/network.ts'
import { BINS, pyramidPooling } from '../../../main/core/model/psp-head.ts'
import { gridMatrix, pyramidMatrix, stretches, windowsOf } from '../../../main/core/model/pyramid-windows.ts'
import { tensorsOf } from './reference-nets.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const whole: Size = [Infinity, Infinity]

describe('stretches', () => {
  it('is one where it reaches over the axis', () => {
    expect(stretches(3, 3)).toEqual([{ start: 0, weights: [1, 1, 1] }])
    expect(stretches(3, Infinity)).toEqual(stretches(3, 3))
  })
  it('covers every place, with weights that sum to 1, by stretches that overlap', () => {
    for (const [n, size] of [[20, 15], [28, 15], [15, 11], [7, 2], [100, 9]]) {
      const found = stretches(n, size)
      const sums = new Float64Array(n)
      for (const { start, weights } of found) {
        expect(weights).toHaveLength(size)
        weights.forEach((weight, i) => void (sums[start + i] += weight))
      }
      for (const sum of sums) expect(sum).toBeCloseTo(1, 9)
      for (let i = 1; i < found.length; i++) expect(found[i].start - found[i - 1].start).toBeLessThanOrEqual(size)
    }
    expect(stretches(28, 15).map(({ start }) => start)).toEqual([0, 7, 13])
  })
})

describe('pyramidMatrix', () => {
  it('averages cells that overlap where bins do not divide the side', () => {
    const { rows, columns, data } = pyramidMatrix([1, 3], windowsOf([1, 3], whole), [1, 2])
    expect([rows, columns]).toEqual([3, 5])
    const third = Math.fround(1 / 3)
    expect([...data]).toEqual([third, 0.5, 0, 0.5, 0, third, 0.5, 0.5, 0.5, 0.5, third, 0, 0.5, 0, 0.5])
  })
  it('repeats pixels where there are more cells than pixels', () => {
    expect([...pyramidMatrix([1, 1], windowsOf([1, 1], whole), [2]).data]).toEqual([1, 1, 1, 1])
  })
  it('pools every window for itself', () => {
    const { columns, data } = pyramidMatrix([1, 4], windowsOf([1, 4], [1, 3]), [1])
    const third = Math.fround(1 / 3)
    expect(columns).toBe(2)
    expect([...data]).toEqual([third, 0, third, third, third, third, 0, third])
  })
})

describe('gridMatrix', () => {
  it('is the product of both axes', () => {
    expect([...gridMatrix(2, [1, 4], windowsOf([1, 4], whole)).data]).toEqual([0.5, 0.375, 0.125, 0, 0, 0.125, 0.375, 0.5, 0.5, 0.375, 0.125, 0, 0, 0.125, 0.375, 0.5])
  })
  it('leaves what is the same in all cells of all windows as it is', () => {
    const windows = windowsOf([9, 14], [5, 6])
    for (const bins of BINS) {
      const { rows, columns, data } = gridMatrix(bins, [9, 14], windows)
      expect(rows).toBe(windows.length * bins * bins)
      for (let at = 0; at < columns; at++) {
        let sum = 0
        for (let row = 0; row < rows; row++) sum += data[row * columns + at]
        expect(sum).toBeCloseTo(1, 5)
      }
    }
  })
})

describe('pyramidPooling in windows', () => {
  const [height, width, channels] = [12, 16, 3]
  const features = (far: number) => tf.tensor4d(Float32Array.from({ length: height * width * channels }, (_, i) => Math.sin(i) + (i > 11 * width * channels ? far : 0)), [1, height, width, channels])
  const applied = (x: Tensor4D, window?: Size) => {
    const pyramid = pyramidPooling('ppm', channels, 4, window)
    return pyramid.apply(x, { weights: tensorsOf(pyramid, initialise(pyramid.parameters, 1)), training: false, updates: {} })
  }

  it('is the pyramid of the whole where a window holds all of it', () => {
    tf.tidy(() => {
      expect([...applied(features(0), [12, 16]).dataSync()]).toEqual([...applied(features(0)).dataSync()])
    })
  })

  it('keeps what is far away out of a place', () => {
    tf.tidy(() => {
      const firstOf = (far: number, window?: Size) => [...tf.slice(applied(features(far), window), [0, 0, 0, 0], [1, 1, 1, -1]).dataSync()]
      expect(firstOf(9, [6, 8])).toEqual(firstOf(0, [6, 8]))
      expect(firstOf(9)).not.toEqual(firstOf(0))
    })
  })
})
