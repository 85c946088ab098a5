import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { measureRanges } from '../../../main/core/engine/calibrate.ts'
import { anyBatch } from '../../../main/core/onnx/any-batch.ts'
import { foldBiases } from '../../../main/core/onnx/fold-bias.ts'
import { createGraph } from '../../../main/core/onnx/graph.ts'
import { encodeModel, type OnnxModel } from '../../../main/core/onnx/model.ts'
import { quantise, valuesToMeasure } from '../../../main/core/onnx/quantise.ts'
import { random } from '../../../main/core/random.ts'
import { onnxChecker, pythonWith } from '../../helpers/python.ts'

const { uniform } = random('quantise')
const [height, width] = [12, 16]
const drawn = (count: number) => Float32Array.from({ length: count }, () => uniform() - 0.5)

/** Convolution and bias, activation, pool, a branch that joins, and the scores: what networks here are made of. */
function drawnModel(): OnnxModel {
  const g = createGraph()
  const image = g.input({ name: 'image', type: 'uint8', shape: ['N', height, width, 3] })
  const x = g.op('Transpose', [g.op('Div', [g.op('Cast', [image], { to: 1 }), g.constant('float32', [255], [])])], { perm: [0, 3, 1, 2] })
  const conv = (value: string, from: number, to: number) => {
    const y = g.op('Conv', [value, g.constant('float32', drawn(to * from * 9), [to, from, 3, 3])], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] })
    return g.op('Add', [y, g.op('Reshape', [g.constant('float32', drawn(to), [to]), g.constant('int64', [1, to, 1, 1], [4])])])
  }
  const a = g.op('MaxPool', [g.op('Relu', [conv(x, 3, 8)])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] })
  const b = g.op('Relu', [g.op('Add', [conv(a, 8, 8), a])])
  const c = g.op('Clip', [conv(b, 8, 8), g.constant('float32', [0], []), g.constant('float32', [6], [])])
  g.output({ name: 'scores', type: 'float32', shape: ['N', 4, height, width] }, conv(g.op('Concat', [b, c], { axis: 1 }), 16, 4))
  return g.model()
}

const picture = () => ({ width, height, data: Uint8Array.from({ length: height * width * 3 }, () => uniform() * 256) })
async function* pictures(count: number) {
  for (let i = 0; i < count; i++) yield picture()
}

async function scores(model: OnnxModel, { data }: ReturnType<typeof picture>): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(encodeModel(model))
  const result = await session.run({ image: new ort.Tensor('uint8', data, [1, height, width, 3]) })
  await session.release()
  return result.scores.data as Float32Array
}

const types = ({ nodes }: OnnxModel) => nodes.map(({ type }) => type)
const count = (model: OnnxModel, type: string) => types(model).filter((name) => name === type).length

describe('biases folded into convolutions', () => {
  it('leave the function as it was, with fewer nodes', async () => {
    const model = drawnModel()
    const folded = foldBiases(model)
    expect(count(model, 'Add') - count(folded, 'Add')).toBe(4)
    const shown = picture()
    const [expected, got] = [await scores(model, shown), await scores(folded, shown)]
    for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 4)
  })
  it('stay where the sum is used twice or adds another thing', () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: [1, 2, 4, 4] })
    const conv = g.op('Conv', [x, g.constant('float32', drawn(4), [2, 2, 1, 1])])
    g.output({ name: 'y', type: 'float32', shape: [1, 2, 4, 4] }, g.op('Mul', [g.op('Add', [conv, g.constant('float32', [1, 2], [2])]), conv]))
    expect(types(foldBiases(g.model()))).toEqual(['Conv', 'Add', 'Mul'])
  })
})

describe('static quantisation', () => {
  it('keeps close to the whole model, in integers but for the scores', async () => {
    const folded = foldBiases(drawnModel())
    const names = valuesToMeasure(folded)
    const small = quantise(folded, await measureRanges(folded, names, pictures(8), { threads: 1, batch: 1 }))
    expect(small.constants.filter(({ type, shape }) => type === 'int8' && shape.length === 4).map(({ shape }) => shape[0])).toEqual([8, 8, 8])
    expect(types(small)).not.toContain('Relu')
    expect(types(small)).not.toContain('Clip')
    expect(small.nodes.every(({ domain }) => domain === '')).toBe(true)
    const shown = picture()
    const [expected, got] = [await scores(folded, shown), await scores(small, shown)]
    const size = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0) / expected.length)
    const off = Math.sqrt(expected.reduce((sum, value, i) => sum + (value - got[i]) ** 2, 0) / expected.length)
    expect(off).toBeGreaterThan(0)
    expect(off / size).toBeLessThan(0.05)
  })

  it('has one scale an output channel, a zero that is a level, and biases in the product of the scales', () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: [1, 1, 2, 2] })
    const y = g.op('Conv', [x, g.constant('float32', [0.63, -1.26], [2, 1, 1, 1]), g.constant('float32', [1, -0.5], [2])])
    g.output({ name: 'z', type: 'float32', shape: [1, 1, 2, 2] }, g.op('Conv', [y, g.constant('float32', [1, 1], [1, 2, 1, 1])]))
    const model = g.model()
    expect(valuesToMeasure(model)).toEqual(['x', y])
    const small = quantise(model, new Map([['x', { min: -1, max: 1.55 }], [y, { min: 0.5, max: 5.1 }]]))
    const of = (name: string) => Array.from(small.constants.find((constant) => constant.name === name)!.values)
    const weights = model.nodes[0].inputs[1]
    expect(of('xs')[0]).toBeCloseTo(0.01, 6)
    expect(of('xz')).toEqual([100])
    expect(of(`${y}s`)[0]).toBeCloseTo(0.02, 6)
    expect(of(`${y}z`)).toEqual([0])
    expect(of(`${weights}q`)).toEqual([63, -63])
    expect(of(`${weights}s`).map((scale) => Number(scale.toFixed(6)))).toEqual([0.01, 0.02])
    expect(of(`${y}bq`)).toEqual([10_000, -2500])
    expect(small.constants.find(({ name }) => name === `${y}bq`)!.type).toBe('int32')
  })

  const python = pythonWith('onnx')
  it.skipIf(!python)('passes the checker of ONNX', async () => {
    const folded = foldBiases(drawnModel())
    const small = quantise(folded, await measureRanges(folded, valuesToMeasure(folded), pictures(2), { threads: 1, batch: 1 }))
    const dir = mkdtempSync(join(tmpdir(), 'maskwright-int8-'))
    writeFileSync(join(dir, 'model.onnx'), encodeModel(small))
    expect(onnxChecker(python!, join(dir, 'model.onnx'))).toBe('')
    rmSync(dir, { recursive: true })
  })

  it('wants every range', () => {
    const folded = foldBiases(drawnModel())
    expect(() => quantise(folded, new Map())).toThrow(RangeError)
  })
})

describe('ranges', () => {
  it('lie between the outermost values but for a few outliers', async () => {
    const g = createGraph()
    const image = g.input({ name: 'image', type: 'uint8', shape: ['N', 'H', 'W', 3] })
    const value = g.op('Sub', [g.op('Cast', [image], { to: 1 }), g.constant('float32', [100], [])])
    g.output({ name: 'y', type: 'float32', shape: ['N', 'H', 'W', 3] }, g.op('Relu', [value]))
    const data = new Uint8Array(100 * 66 * 3).map((_, i) => 50 + (i % 101))
    data[7] = 255
    const found = await measureRanges(g.model(), [value], (async function* () { yield { width: 100, height: 66, data } })(), { threads: 1, batch: 2 })
    expect(found.get(value)).toEqual({ min: -50, max: 50 })
  })
})

describe('a model for any batch', () => {
  const reshaping = (batch: number, also: number) => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: ['N', 6] })
    const rows = g.op('Reshape', [x, g.constant('int64', [batch * 2, 3], [2])])
    g.output({ name: 'y', type: 'float32', shape: ['N', 6] }, g.op('Reshape', [g.op('Mul', [rows, g.constant('float32', [also], [])]), g.constant('int64', [batch, 6], [2])]))
    return g.model()
  }
  it('leaves open what differs between two sizes', () => {
    const shapes = anyBatch(reshaping(7907, 1), reshaping(7919, 1)).constants.filter(({ type }) => type === 'int64')
    expect(shapes.map(({ values }) => Array.from(values))).toEqual([[-1, 3], [-1, 6]])
  })
  it('is refused where the batch shows elsewhere', () => {
    expect(() => anyBatch(reshaping(7907, 1), reshaping(7919, 2))).toThrow(/Mul/)
  })
})
