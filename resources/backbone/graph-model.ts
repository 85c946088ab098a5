import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** The convolutions of a MobileNetV2 in a TensorFlow.js graph model. https://github.com/tensorflow/tfjs/tree/tfjs-v4.22.0/tfjs-converter#format-conversion-details */

export interface Convolution {
  readonly name: string
  readonly depthwise: boolean
  /** [h, w, in, out], depthwise [h, w, channels, 1]. */
  readonly shape: readonly number[]
  readonly filter: Float32Array
  /** [out]. */
  readonly bias: Float32Array
}

const ModelSchema = z.object({
  weightsManifest: z.array(z.object({
    paths: z.array(z.string()),
    weights: z.array(z.object({ name: z.string(), shape: z.array(z.int().min(0)), dtype: z.enum(['float32', 'int32']) })),
  })),
})

/**
 * The convolutions of a MobileNetV2, from the picture inwards, their norms folded into filter and bias.
 *
 * @param folder Of model.json and its shards.
 * @param scope Of the network within the model, as in `FeatureExtractor/MobilenetV2`.
 * @throws RangeError where a weight is missing; ZodError where model.json is of another kind.
 */
export function readConvolutions(folder: string, scope: string): Convolution[] {
  const weights = readWeights(folder)
  const valueOf = (name: string) => {
    const weight = weights.get(`${scope}/${name}`)
    if (weight === undefined) throw new RangeError(`expected the weight ${scope}/${name}, found none`)
    return weight
  }
  const convolution = (name: string): Convolution => {
    const { shape, data } = valueOf(`${name}/Conv2D/merged_input`)
    return { name, depthwise: false, shape, filter: data, bias: valueOf(`${name}/BatchNorm/batchnorm/sub`).data }
  }
  /** Its norm's factor stands apart, one a channel. */
  const depthwise = (name: string): Convolution => {
    const { shape, data } = valueOf(`${name}/depthwise_weights`)
    const factor = valueOf(`${name}/BatchNorm/batchnorm/mul`).data
    return { name, depthwise: true, shape, filter: data.map((value, i) => value * factor[i % factor.length]), bias: valueOf(`${name}/BatchNorm/batchnorm/sub`).data }
  }
  const blocks = Array.from({ length: 17 }, (_, i) => (i === 0 ? 'expanded_conv' : `expanded_conv_${i}`))
  return [
    convolution('Conv'),
    ...blocks.flatMap((block, i) => [...(i === 0 ? [] : [convolution(`${block}/expand`)]), depthwise(`${block}/depthwise`), convolution(`${block}/project`)]),
    convolution('Conv_1'),
  ]
}

function readWeights(folder: string): Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
  const { weightsManifest } = ModelSchema.parse(JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')))
  return new Map(weightsManifest.flatMap(({ paths, weights }) => {
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))))
    let place = bytes.byteOffset
    return weights.map(({ name, shape }): [string, { shape: readonly number[]; data: Float32Array }] => {
      const data = new Float32Array(bytes.buffer.slice(place, (place += 4 * shape.reduce((product, side) => product * side, 1))))
      return [name, { shape, data }]
    })
  }))
}
