import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { exportGraph, openModel, type ExportOptions } from '../../../main/core/engine/export-graph.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import type { Signature, TensorFunction } from '../../../main/core/engine/types.ts'
import { resizeChannels, resizeRgb } from '../../../main/core/image/resize.ts'
import type { RgbImage } from '../../../main/core/image/types.ts'
import { encodeModel } from '../../../main/core/onnx/model.ts'
import { random } from '../../../main/core/random.ts'

const [height, width, classes] = [24, 32, 4]
const signature: Signature = {
  inputs: { image: { shape: [1, height, width, 3] } }, state: { filter: { shape: [3, 3, 3, 8] }, score: { shape: [1, 1, 8, classes] } },
}
const logits = ({ image, filter, score }: Record<string, tf.Tensor>) => {
  const x = tf.sub(tf.div(image, 127.5), 1) as Tensor4D
  return tf.conv2d(tf.relu(tf.conv2d(x, filter as Tensor4D, 1, 2, 'NHWC', 2)), score as Tensor4D, 1, 0)
}
const predict: TensorFunction = (tensors) => ({ probabilities: tf.softmax(logits(tensors)), logits: logits(tensors) })

const { normal, uniform } = random('export')
const state = {
  filter: Float32Array.from({ length: 216 }, () => normal() * 0.4), score: Float32Array.from({ length: 8 * classes }, () => normal()),
}

function drawnPhoto(w: number, h: number): RgbImage {
  const [a, b, c] = [uniform() * 9, uniform() * 9, uniform() * 9]
  return {
    width: w, height: h,
    data: Uint8Array.from({ length: w * h * 3 }, (_, i) => {
      const [x, y] = [(Math.floor(i / 3) % w) / w, Math.floor(i / 3 / w) / h]
      return 128 + 120 * Math.sin(a + 9 * x * (1 + (i % 3)) + b * y + c * x * y)
    }),
  }
}

/** The same prediction step by step: resized by our own code, predicted by a program, resized back. */
async function expected(photo: RgbImage) {
  const executor = onnxExecutor('cpu', { threads: 1 })
  const program = await executor.compile((tensors) => ({ p: predict(tensors).probabilities }), signature)
  await program.writeState(state)
  const { p } = await program.run({ image: Float32Array.from(resizeRgb(photo, width, height).data) })
  await executor.dispose()
  return resizeChannels({ width, height, channels: classes, data: p as Float32Array }, photo.width, photo.height).data
}

const exported = (options: ExportOptions) => encodeModel(exportGraph(predict, signature, state, options))

describe('an exported model', () => {
  test.each([[32, 24], [96, 72], [75, 61], [20, 17], [64, 12]])('predicts pictures of %i x %i as the program does', async (w, h) => {
    const model = await openModel(exported({ output: 'probabilities' }), { threads: 1 })
    const photo = drawnPhoto(w, h)
    const { labels, confidence } = await model.predict(photo)
    const probabilities = await expected(photo)
    let differing = 0
    for (let i = 0; i < w * h; i++) {
      const pixel = probabilities.subarray(i * classes, (i + 1) * classes)
      const most = Math.max(...pixel)
      expect(confidence.data[i]).toBeCloseTo(most, 2)
      if (pixel[labels.data[i]] < most - 2e-3) differing++
    }
    expect(differing).toBe(0)
    expect([labels.width, labels.height, labels.data.length, confidence.data.length]).toEqual([w, h, w * h, w * h])
    expect(new Set(labels.data).size).toBeGreaterThan(1)
    await model.dispose()
  })

  test('from logits: resized first, then softmax', async () => {
    const model = await openModel(exported({ output: 'logits', logits: true }), { threads: 1 })
    const { confidence } = await model.predict(drawnPhoto(40, 30))
    expect(Math.min(...confidence.data)).toBeGreaterThanOrEqual(1 / classes)
    expect(Math.max(...confidence.data)).toBeLessThanOrEqual(1)
    await model.dispose()
  })

  test('carries its metadata and class names', async () => {
    const metadata = { classes: JSON.stringify({ 0: 'background', 1: 'Schraube für M4 – 螺钉' }), run: '12' }
    const model = await openModel(exported({ output: 'probabilities', metadata }), { threads: 1 })
    expect(model.metadata).toEqual(metadata)
    expect(model.classes).toEqual({ 0: 'background', 1: 'Schraube für M4 – 螺钉' })
    await model.dispose()
  })

  test.each([
    ['a dynamic batch', { batch: 'dynamic' as const }, 3], ['a fixed batch', { batch: 2 }, 2],
    ['a fixed size', { size: { width: 75, height: 61 } }, 1], ['both', { batch: 'dynamic' as const, size: { width: 75, height: 61 } }, 2],
  ])('with %s gives each picture what it gets alone', async (_, options, count) => {
    const alone = await openModel(exported({ output: 'probabilities' }), { threads: 1 })
    const photos = Array.from({ length: count }, () => drawnPhoto(75, 61))
    const session = await ort.InferenceSession.create(exported({ output: 'probabilities', ...options }))
    const { labels, confidence } = await session.run({ image: new ort.Tensor('uint8', Buffer.concat(photos.map(({ data }) => data)), [count, 61, 75, 3]) })
    expect(labels.dims).toEqual([count, 61, 75])
    for (const [i, photo] of photos.entries()) {
      const one = await alone.predict(photo)
      const part = (values: ArrayLike<number>) => Array.from(values).slice(i * 61 * 75, (i + 1) * 61 * 75)
      expect(part(labels.data as Uint8Array).filter((label, k) => label !== one.labels.data[k]).length).toBeLessThan(4)
      const worst = part(confidence.data as Float32Array).reduce((most, value, k) => Math.max(most, Math.abs(value - one.confidence.data[k])), 0)
      expect(worst).toBeLessThan(0.01)
    }
    await session.release()
    await alone.dispose()
  })

  test('uses standard operators only', () => {
    const text = new TextDecoder('latin1').decode(exported({ output: 'probabilities' }))
    expect(text).not.toContain('com.microsoft')
  })

  test('is refused for other shapes and missing weights', () => {
    expect(() => exportGraph(predict, { inputs: { image: { shape: [2, 24, 32, 3] } } }, {}, { output: 'probabilities' })).toThrow(RangeError)
    expect(() => exportGraph(predict, signature, {}, { output: 'probabilities' })).toThrow(TypeError)
    expect(() => exportGraph(predict, signature, state, { output: 'nothing' })).toThrow(/'nothing'/)
  })

  test('bytes that are no such model are refused', async () => {
    await expect(openModel(Uint8Array.of(1, 2, 3), { threads: 1 })).rejects.toThrow()
  })
})
