import type { TensorInfo } from '@tensorflow/tfjs-core'
import { size } from '../layout.ts'
import { filled, known, typeOf, valuesOf } from '../trace.ts'

/**
 * Arithmetic on constants while tracing, so that an exported model holds the weights it computes with.
 * Each gives nothing where an operand is no float constant, or broadcasts otherwise than by repeating as a whole.
 */

const isFloat = (...infos: TensorInfo[]) => infos.every((info) => typeOf(info) === 'float32')

/** Shape without the axes of size 1 at its front. */
const core = (shape: readonly number[]) => shape.slice(shape.findIndex((n) => n !== 1) >>> 0)

/** True where the smaller tensor, repeated as a whole, fills the larger. */
const repeats = (small: readonly number[], large: readonly number[]) =>
  size(small) === 1 || String(core(small)) === String(large.slice(large.length - core(small).length))

export function foldUnary(x: TensorInfo, compute: (x: number) => number): TensorInfo | undefined {
  const values = valuesOf(x)
  return values && isFloat(x) ? known(Float32Array.from(values, compute), x.shape, 'float32') : undefined
}

export function foldBinary(a: TensorInfo, b: TensorInfo, shape: readonly number[], compute: (a: number, b: number) => number) {
  const [left, right] = [valuesOf(a), valuesOf(b)]
  if (!left || !right || !isFloat(a, b) || !repeats(a.shape, shape) || !repeats(b.shape, shape)) return undefined
  if (left.length === 1 && right.length === 1) return filled(shape, 'float32', Math.fround(compute(left[0], right[0])))
  const out = Float32Array.from({ length: size(shape) }, (_, i) => compute(left[i % left.length], right[i % right.length]))
  return known(out, shape, 'float32')
}
