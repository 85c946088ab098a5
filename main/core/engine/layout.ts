/**
 * Physical order of a tensor's axes: physical axis i is logical axis layout[i].
 * Pictures are logically NHWC and filters HWIO, as in TensorFlow.js; ONNX wants NCHW and OIHW.
 */
export type Layout = readonly number[]

export const NCHW: Layout = [0, 3, 1, 2]
export const OIHW: Layout = [3, 2, 0, 1]

/** Number of elements. */
export const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

export const identity = (rank: number): Layout => Array.from({ length: rank }, (_, i) => i)
export const isIdentity = (layout: Layout) => layout.every((axis, i) => axis === i)
export const sameLayout = (a: Layout, b: Layout) => a.length === b.length && a.every((axis, i) => axis === b[i])

/** The shape as it lies in memory. */
export const physicalShape = (shape: readonly number[], layout: Layout) => layout.map((axis) => shape[axis])

/** Where each logical axis lies. */
export function inverse(layout: Layout): number[] {
  const out: number[] = []
  layout.forEach((axis, i) => (out[axis] = i))
  return out
}

/** The transposition that takes a tensor lying as `from` to one lying as `to`. */
export const permutation = (from: Layout, to: Layout) => to.map((axis) => from.indexOf(axis))

/** True where two layouts of a shape hold their elements in the same order, as axes of size 1 do not count. */
export function sameOrder(shape: readonly number[], a: Layout, b: Layout): boolean {
  const real = (layout: Layout) => layout.filter((axis) => shape[axis] !== 1)
  return sameLayout(real(a), real(b))
}

/**
 * Copies values from one layout to another.
 *
 * @param shape Logical shape.
 * @throws RangeError if the number of values is not that of the shape.
 */
export function relayout<T extends Float32Array | Int32Array>(values: T, shape: readonly number[], from: Layout, to: Layout): T {
  const count = size(shape)
  if (values.length !== count) throw new RangeError(`expected ${count} values for shape [${shape.join(', ')}], got ${values.length}`)
  if (sameOrder(shape, from, to)) return values.slice() as T
  const out = new (values.constructor as new (length: number) => T)(count)
  const strides: number[] = []
  let stride = 1
  for (const axis of from.toReversed()) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  const sizes = physicalShape(shape, to)
  const steps = to.map((axis) => strides[axis])
  let at = 0
  const copy = (depth: number, offset: number) => {
    const n = sizes[depth]
    const step = steps[depth]
    if (depth === sizes.length - 1) for (let i = 0; i < n; i++) out[at++] = values[offset + i * step]
    else for (let i = 0; i < n; i++) copy(depth + 1, offset + i * step)
  }
  copy(0, 0)
  return out
}
