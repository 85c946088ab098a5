import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import '../../../main/core/engine/gradients.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import type { Program, Values } from '../../../main/core/engine/types.ts'
import { trainableNames } from '../../../main/core/model/network.ts'
import { meanLoss, weightedCrossEntropy } from '../../../main/core/train/loss.ts'
import { optimizer } from '../../../main/core/train/optimizer.ts'
import { predictStep } from '../../../main/core/train/predict-step.ts'
import { segmentationStep, weightsOf } from '../../../main/core/train/train-step.ts'
import type { TrainStep } from '../../../main/core/train/train-step.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { goldenArrays, goldenJson, hasGolden } from '../../helpers/golden.ts'
import { distance, fromTorch, smallMobileNet, smallPspNet, tensorsOf, weightsFromTorch } from './reference-nets.ts'

const H = 48
const W = 64
const executor = onnxExecutor('cpu', { threads: 1 })
afterEach(() => executor.dispose())

interface Facts { readonly learning_rates: number[]; readonly losses_float64: number[] }
const nets = [
  { name: 'pspnet_adam', make: smallPspNet, rule: optimizer({ name: 'adam' }) },
  { name: 'mobilenet_sgd_poly', make: smallMobileNet, rule: optimizer({ name: 'sgd', momentum: 0.9 }) },
] as const

function inputsOf(name: string): Record<'image' | 'labels' | 'pixelWeights', Values> {
  const { input, labels, weight_map: weights } = goldenArrays(`5_net_step/${name}_inputs`)
  return { image: fromTorch(input, 'map'), labels: Int32Array.from(labels.data), pixelWeights: weights.data as Float32Array }
}

/** Runs three steps and keeps what each leaves. */
async function threeSteps(name: string, step: TrainStep, program: Pick<Program, 'run' | 'readState' | 'writeState'>) {
  const facts = goldenJson<Facts>(`5_net_step/${name}.json`)
  await program.writeState(step.startOf(weightsFromTorch(goldenArrays(`5_net_step/${name}_init`))))
  const losses: number[] = []
  const states: Record<string, Values>[] = []
  for (const [i, rate] of facts.learning_rates.entries()) {
    const { loss } = await program.run({ ...inputsOf(name), ...step.scalars(i, { head: rate, backbone: rate }) })
    losses.push(loss[0])
    states.push(Object.fromEntries(Object.entries(await program.readState()).map(([n, values]) => [n, values.slice()])))
  }
  facts.losses_float64.forEach((loss, i) =>
    expect(Math.abs(losses[i] / loss - 1), `loss of step ${i + 1}`).toBeLessThan([1e-5, 2e-4, 5e-4][i]))
  return states
}

/** The figures of the references' README: Adam may flip the sign of a gradient near zero, SGD is smooth. */
function expectWeights(name: string, state: Record<string, Values>, steps: 1 | 3) {
  const expected = weightsFromTorch(goldenArrays(`5_net_step/${name}_after${steps}`))
  const weights = weightsOf(state)
  const adam = name === 'pspnet_adam'
  let [far, all] = [0, 0]
  for (const [key, values] of Object.entries(expected)) {
    if (key.includes('running_')) {
      const scale = adam ? 1 : Math.max(1e-3, ...values.map(Math.abs))
      expect(distance(weights[key], values) / scale, key).toBeLessThan(steps === 1 ? 1e-4 : adam ? 1e-3 : 2e-3)
      continue
    }
    expect(distance(weights[key], values), key).toBeLessThanOrEqual(adam ? 2e-3 * steps : steps === 1 ? 2e-4 : 1e-3)
    values.forEach((value, i) => (far += Math.abs(value - weights[key][i]) > 2e-5 ? 1 : 0))
    all += values.length
  }
  if (adam) expect(far / all).toBeLessThan(0.005)
}

describe.skipIf(!hasGolden('5_net_step'))('training steps of the reference', () => {
  it.each(nets)('$name: gradients agree on the reference backend', async ({ name, make }) => {
    await tf.setBackend('cpu')
    const network = make()
    const names = trainableNames(network.parameters)
    const expected = weightsFromTorch(goldenArrays(`5_net_step/${name}_grads`))
    const largest = Math.max(...Object.values(expected).map((values) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)))
    const inputs = inputsOf(name)
    tf.tidy(() => {
      const weights = tensorsOf(network, weightsFromTorch(goldenArrays(`5_net_step/${name}_init`)))
      const image = tf.tensor4d(inputs.image as Float32Array, [2, H, W, 3])
      const labels = tf.tensor3d(inputs.labels as Int32Array, [2, H, W], 'int32')
      const pixelWeights = tf.tensor3d(inputs.pixelWeights as Float32Array, [2, H, W])
      const { grads } = tf.valueAndGrads((...trained) => {
        const present = { ...weights, ...Object.fromEntries(names.map((n, i) => [n, trained[i]])) }
        return meanLoss(weightedCrossEntropy(network.forward(image, present, true).output, labels, pixelWeights), 0, 2) as tf.Scalar
      })(names.map((n) => weights[n]))
      names.forEach((n, i) => {
        const bound = 3e-3 * expected[n].reduce((a, b) => Math.max(a, Math.abs(b)), 0) + 1e-5 * largest
        expect(distance(grads[i].dataSync(), expected[n]), n).toBeLessThan(bound)
      })
    })
  })

  it.each(nets)('$name: losses, weights and statistics of three compiled steps agree', async ({ name, make, rule }) => {
    const step = segmentationStep({ network: make(), optimizer: rule, renders: 2, photos: 0, height: H, width: W })
    const states = await threeSteps(name, step, await executor.compile(step.fn, step.signature))
    expectWeights(name, states[0], 1)
    expectWeights(name, states[2], 3)
  })

  it.each(nets)('$name: the network after three steps predicts as the reference does', async ({ name, make }) => {
    const network = make()
    const prediction = predictStep(network, { batch: 2, height: H, width: W })
    const program = await executor.compile(prediction.fn, prediction.signature)
    await program.writeState(prediction.stateOf(weightsFromTorch(goldenArrays(`5_net_step/${name}_after3`))))
    const { probabilities } = await program.run({ image: inputsOf(name).image })
    const logits = fromTorch(goldenArrays(`5_net_step/${name}_logits`).eval_logits_after3, 'map')
    const expected = tf.tidy(() => tf.softmax(tf.tensor2d(logits, [2 * H * W, 5])).dataSync())
    expect(distance(probabilities, expected)).toBeLessThan(1e-3)
  })
})
