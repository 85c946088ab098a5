import * as tf from '@tensorflow/tfjs-core'
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import { convolutionNorm } from './convolution.ts'
import { mergeParameters } from './network.ts'
import type { Block, Size } from './network.ts'
import { gridMatrix, pyramidMatrix, windowsOf } from './pyramid-windows.ts'
import { constant, fromRows, toRows } from './resample.ts'

/** Cells per side of the pyramid's grids. */
export const BINS = [1, 2, 3, 6] as const

/**
 * Pyramid pooling: the input, and beside it the input pooled to each grid, reduced by a 1x1 convolution and brought back to its size.
 *
 * Zhao et al., CVPR 2017, section 3.2 and Figure 3.
 *
 * @param input Channels of the input, [B, h, w, input].
 * @param reduced Channels each grid is reduced to; the result has input + 4 * reduced.
 * @param window Rows and columns that are pooled at once; larger inputs are pooled in overlapping windows of that size. All at once where left out.
 */
export function pyramidPooling(name: string, input: number, reduced: number, window: Size = [Infinity, Infinity]): Block {
  const reducers = BINS.map((_, i) => convolutionNorm(`${name}.${i}.0`, `${name}.${i}.1`, { input, output: reduced, part: 'head' }))
  return {
    parameters: mergeParameters(...reducers.map((block) => block.parameters)),
    apply: (x, pass) => {
      const [batch, height, width] = x.shape
      const windows = windowsOf([height, width], window)
      const pooled = tf.matMul(toRows(x), constant(pyramidMatrix([height, width], windows, BINS))) as Tensor3D
      let start = 0
      const grids = BINS.map((bins, i) => {
        const rows = windows.length * bins
        const cells = tf.slice(pooled, [0, 0, start], [batch, input, rows * bins])
        start += rows * bins
        const y = toRows(reducers[i].apply(fromRows(cells, [rows, bins]), pass))
        return fromRows(tf.matMul(y, constant(gridMatrix(bins, [height, width], windows))) as Tensor3D, [height, width])
      })
      return tf.concat([x, ...grids], 3) as Tensor4D
    },
  }
}
