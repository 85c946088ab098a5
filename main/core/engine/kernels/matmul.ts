import * as tf from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { identity, sameLayout } from '../layout.ts'
import { kernel, layoutOf, made, op, target, view } from '../trace.ts'

/** Products of matrices; `transA` and `transB` swap the last two axes of an operand. */
export function product(a: string, b: string, { transA = false, transB = false, rankA = 2, rankB = 2 } = {}): string {
  if (!transA && !transB) return op('MatMul', [a, b])
  if (target() === 'train') return op('FusedMatMul', [a, b], { transA: Number(transA), transB: Number(transB) }, 'com.microsoft')
  const swapped = (name: string, rank: number) => op('Transpose', [name], { perm: swap(rank) })
  return op('MatMul', [transA ? swapped(a, rankA) : a, transB ? swapped(b, rankB) : b])
}

const swap = (rank: number) => [...identity(rank - 2), rank - 1, rank - 2]

/** An operand that lies with its last two axes swapped needs no transposition of its own. */
function flexible(info: TensorInfo, transpose: boolean): { name: string; transpose: boolean } {
  const swapped = swap(info.shape.length)
  if (sameLayout(layoutOf(info), swapped)) return { name: view(info, swapped), transpose: !transpose }
  return { name: view(info), transpose }
}

kernel<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>(tf.BatchMatMul, ({ a, b }, { transposeA, transposeB }) => {
  const lead = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const rows = a.shape.at(transposeA ? -1 : -2) as number
  const columns = b.shape.at(transposeB ? -2 : -1) as number
  const [left, right] = [flexible(a, transposeA), flexible(b, transposeB)]
  const options = { transA: left.transpose, transB: right.transpose, rankA: a.shape.length, rankB: b.shape.length }
  return made([...lead, rows, columns], 'float32', product(left.name, right.name, options))
})
