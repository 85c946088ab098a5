import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, it } from 'vitest'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import { backboneWeights } from '../../../main/core/model/backbone-weights.ts'
import { mobilenet } from '../../../main/core/model/mobilenet.ts'
import type { Backbone } from '../../../main/core/model/network.ts'
import { resnet } from '../../../main/core/model/resnet.ts'
import { readSafetensors } from '../../../main/core/model/safetensors.ts'
import type { FileTensors } from '../../../main/core/model/safetensors.ts'
import { hash32 } from '../../../main/core/random.ts'
import { goldenArray, goldenArrays, goldenFolder, goldenJson, hasGolden } from '../../helpers/golden.ts'
import { readPng } from '../../helpers/png.ts'
import { distance, fromTorch } from './reference-nets.ts'

const executor = onnxExecutor('cpu', { threads: 1 })
afterEach(() => executor.dispose())

const largest = (values: ArrayLike<number>) => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b))
/** Indices of the highest values, highest first. */
const top = (values: ArrayLike<number>, n: number) => Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a]).slice(0, n)

/** A backbone over 224 x 224 pictures as a program: feature maps `stage0` ..., and their mean `pooled`. */
async function compiled(backbone: Backbone, file: FileTensors) {
  const names = Object.keys(backbone.parameters)
  const program = await executor.compile((tensors) => {
    const features = backbone.features(backbone.normalise(tensors.image as tf.Tensor4D), { weights: tensors, training: false, updates: {} })
    const pooled = tf.mean(features[features.length - 1], [1, 2])
    return { pooled, ...Object.fromEntries(features.map((feature, i) => [`stage${i}`, feature])) }
  }, {
    inputs: { image: { shape: [1, 224, 224, 3] } },
    state: Object.fromEntries(names.map((name) => [name, { shape: backbone.parameters[name].shape }])),
  })
  await program.writeState(backboneWeights(file, backbone.parameters))
  return async (path: string) => program.run({ image: Float32Array.from((await readPng(resolve(goldenFolder, path))).data) })
}

/** The last linear layer, [classes, channels] in torch. */
function linear(file: FileTensors, name: string, pooled: ArrayLike<number>): Float32Array {
  const weight = file[`${name}.weight`].data as Float32Array
  const bias = file[`${name}.bias`].data as Float32Array
  return bias.map((b, k) => {
    let sum = b
    for (let i = 0; i < pooled.length; i++) sum += weight[k * pooled.length + i] * pooled[i]
    return sum
  })
}

describe.skipIf(!hasGolden('6_mobilenetv2'))('MobileNetV2 with ImageNet weights', () => {
  interface Facts { photos: Record<string, Record<'torch' | 'tf_same', { top5: { index: number; logit: number }[] }>> }
  const path = resolve(goldenFolder, '6_mobilenetv2/mobilenet_v2_imagenet_f16.safetensors')

  it.each([['torch', 'symmetric'], ['tf_same', 'after']] as const)('%s padding: logits, features, best five', async (key, padding) => {
    const file = readSafetensors(new Uint8Array(readFileSync(path)))
    const run = await compiled(mobilenet(1, 32, { last: true, padding }), file)
    const expected = goldenArrays('6_mobilenetv2/logits')
    const { photos } = goldenJson<Facts>('6_mobilenetv2/expected.json')
    for (const photo of ['fasteners', 'tools', 'street']) {
      const { pooled, stage3 } = await run(`6_mobilenetv2/${photo}_224.png`)
      const logits = linear(file, 'classifier.1', pooled)
      expect(distance(logits, expected[`${photo}.${key}`].data), photo).toBeLessThan(5e-3)
      expect(top(logits, 5), photo).toEqual(photos[photo][key].top5.map(({ index }) => index))
      if (photo !== 'fasteners' || key !== 'torch') continue
      const features = goldenArray('6_mobilenetv2/fasteners_penultimate')
      expect(distance(stage3, fromTorch({ ...features, shape: [1, ...features.shape] }, 'map'))).toBeLessThan(2e-3)
    }
  })
})

describe.skipIf(!hasGolden('6_resnet18'))('ResNet-18 with weights by formula', () => {
  interface Check { shape: number[]; first3: number[]; last: number; sum: number }
  interface Facts { weight_checks: Record<string, Check>; top5: { index: number }[] }

  /** mulberry32 seeded with the hash of the name, uniform, of the deviation of He's rule. */
  function byFormula(name: string, shape: readonly number[]): Float32Array {
    let a = hash32(name)
    const fanIn = shape.slice(1).reduce((x, y) => x * y, 1)
    const scale = Math.sqrt((shape.length === 4 ? 6 : 3) / fanIn)
    return new Float32Array(shape[0] * fanIn).map(() => {
      a = (a + 0x6d2b79f5) | 0
      let t = Math.imul(a ^ (a >>> 15), 1 | a)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return (((t ^ (t >>> 14)) >>> 0) / 4294967296 * 2 - 1) * scale
    })
  }

  function weights(): FileTensors {
    const { weight_checks: checks } = goldenJson<Facts>('6_resnet18/expected.json')
    const file: Record<string, FileTensors[string]> = { 'fc.bias': { shape: [1000], data: new Float32Array(1000) } }
    for (const [name, { shape, first3, last, sum }] of Object.entries(checks)) {
      const data = byFormula(name, shape)
      expect([...data.subarray(0, 3), data[data.length - 1]]).toEqual([...first3, last])
      expect(data.reduce((x, y) => x + y, 0)).toBeCloseTo(sum, 1)
      file[name] = { shape, data }
    }
    const norms = Object.entries(resnet(18, 1, 32).parameters).filter(([, { shape }]) => shape.length === 1)
    for (const [name, { shape }] of norms) file[name] = { shape, data: new Float32Array(shape[0]).fill(/weight|var/.test(name) ? 1 : 0) }
    return file
  }

  it('gives the reference\'s features and logits', async () => {
    const file = weights()
    const { pooled, stage3, ...stages } = await (await compiled(resnet(18, 1, 32), file))('6_resnet18/tools_224.png')
    const expected = goldenArrays('6_resnet18/expected')
    const logits = linear(file, 'fc', pooled)
    expect(distance(logits, expected.logits.data)).toBeLessThan(2e-4 * largest(expected.logits.data))
    expect(top(logits, 5)).toEqual(goldenJson<Facts>('6_resnet18/expected.json').top5.map(({ index }) => index))
    const layer4 = { ...expected.layer4, shape: [1, ...expected.layer4.shape] }
    expect(distance(stage3, fromTorch(layer4, 'map'))).toBeLessThan(2e-4 * largest(layer4.data))
    ;[stages.stage0, stages.stage1, stages.stage2].forEach((stage, i) => {
      const first = expected[`layer${i + 1}_channel0`].data
      expect(distance(stage.filter((_, k) => k % (64 * 2 ** i) === 0), first)).toBeLessThan(2e-4 * largest(first))
    })
  })
})
