import { describe, expect, it } from 'vitest'
import { backboneWeights } from '../../../main/core/model/backbone-weights.ts'
import { initialise } from '../../../main/core/model/initialise.ts'
import type { ParameterSpecs } from '../../../main/core/model/network.ts'
import { pspnet } from '../../../main/core/model/pspnet.ts'

const parameters: ParameterSpecs = {
  conv: { shape: [3, 3, 16, 64], trainable: true, part: 'backbone', init: 'he' },
  cls: { shape: [1, 1, 64, 100], trainable: true, part: 'head', init: 'score' },
  last: { shape: [4], trainable: true, part: 'backbone', init: 'residual' },
  bias: { shape: [4], trainable: true, part: 'head', init: 'zeros' },
  variance: { shape: [4], trainable: false, part: 'backbone', init: 'ones' },
}
const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)

describe('initialise', () => {
  it('draws filters with the deviation of the fan-out, scores with that of the fan-in', () => {
    const values = initialise(parameters, 7)
    const expected = Math.sqrt(2 / (9 * 64))
    expect(deviation(values.conv) / expected).toBeGreaterThan(0.97)
    expect(deviation(values.conv) / expected).toBeLessThan(1.03)
    const scores = Math.sqrt(2 / 64)
    expect(deviation(values.cls) / scores).toBeGreaterThan(0.97)
    expect(deviation(values.cls) / scores).toBeLessThan(1.03)
    expect(Math.abs(values.conv.reduce((a, b) => a + b, 0) / values.conv.length)).toBeLessThan(0.003)
  })
  it('starts norms as the identity, residual branches at zero where wanted', () => {
    const values = initialise(parameters, 7)
    expect([...values.last, ...values.bias, ...values.variance]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1])
    expect([...initialise(parameters, 7, { zeroResidual: true }).last]).toEqual([0, 0, 0, 0])
  })
  it('depends on seed and name alone', () => {
    const { conv } = initialise({ conv: parameters.conv }, 7)
    expect(conv).toEqual(initialise(parameters, 7).conv)
    expect(conv).not.toEqual(initialise(parameters, 8).conv)
    expect(initialise({ other: parameters.conv }, 7).other).not.toEqual(conv)
  })
})

describe('backboneWeights', () => {
  const small: ParameterSpecs = {
    'conv.weight': { shape: [1, 2, 3, 2], trainable: true, part: 'backbone', init: 'he' },
    'deep.weight': { shape: [1, 2, 3, 1], trainable: true, part: 'backbone', init: 'he' },
    'bn.running_var': { shape: [2], trainable: false, part: 'backbone', init: 'ones' },
    'cls.weight': { shape: [1, 1, 2, 5], trainable: true, part: 'head', init: 'score' },
  }
  const file = () => ({
    // [out 2, in 3, 1, 2]
    'conv.weight': { shape: [2, 3, 1, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) },
    // [channels 3, 1, 1, 2]
    'deep.weight': { shape: [3, 1, 1, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
    'bn.running_var': { shape: [2], data: Float32Array.of(8, 9) },
    'bn.num_batches_tracked': { shape: [], data: BigInt64Array.of(3n) },
  })
  it('turns filters to [h, w, in, out] and depthwise ones to [h, w, channels, 1]', () => {
    expect(Object.fromEntries(Object.entries(backboneWeights(file(), small)).map(([name, v]) => [name, [...v]]))).toEqual({
      'conv.weight': [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11],
      'deep.weight': [0, 2, 4, 1, 3, 5],
      'bn.running_var': [8, 9],
    })
  })
  it('refuses what is missing, of another width, or not floats', () => {
    const without = { 'conv.weight': file()['conv.weight'], 'deep.weight': file()['deep.weight'] }
    expect(() => backboneWeights(without, small)).toThrow('expected a tensor bn.running_var')
    const half = pspnet({ backbone: 'resnet18', width: 0.5, outputStride: 16, decoder: 'skip', classes: 2 }).parameters
    expect(() => backboneWeights({ 'conv1.weight': { shape: [64, 3, 7, 7], data: new Float32Array(9408) } }, half))
      .toThrow('expected conv1.weight to be [32, 3, 7, 7], got [64, 3, 7, 7]: pretrained weights fit a network of the same width only')
    expect(() => backboneWeights({ ...file(), 'bn.running_var': { shape: [2], data: Int32Array.of(1, 2) } }, small)).toThrow('hold floats')
  })
})
