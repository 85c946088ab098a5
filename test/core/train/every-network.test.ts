import { afterEach, describe, expect, it } from 'vitest'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import { initialise } from '../../../main/core/model/initialise.ts'
import { pspnet } from '../../../main/core/model/pspnet.ts'
import type { BackboneName } from '../../../main/core/model/pspnet.ts'
import type { OutputStride } from '../../../main/core/model/resnet.ts'
import { optimizer } from '../../../main/core/train/optimizer.ts'
import { segmentationStep } from '../../../main/core/train/train-step.ts'

const H = 40
const W = 56
const executor = onnxExecutor('cpu', { threads: 1 })
afterEach(() => executor.dispose())

const cases: [BackboneName, OutputStride, 'none' | 'skip'][] = [
  ['resnet18', 8, 'none'], ['resnet34', 32, 'skip'], ['resnet50', 8, 'skip'], ['mobilenetv2', 8, 'none'], ['mobilenetv2', 16, 'skip'],
]

describe('a training step of every kind of network', () => {
  it.each(cases)('%s, output stride %i, decoder %s: compiles and makes the loss fall', async (name, outputStride, decoder) => {
    const network = pspnet({ backbone: name, width: 0.125, outputStride, decoder, classes: 2 })
    const step = segmentationStep({ network, optimizer: optimizer({ name: 'adam' }), renders: 2, photos: 0, height: H, width: W })
    const program = await executor.compile(step.fn, step.signature)
    await program.writeState(step.startOf(initialise(network.parameters, 1)))
    const labels = Int32Array.from({ length: 2 * H * W }, (_, i) => (i % W > W / 2 ? 1 : 0))
    const image = Float32Array.from({ length: labels.length * 3 }, (_, i) => 80 + 90 * labels[Math.floor(i / 3)] + 20 * Math.sin(i))
    const pixelWeights = new Float32Array(labels.length).fill(1)
    const losses: number[] = []
    for (let i = 0; i < 6; i++) {
      const { loss } = await program.run({ image, labels, pixelWeights, ...step.scalars(i, { head: 3e-3, backbone: 3e-3 }) })
      losses.push(loss[0])
    }
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(losses[5]).toBeLessThan(0.8 * losses[0])
  })
})
