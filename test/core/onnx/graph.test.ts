import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { createGraph } from '../../../main/core/onnx/graph.ts'
import { readMetadata } from '../../../main/core/onnx/read-model.ts'
import type { Graph } from '../../../main/core/onnx/graph.ts'

/** Runs a graph by onnxruntime. */
async function run(graph: Graph, feeds: Record<string, ort.Tensor> = {}) {
  const session = await ort.InferenceSession.create(graph.encode())
  const out = await session.run(feeds)
  await session.release()
  return Object.fromEntries(Object.entries(out).map(([name, { data, dims }]) => [name, { data, dims }]))
}

const vector = (...values: number[]) => new ort.Tensor('float32', Float32Array.from(values), [values.length])

describe('an ONNX graph', () => {
  test('with constants of every type, attributes and two outputs runs', async () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: ['n'] })
    const scaled = g.op('Mul', [x, g.constant('float32', [2], [])])
    const [low, high] = g.ops('Split', [scaled, g.constant('int64', [1, 2], [2])], { axis: 0 }, 2)
    g.output({ name: 'low', type: 'float32', shape: [1] }, low)
    g.output({ name: 'high', type: 'float32', shape: [2] }, g.op('LeakyRelu', [high], { alpha: { float: 0.5 } }))
    g.output({ name: 'whole', type: 'int32', shape: ['n'] }, g.op('Add', [g.op('Cast', [scaled], { to: 6 }), g.constant('int32', [-1], [])]))
    g.output({ name: 'kept', type: 'bool', shape: [2] }, g.constant('bool', [1, 0], [2]))
    expect(await run(g, { x: vector(1, -2, 3) })).toEqual({
      low: { data: Float32Array.of(2), dims: [1] }, high: { data: Float32Array.of(-2, 6), dims: [2] },
      whole: { data: Int32Array.of(1, -5, 5), dims: [3] }, kept: { data: Uint8Array.of(1, 0), dims: [2] },
    })
  })

  test('makes equal nodes and equal constants once, and leaves out what no output needs', () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: [3] })
    const one = g.constant('float32', [1], [])
    expect(g.constant('float32', [1], [])).toBe(one)
    expect(g.constant('int32', [1], [])).not.toBe(one)
    expect(g.op('Add', [x, one])).toBe(g.op('Add', [x, one]))
    expect(g.op('Softmax', [x], { axis: 0 })).not.toBe(g.op('Softmax', [x], { axis: -1 }))
    g.output({ name: 'y', type: 'float32', shape: [3] }, g.op('Add', [x, one]))
    const text = new TextDecoder('latin1').decode(g.encode())
    expect(text).toContain('Add')
    expect(text).not.toContain('Softmax')
    expect(g.nodeCount()).toBe(3)
  })

  test('gives one value out under two names, and an input as it is', async () => {
    const g = createGraph()
    const x = g.input({ name: 'x', type: 'float32', shape: [2] })
    const y = g.op('Neg', [x])
    for (const [name, value] of [['a', y], ['b', y], ['c', x]]) g.output({ name, type: 'float32', shape: [2] }, value)
    g.output({ name: 'd', type: 'float32', shape: [2] }, g.op('Abs', [y]))
    const out = await run(g, { x: vector(1, 2) })
    expect(Object.values(out).map(({ data }) => [...(data as Float32Array)])).toEqual([[-1, -2], [-1, -2], [1, 2], [1, 2]])
  })

  test('carries metadata', () => {
    const g = createGraph()
    g.output({ name: 'y', type: 'float32', shape: [] }, g.constant('float32', [1], []))
    expect(readMetadata(g.encode({ metadata: { a: '1', 'ü': 'β' } }))).toEqual({ a: '1', 'ü': 'β' })
    expect(readMetadata(g.encode())).toEqual({})
  })
})
