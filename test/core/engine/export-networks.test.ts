import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { measureRanges } from '../../../main/core/engine/calibrate.ts'
import { exportGraph } from '../../../main/core/engine/export-graph.ts'
import { initialise } from '../../../main/core/model/initialise.ts'
import { pspnet } from '../../../main/core/model/pspnet.ts'
import { foldBiases } from '../../../main/core/onnx/fold-bias.ts'
import { encodeModel, type OnnxModel } from '../../../main/core/onnx/model.ts'
import { quantise, valuesToMeasure } from '../../../main/core/onnx/quantise.ts'
import { random } from '../../../main/core/random.ts'
import { predictStep } from '../../../main/core/train/predict-step.ts'

const [width, height, classes] = [48, 32, 3]
const { uniform } = random('export networks')
const picture = () => ({ width, height, data: Uint8Array.from({ length: width * height * 3 }, () => 256 * uniform()) })

async function confidence(model: OnnxModel, pictures: readonly { data: Uint8Array }[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(encodeModel(model))
  const result = await session.run({ image: new ort.Tensor('uint8', Buffer.concat(pictures.map(({ data }) => data)), [pictures.length, height, width, 3]) })
  await session.release()
  return result.confidence.data as Float32Array
}

describe.each((['resnet18', 'resnet50', 'mobilenetv2'] as const).flatMap((backbone) => (['none', 'skip'] as const).map((decoder) => ({ backbone, decoder }))))('$backbone with decoder $decoder', ({ backbone, decoder }) => {
  it('leaves with an open batch, and in integers', async () => {
    const network = pspnet({ backbone, width: 0.125, outputStride: 16, decoder, classes })
    const { fn, signature, stateOf } = predictStep(network, { batch: 1, width, height, flips: 2, scales: [1, 1.5], names: 0.2 })
    const state = stateOf(initialise(network.parameters, 1))
    for (const name of Object.keys(state)) if (name.endsWith('bias')) state[name] = state[name].map(() => 0.2 * uniform() - 0.1)
    const [one, any] = ([1, 'dynamic'] as const).map((batch) => exportGraph(fn, signature, state, { output: 'probabilities', batch }))
    const shown = [picture(), picture(), picture()]
    const together = await confidence(any, shown)
    for (const [i, each] of shown.entries()) {
      const alone = await confidence(one, [each])
      const worst = alone.reduce((most, value, k) => Math.max(most, Math.abs(value - together[i * width * height + k])), 0)
      expect(worst).toBeLessThan(1e-4)
    }
    const folded = foldBiases(any)
    const small = quantise(folded, await measureRanges(folded, valuesToMeasure(folded), (async function* () { yield* shown })(), { threads: 1, batch: 1 }))
    const filters = (model: OnnxModel, type: string) => model.constants.filter((constant) => constant.type === type && constant.shape.length === 4).length
    expect([filters(small, 'int8'), filters(small, 'float32')]).toEqual([filters(any, 'float32') - 1, 1])
    expect(small.nodes.filter(({ type }) => type === 'Clip').length).toBe(0)
    const off = (await confidence(small, shown)).reduce((sum, value, i) => sum + Math.abs(value - together[i]), 0) / together.length
    expect(off).toBeLessThan(0.1)
  })
})
