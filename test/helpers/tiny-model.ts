import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { exportGraph } from '../../main/core/engine/export-graph.ts'
import { encodeModel } from '../../main/core/onnx/model.ts'
import type { RgbImage } from '../../main/core/image/types.ts'

/** A model of two workpieces that can be told by hand: what is red is a "bolt", what is green a "gear", all else background. */
export const [tinyWidth, tinyHeight] = [32, 24]

const names = { 0: 'background', 1: 'bolt', 2: 'gear' }
/** Of red, green and blue in -1 .. 1 to the scores of the three classes. */
const filter = Float32Array.from([-10, 10, -10, -10, -10, 10, 0, 0, 0])

/** Writes the model into a folder that is taken away again by `close`. */
export function tinyModel(): { dir: string; model: string; close: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'tiny-model-'))
  const model = join(dir, 'model')
  const fn = ({ image, filter: weights }: Record<string, tf.Tensor>) => {
    const x = tf.sub(tf.div(image, 127.5), 1) as Tensor4D
    return { probabilities: tf.softmax(tf.conv2d(x, weights as Tensor4D, 1, 0)) }
  }
  const signature = { inputs: { image: { shape: [1, tinyHeight, tinyWidth, 3] } }, state: { filter: { shape: [1, 1, 3, 3] } } }
  mkdirSync(model)
  writeFileSync(join(model, 'model.onnx'), encodeModel(exportGraph(fn, signature, { filter }, { output: 'probabilities', metadata: { classes: JSON.stringify(names) } })))
  writeFileSync(join(model, 'labels.json'), JSON.stringify(names))
  return { dir, model, close: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A black picture of the model's size with boxes [x, y, width, height, colour]. */
export function boxes(...drawn: [x: number, y: number, width: number, height: number, colour: 'red' | 'green'][]): RgbImage {
  const data = new Uint8Array(tinyWidth * tinyHeight * 3)
  for (const [x0, y0, width, height, colour] of drawn)
    for (let y = y0; y < y0 + height; y++)
      for (let x = x0; x < x0 + width; x++) data[3 * (y * tinyWidth + x) + (colour === 'red' ? 0 : 1)] = 255
  return { width: tinyWidth, height: tinyHeight, data }
}
