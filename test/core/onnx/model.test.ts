import { describe, expect, it } from 'vitest'
import { sharingConstants, type OnnxModel } from '../../../main/core/onnx/model.ts'

const constant = (name: string, values: number[], shape = [values.length]) => ({ name, type: 'float32', values: Float32Array.from(values), shape }) as const
const add = (inputs: string[], output: string) => ({ type: 'Add', inputs, outputs: [output], attributes: {}, domain: '' })

describe('constants of a model', () => {
  const model: OnnxModel = {
    nodes: [add(['x', 'a'], 'p'), add(['p', 'b'], 'q'), add(['q', 'c'], 'r'), add(['r', 'd'], 'y')],
    constants: [constant('a', [1, 2]), constant('b', [1, 2]), constant('c', [1, 2], [2, 1]), constant('d', [1, 3])],
    inputs: [{ name: 'x', type: 'float32', shape: [2] }], outputs: [{ name: 'y', type: 'float32', shape: [2, 2] }], metadata: {},
  }
  it('are kept once where several are equal, in type, shape and every value', () => {
    const shared = sharingConstants(model)
    expect(shared.constants.map(({ name }) => name)).toEqual(['a', 'c', 'd'])
    expect(shared.nodes.map(({ inputs }) => inputs[1])).toEqual(['a', 'a', 'c', 'd'])
  })
  it('tell zero from minus zero', () => {
    const zeros = { ...model, constants: [constant('a', [0, 0]), constant('b', [0, -0]), ...model.constants.slice(2)] }
    expect(sharingConstants(zeros).constants.length).toBe(4)
  })
})
