import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { halveWeights, toHalf } from '../../../main/core/onnx/halve.ts'
import { encodeModel } from '../../../main/core/onnx/model.ts'
import { createGraph } from '../../../main/core/onnx/graph.ts'
import { decodeModel, readMetadata } from '../../../main/core/onnx/read-model.ts'
import { random } from '../../../main/core/random.ts'

describe('half floats', () => {
  it('are the nearest ones, ties to even', () => {
    const known: [number, number][] = [
      [0, 0], [-0, 0x8000], [1, 0x3c00], [-2, 0xc000], [65504, 0x7bff], [65520, 0x7c00], [1e6, 0x7c00], [Infinity, 0x7c00], [-Infinity, 0xfc00],
      [2 ** -14, 0x0400], [2 ** -24, 0x0001], [2 ** -25, 0x0000], [1.5 * 2 ** -24, 0x0002], [1 + 2 ** -11, 0x3c00], [1 + 3 * 2 ** -11, 0x3c02], [1 / 3, 0x3555], [0.1, 0x2e66],
    ]
    for (const [value, bits] of known) expect(toHalf(value), String(value)).toBe(bits)
    expect(toHalf(NaN) & 0x7fff).toBeGreaterThan(0x7c00)
  })
})

describe('compressed weights', () => {
  const { uniform } = random('compress')
  const weights = Float32Array.from({ length: 16 * 8 * 9 }, () => uniform() * 2 - 1)
  const model = () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: [1, 8, 6, 6] })
    const y = g.op('Conv', [x, g.constant('float32', weights, [16, 8, 3, 3]), g.constant('float32', new Float32Array(16).fill(0.5), [16])], { pads: [1, 1, 1, 1] })
    g.output({ name: 'y', type: 'float32', shape: [1, 16, 6, 6] }, y)
    return g.encode({ metadata: { project: 'p' } })
  }
  const input = new ort.Tensor('float32', Float32Array.from({ length: 8 * 36 }, () => uniform()), [1, 8, 6, 6])
  async function run(bytes: Uint8Array): Promise<Float32Array> {
    const session = await ort.InferenceSession.create(bytes)
    const { y } = await session.run({ x: input })
    await session.release()
    return y.data as Float32Array
  }

  it('run in onnxruntime, close to the whole ones and half as large', async () => {
    const whole = model()
    const small = encodeModel(halveWeights(decodeModel(whole)))
    expect(whole.length - small.length).toBeGreaterThan(weights.length * 2 - 100)
    expect(readMetadata(small)).toEqual({ project: 'p' })
    const [expected, got] = [await run(whole), await run(small)]
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0)
    expect(worst).toBeGreaterThan(0)
    expect(worst).toBeLessThan(0.02)
  })
})

describe('a model taken apart', () => {
  it('is put together to the same bytes', () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'uint8', shape: ['N', 3] })
    const y = g.op('Clip', [g.op('Cast', [x], { to: 1 }), '', g.constant('float32', [-1.5], [])])
    const z = g.op('Add', [y, g.op('LeakyRelu', [y], { alpha: { float: 0.25 } })])
    g.output({ name: 'y', type: 'float32', shape: ['N', 3] }, g.op('Reshape', [z, g.constant('int64', [-1, 3], [2])]))
    const bytes = g.encode({ metadata: { a: 'ü', b: '' } })
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes)
    expect(decodeModel(bytes).constants.map(({ values }) => Array.from(values))).toEqual([[-1.5], [-1, 3]])
  })
  it('refuses bytes that are no model', () => {
    expect(() => decodeModel(Uint8Array.of(58, 255, 1))).toThrow(RangeError)
  })
})
