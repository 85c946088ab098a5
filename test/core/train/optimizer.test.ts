import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ParameterSpec } from '../../../main/core/model/network.ts'
import { movedAverage } from '../../../main/core/train/ema.ts'
import { optimizer } from '../../../main/core/train/optimizer.ts'
import type { OptimizerOptions } from '../../../main/core/train/optimizer.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const filter: ParameterSpec = { shape: [1, 1, 1, 2], trainable: true, part: 'head', init: 'he' }
const bias: ParameterSpec = { shape: [2], trainable: true, part: 'backbone', init: 'zeros' }
const gradients = [[0.5, -2], [0.25, 0], [-1, 1e-3]]

/** The weight after each of three steps from [1, -1]. */
function walk(options: OptimizerOptions, spec: ParameterSpec, rates = { head: 0.1, backbone: 0.01 }): number[][] {
  return tf.tidy(() => {
    const rule = optimizer(options)
    let weight: tf.Tensor = tf.tensor([1, -1], [...spec.shape])
    let slots = rule.slots.map(() => tf.zeros([...spec.shape]))
    return gradients.map((gradient, step) => {
      const values = rule.values(step, rates)
      expect(Object.keys(values).sort()).toEqual(Object.keys(rule.scalars).sort())
      const scalars = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, tf.scalar(value)]))
      ;({ weight, slots } = rule.update(weight, tf.tensor(gradient, [...spec.shape]), slots, scalars, spec))
      return [...weight.dataSync()]
    })
  })
}

/** Adam as torch writes it, one element, in float64. */
function torchAdam(weight: number, gs: number[], rate: number, decay: number, decoupled: boolean): number[] {
  let [m, v] = [0, 0]
  return gs.map((gradient, i) => {
    const g = decoupled ? gradient : gradient + decay * weight
    if (decoupled) weight *= 1 - rate * decay
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    const t = i + 1
    weight -= (rate / (1 - 0.9 ** t)) * m / (Math.sqrt(v) / Math.sqrt(1 - 0.999 ** t) + 1e-8)
    return weight
  })
}

function expectWalk(got: number[][], expected: [number[], number[]]) {
  got.forEach((weights, step) => weights.forEach((value, i) => expect(value).toBeCloseTo(expected[i][step], 5)))
}
const column = (i: number) => gradients.map((g) => g[i])

describe('adam', () => {
  it('moves by the rate at the first step, whatever the gradient', () => {
    const [first] = walk({ name: 'adam' }, filter)
    expect(first[0]).toBeCloseTo(0.9, 6)
    expect(first[1]).toBeCloseTo(-0.9, 6)
  })
  it('follows torch, with decay in the gradient', () => {
    const expected = (decay: number): [number[], number[]] =>
      [torchAdam(1, column(0), 0.1, decay, false), torchAdam(-1, column(1), 0.1, decay, false)]
    expectWalk(walk({ name: 'adam' }, filter), expected(0))
    expectWalk(walk({ name: 'adam', weightDecay: 0.3 }, filter), expected(0.3))
  })
  it('takes the backbone\'s rate for the backbone, and no decay on biases', () => {
    expectWalk(walk({ name: 'adam', weightDecay: 0.3 }, bias),
      [torchAdam(1, column(0), 0.01, 0, false), torchAdam(-1, column(1), 0.01, 0, false)])
  })
})

describe('adamw', () => {
  it('follows torch, with decay beside the gradient', () => {
    expectWalk(walk({ name: 'adamw', weightDecay: 0.3 }, filter),
      [torchAdam(1, column(0), 0.1, 0.3, true), torchAdam(-1, column(1), 0.1, 0.3, true)])
  })
})

describe('sgd', () => {
  it('without momentum goes down the gradient', () => {
    expectWalk(walk({ name: 'sgd' }, filter), [[0.95, 0.925, 1.025], [-0.8, -0.8, -0.8001]])
  })
  it('with momentum gathers speed', () => {
    // u: 0.5, 0.7, -0.37 and -2, -1.8, -1.619
    expectWalk(walk({ name: 'sgd', momentum: 0.9 }, filter), [[0.95, 0.88, 0.917], [-0.8, -0.62, -0.4581]])
  })
  it('adds the decay to the gradient of filters', () => {
    // g: 0.5 + 0.3, 0.25 + 0.276, -1 + 0.26022
    expectWalk(walk({ name: 'sgd', weightDecay: 0.3 }, filter).map(([a]) => [a]), [[0.92, 0.8674, 0.941378], []])
  })
})

describe('optimizer', () => {
  it('refuses an unknown name', () => {
    expect(() => optimizer({ name: 'lion' as 'adam' })).toThrow('expected adam, adamw or sgd, got lion')
  })
})

describe('movedAverage', () => {
  it('goes that share of the way', () => {
    const moved = tf.tidy(() => [...movedAverage(tf.tensor1d([0, 4]), tf.tensor1d([8, 4]), tf.scalar(0.25)).dataSync()])
    expect(moved).toEqual([2, 4])
  })
})
