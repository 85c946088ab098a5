import * as ort from 'onnxruntime-node'
import type { RgbImage } from '../image/types.ts'
import { encodeModel, type OnnxModel } from '../onnx/model.ts'
import type { Range } from '../onnx/quantise.ts'
import { openSession } from './session.ts'

/** Share of a photo's values that may lie beyond either end: single outliers would cost all others their resolution. */
const outliers = 1e-4
const samples = 20_000

/**
 * Ranges of values inside an exported model over pictures: what lies between the outermost values, a few outliers of each picture left out.
 *
 * @param names Float values of the model.
 * @param pictures As the model takes them, one by one.
 */
export async function measureRanges(model: OnnxModel, names: readonly string[], pictures: AsyncIterable<RgbImage>, { threads, batch }: { threads: number; batch: number }): Promise<Map<string, Range>> {
  const outputs = [...model.outputs, ...names.map((name) => ({ name, type: 'float32' as const }))]
  const session = await openSession(encodeModel({ ...model, outputs }), { device: 'cpu', threads, rewriting: 'all' })
  const ranges = new Map<string, Range>()
  try {
    for await (const { width, height, data } of pictures) {
      const image = new ort.Tensor('uint8', repeated(data, batch), [batch, height, width, 3])
      const values = await session.run({ image }, [...names])
      for (const name of names) ranges.set(name, joined(ranges.get(name), rangeOf(values[name].data as Float32Array)))
    }
  } finally {
    await session.release()
  }
  return ranges
}

/** The same bytes so many times. */
export function repeated(data: Uint8Array, times: number): Uint8Array {
  if (times === 1) return data
  const out = new Uint8Array(data.length * times)
  for (let i = 0; i < times; i++) out.set(data, i * data.length)
  return out
}

const joined = (a: Range | undefined, b: Range): Range => (a ? { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) } : b)

/** By an even choice of the values. */
function rangeOf(values: Float32Array): Range {
  const every = Math.max(1, Math.floor(values.length / samples))
  const some = Float32Array.from({ length: Math.floor((values.length - 1) / every) + 1 }, (_, i) => values[i * every]).sort()
  const out = Math.floor(some.length * outliers)
  return { min: some[out], max: some[some.length - 1 - out] }
}
