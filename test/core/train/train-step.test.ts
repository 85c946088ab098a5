import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import '../../../main/core/engine/gradients.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import type { Program, Values } from '../../../main/core/engine/types.ts'
import { camClassifier } from '../../../main/core/model/cam-classifier.ts'
import { initialise } from '../../../main/core/model/initialise.ts'
import { mobilenetFrom } from '../../../main/core/model/mobilenet.ts'
import { trainableNames } from '../../../main/core/model/network.ts'
import type { Network } from '../../../main/core/model/network.ts'
import { plainDecoder, segmentationNetwork, skipDecoder } from '../../../main/core/model/pspnet.ts'
import { resnetFrom } from '../../../main/core/model/resnet.ts'
import { random } from '../../../main/core/random.ts'
import { meanLoss, weightedCrossEntropy } from '../../../main/core/train/loss.ts'
import { optimizer } from '../../../main/core/train/optimizer.ts'
import { camStep, predictStep } from '../../../main/core/train/predict-step.ts'
import { classifierStep, segmentationStep, weightsOf } from '../../../main/core/train/train-step.ts'
import type { TrainStep } from '../../../main/core/train/train-step.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const H = 24
const W = 32
const executor = onnxExecutor('cpu', { threads: 1 })
beforeEach(async () => {
  await tf.setBackend('cpu')
})
afterEach(() => executor.dispose())

const tinyResNet = (stride: 8 | 16) => resnetFrom({ stem: 8, widths: [8, 8, 8, 16], blocks: [1, 1, 1, 1], bottleneck: false }, stride)
const tinyMobileNet = (frozenStride = 0) => mobilenetFrom({ stem: 8, rows: [[1, 8, 1, 1], [2, 8, 1, 2], [2, 16, 2, 2]] }, 8, { frozenStride })
const nets: [string, () => Network][] = [
  ['residual, no decoder', () => segmentationNetwork(tinyResNet(8), plainDecoder(tinyResNet(8), 16, 3))],
  ['residual, skip decoder', () => segmentationNetwork(tinyResNet(16), skipDecoder(tinyResNet(16), 16, 3))],
  ['inverted residual, skip decoder', () => segmentationNetwork(tinyMobileNet(), skipDecoder(tinyMobileNet(), 16, 3))],
]

/** Drawn pictures: a red disc is class 1, a green square class 2, a rim is unlabelled. */
function drawn(batch: number, seed: number) {
  const { between, chance } = random(seed, 'drawn')
  const image = new Float32Array(batch * H * W * 3)
  const labels = new Int32Array(batch * H * W)
  const tags = new Float32Array(batch * 2)
  for (let b = 0; b < batch; b++) {
    const shown = [b % 2 === 0 || chance(0.3), b % 2 === 1]
    const discs = shown.map(() => ({ y: between(6, H - 6), x: between(6, W - 6) }))
    shown.forEach((is, c) => (tags[b * 2 + c] = is ? 1 : 0))
    for (let i = 0; i < H * W; i++) {
      const [y, x] = [Math.floor(i / W), i % W]
      const inside = [Math.hypot(y - discs[0].y, x - discs[0].x) < 6, Math.max(Math.abs(y - discs[1].y), Math.abs(x - discs[1].x)) < 5]
      const label = shown[1] && inside[1] ? 2 : shown[0] && inside[0] ? 1 : 0
      labels[b * H * W + i] = y === 0 ? 255 : label
      for (let c = 0; c < 3; c++) image[(b * H * W + i) * 3 + c] = 90 + between(-20, 20) + (label === c + 1 ? 90 : 0)
    }
  }
  return { image, labels, tags, pixelWeights: new Float32Array(batch * H * W).fill(1) }
}

/** Drawn pictures as a segmentation step wants them. */
function pictures(batch: number, seed: number) {
  const { image, labels, pixelWeights } = drawn(batch, seed)
  return { image, labels, pixelWeights }
}

async function trained(
  step: TrainStep, program: Program, network: Pick<Network, 'parameters'>, inputs: Parameters<Program['run']>[0], steps: number,
) {
  await program.writeState(step.startOf(initialise(network.parameters, 3)))
  const losses: number[] = []
  for (let i = 0; i < steps; i++) {
    const { loss } = await program.run({ ...inputs, ...step.scalars(i, { head: 1e-2, backbone: 1e-2 }) })
    losses.push(loss[0])
  }
  return losses
}

/** What a network of these weights predicts of so many pictures. */
async function predicted(network: Network, weights: Record<string, Float32Array>, batch: number, image: Float32Array) {
  const prediction = predictStep(network, { batch, height: H, width: W })
  const predictor = await executor.compile(prediction.fn, prediction.signature)
  await predictor.writeState(prediction.stateOf(weights))
  return (await predictor.run({ image })).probabilities
}

describe('gradients of whole networks', () => {
  it.each(nets)('%s: each parameter\'s gradient is the slope of the loss along it', (_, make) => {
    const network = make()
    const { image, labels, pixelWeights } = drawn(2, 1)
    const names = trainableNames(network.parameters)
    tf.tidy(() => {
      const weights = Object.fromEntries(Object.entries(initialise(network.parameters, 2)).map(([name, values]) =>
        [name, tf.tensor(values, [...network.parameters[name].shape])]))
      const x = tf.tensor4d(image, [2, H, W, 3])
      const y = tf.tensor3d(labels, [2, H, W], 'int32')
      const w = tf.tensor3d(pixelWeights, [2, H, W])
      const loss = (present: Record<string, tf.Tensor>) =>
        meanLoss(weightedCrossEntropy(network.forward(x, { ...weights, ...present }, true).output, y, w), 0, 2) as tf.Scalar
      const gradientOf = tf.valueAndGrads((...list) => loss(Object.fromEntries(names.map((n, i) => [n, list[i]]))))
      const { grads } = gradientOf(names.map((n) => weights[n]))
      const lengths = grads.map((gradient) => tf.norm(gradient).dataSync()[0])
      const longest = Math.max(...lengths)
      names.forEach((name, i) => {
        if (lengths[i] < 0.02 * longest) return
        const reach = 2e-4
        const along = tf.mul(grads[i], reach / lengths[i])
        const moved = [tf.add(weights[name], along), tf.sub(weights[name], along)]
        const [up, down] = moved.map((weight) => loss({ [name]: weight }).dataSync()[0])
        expect((up - down) / (2 * reach) / lengths[i], name).toBeCloseTo(1, 1)
      })
    })
  })
})

describe('segmentationStep', () => {
  const make = nets[1][1]
  const options = { optimizer: optimizer({ name: 'adamw', weightDecay: 1e-4 }), height: H, width: W }

  it('names its state: weights, slots of what is trained, averages of all', () => {
    const network = make()
    const step = segmentationStep({ ...options, network, renders: 1, photos: 1, ema: 0.9 })
    const state = Object.keys(step.signature.state ?? {})
    const all = Object.keys(network.parameters)
    const trainable = trainableNames(network.parameters)
    const slots = ['m', 'v'].flatMap((slot) => trainable.map((n) => `${slot}/${n}`))
    expect(state).toEqual([...all.map((n) => `w/${n}`), ...slots, ...all.map((n) => `e/${n}`)])
    expect(Object.keys(step.signature.inputs)).toEqual(
      ['image', 'labels', 'pixelWeights', 'rateHead', 'rateBackbone', 'epsilon', 'keepHead', 'keepBackbone', 'averageShare'])
    expect(Object.keys(step.scalars(0, { head: 1, backbone: 1 }))).toEqual(Object.keys(step.signature.inputs).slice(3))
  })

  it('learns drawn pictures, and predicts them by the averages too', async () => {
    const network = make()
    const step = segmentationStep({ ...options, network, renders: 2, photos: 2, ema: 0.8 })
    const program = await executor.compile(step.fn, step.signature)
    const inputs = pictures(4, 5)
    const losses = await trained(step, program, network, inputs, 100)
    expect(losses[0]).toBeGreaterThan(1.8)
    expect(losses[99]).toBeLessThan(0.4)
    const state = await program.readState()
    for (const kind of ['w', 'e'] as const) {
      const probabilities = await predicted(network, weightsOf(state, kind), 4, inputs.image)
      let right = 0
      inputs.labels.forEach((label, i) => {
        const p = probabilities.subarray(i * 3, i * 3 + 3)
        right += label === 255 || p.indexOf(Math.max(...p)) === label ? 1 : 0
      })
      expect(right / inputs.labels.length, kind).toBeGreaterThan(0.95)
    }
  })

  it('adds the photos\' loss, scaled, each part by its own weights', async () => {
    const network = make()
    const inputs = pictures(3, 6)
    inputs.pixelWeights.fill(7, 0, H * W)
    const step = segmentationStep({ ...options, network, renders: 1, photos: 2, photoLoss: 0.5 })
    const program = await executor.compile(step.fn, step.signature)
    await program.writeState(step.startOf(initialise(network.parameters, 3)))
    const { loss, lossRenders, lossPhotos } = await program.run({ ...inputs, ...step.scalars(0, { head: 0, backbone: 0 }) })
    expect(loss[0]).toBeCloseTo(lossRenders[0] + 0.5 * lossPhotos[0], 5)
    inputs.pixelWeights.fill(0, 0, H * W)
    const without = await program.run({ ...inputs, ...step.scalars(1, { head: 0, backbone: 0 }) })
    expect(without.lossRenders[0]).toBeCloseTo(0, 12)
  })

  it('moves neither part whose rate is 0, and running statistics always', async () => {
    const network = make()
    const inputs = pictures(2, 7)
    const rule = optimizer({ name: 'sgd', momentum: 0.9 })
    const step = segmentationStep({ ...options, optimizer: rule, network, renders: 2, photos: 0, ema: 0.5 })
    const program = await executor.compile(step.fn, step.signature)
    const start = step.startOf(initialise(network.parameters, 3))
    await program.writeState(start)
    await program.run({ ...inputs, ...step.scalars(0, { head: 0.1, backbone: 0 }) })
    const state = await program.readState()
    expect(state['w/conv1.weight']).toEqual(start['w/conv1.weight'])
    expect(state['w/cls.weight']).not.toEqual(start['w/cls.weight'])
    expect(state['w/bn1.running_mean']).not.toEqual(start['w/bn1.running_mean'])
    expect(state['e/bn1.running_mean']).toEqual(state['w/bn1.running_mean'])
  })

  it('leaves frozen layers as they are, in weights and averages, and trains the rest', async () => {
    const network = segmentationNetwork(tinyMobileNet(4), skipDecoder(tinyMobileNet(4), 16, 3))
    const step = segmentationStep({ ...options, network, renders: 2, photos: 0, ema: 0.8 })
    const program = await executor.compile(step.fn, step.signature)
    const losses = await trained(step, program, network, pictures(2, 5), 60)
    expect(losses[59]).toBeLessThan(0.5 * losses[0])
    const [start, state] = [initialise(network.parameters, 3), await program.readState()]
    for (const name of Object.keys(network.parameters))
      for (const kind of ['w', 'e']) {
        if (/^features\.[0-2]\./.test(name)) expect(state[`${kind}/${name}`], name).toEqual(start[name])
        else expect(state[`${kind}/${name}`], name).not.toEqual(start[name])
      }
  })

  it('leaves no tensor behind when it runs eagerly', () => {
    const network = make()
    const step = segmentationStep({ ...options, network, renders: 2, photos: 0, ema: 0.9 })
    const inputs = pictures(2, 8)
    const scalars = step.scalars(0, { head: 1e-3, backbone: 1e-3 })
    const values: Record<string, Values> = { ...inputs, ...scalars, ...step.startOf(initialise(network.parameters, 3)) }
    const specs = Object.entries({ ...step.signature.inputs, ...step.signature.state })
    const given = Object.fromEntries(specs.map(([name, { shape, dtype }]) => [name, tf.tensor(values[name], [...shape], dtype)]))
    const before = tf.memory().numTensors
    const out = tf.tidy(() => step.fn(given))
    expect(tf.memory().numTensors).toBe(before + Object.keys(out).length)
    tf.dispose(out)
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(given)
  })

  it('refuses an empty batch and weights that do not fit', () => {
    const network = make()
    expect(() => segmentationStep({ ...options, network, renders: 0, photos: 0 })).toThrow('expected at least one picture a step, got 0')
    const step = segmentationStep({ ...options, network, renders: 1, photos: 0 })
    expect(() => step.startOf({})).toThrow('expected 1176 values of conv1.weight, got none')
  })
})

describe('classifierStep and camStep', () => {
  it('learns tags, and its maps are high where the tagged things are', async () => {
    const classifier = camClassifier(tinyResNet(8), 2)
    const step = classifierStep({ classifier, optimizer: optimizer({ name: 'adam' }), batch: 8, tags: 2, height: H, width: W })
    const program = await executor.compile(step.fn, step.signature)
    const { image, tags, labels } = drawn(8, 9)
    const losses = await trained(step, program, classifier, { image, tags, tagWeights: new Float32Array(16).fill(1) }, 60)
    expect(losses[0]).toBeGreaterThan(0.5)
    expect(losses[59]).toBeLessThan(0.1)
    const cam = camStep(classifier, { batch: 8, height: H, width: W, output: [H, W], flips: 2 })
    const maps = await executor.compile(cam.fn, cam.signature)
    await maps.writeState(cam.stateOf(weightsOf(await program.readState())))
    const out = await maps.run({ image })
    expect(out.logits).toHaveLength(16)
    const means = { inside: 0, outside: 0 }
    labels.subarray(0, H * W).forEach((label, i) => (means[label === 1 ? 'inside' : 'outside'] += out.maps[i * 2]))
    const inside = labels.subarray(0, H * W).filter((label) => label === 1).length
    expect(means.inside / inside).toBeGreaterThan(means.outside / (H * W - inside))
  })
})

describe('predictStep', () => {
  it('averages over mirrorings: the mirrored picture gives the mirrored probabilities', async () => {
    const network = nets[1][1]()
    const { image } = drawn(1, 11)
    const mirror = (values: ArrayLike<number>, channels: number) =>
      Float32Array.from({ length: values.length }, (_, i) => {
        const [pixel, c] = [Math.floor(i / channels), i % channels]
        return values[(Math.floor(pixel / W) * W + (W - 1 - (pixel % W))) * channels + c]
      })
    const step = predictStep(network, { batch: 1, height: H, width: W, flips: 4 })
    const program = await executor.compile(step.fn, step.signature)
    await program.writeState(step.stateOf(initialise(network.parameters, 4)))
    const plain = await program.run({ image })
    const mirrored = await program.run({ image: mirror(image, 3) })
    mirror(plain.probabilities, 3).forEach((p, i) => expect(mirrored.probabilities[i]).toBeCloseTo(p, 5))
    for (let i = 0; i < plain.probabilities.length; i += 3)
      expect(plain.probabilities[i] + plain.probabilities[i + 1] + plain.probabilities[i + 2]).toBeCloseTo(1, 5)
  })

  it('averages over sizes: the mean of the prediction as it is and of the enlarged one', async () => {
    const network = nets[1][1]()
    const { image } = drawn(1, 12)
    const probabilities = async (scales: number[]) => {
      const step = predictStep(network, { batch: 1, height: H, width: W, scales })
      const program = await executor.compile(step.fn, step.signature)
      await program.writeState(step.stateOf(initialise(network.parameters, 4)))
      return (await program.run({ image })).probabilities
    }
    const [one, large, both] = [await probabilities([1]), await probabilities([1.5]), await probabilities([1, 1.5])]
    expect(one.some((p, i) => Math.abs(p - large[i]) > 1e-3)).toBe(true)
    both.forEach((p, i) => expect(p).toBeCloseTo((one[i] + large[i]) / 2, 5))
  })

  it('gives another size where asked', async () => {
    const network = nets[0][1]()
    const step = predictStep(network, { batch: 1, height: H, width: W, output: [10, 12] })
    const program = await executor.compile(step.fn, step.signature)
    await program.writeState(step.stateOf(initialise(network.parameters, 4)))
    expect((await program.run({ image: drawn(1, 1).image })).probabilities).toHaveLength(360)
  })
})
