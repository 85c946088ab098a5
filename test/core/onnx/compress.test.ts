import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { compressWeights, toHalf } from '../../../main/core/onnx/compress.ts'
import { createGraph, readMetadata } from '../../../main/core/onnx/graph.ts'
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

  it.each([['float16', 2, 0.02], ['int8', 1, 0.2]] as const)('%s run in onnxruntime, close to the whole ones and so much smaller', async (how, bytesEach, off) => {
    const whole = model()
    const small = compressWeights(whole, how)
    expect(whole.length - small.length).toBeGreaterThan(weights.length * (4 - bytesEach) - 400)
    expect(readMetadata(small)).toEqual({ project: 'p' })
    const [expected, got] = [await run(whole), await run(small)]
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0)
    expect(worst).toBeGreaterThan(0)
    expect(worst).toBeLessThan(off)
  })

  it('refuse bytes that are no model', () => {
    expect(() => compressWeights(Uint8Array.of(58, 255, 1), 'int8')).toThrow(RangeError)
  })
})
