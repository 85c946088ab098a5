import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConvolutions } from '../../resources/backbone/graph-model.ts'

/** A weight of the drawn model: name within the network, shape, values. */
type Weight = readonly [name: string, shape: readonly number[], values: readonly number[]]

const norm = (name: string, ...shift: number[]): Weight => [`${name}/BatchNorm/batchnorm/sub`, [shift.length], shift]
const convolution = (name: string): Weight[] => [[`${name}/Conv2D/merged_input`, [1, 1, 2, 2], [1, 2, 3, 4]], norm(name, 5, 6)]
const depthwise = (name: string): Weight[] => [
  [`${name}/depthwise_weights`, [1, 2, 2, 1], [1, 2, 3, 4]], [`${name}/BatchNorm/batchnorm/mul`, [2], [10, 100]], norm(name, 7, 8),
]
const blocks = ['', ...Array.from({ length: 16 }, (_, i) => `_${i + 1}`)].map((end) => `expanded_conv${end}`)
const network: Weight[] = [
  ...convolution('Conv_1'), ...convolution('Conv'),
  ...blocks.flatMap((block, i) => [...convolution(`${block}/project`), ...depthwise(`${block}/depthwise`), ...(i === 0 ? [] : convolution(`${block}/expand`))]),
]

/** A folder with the model in two shards, cut in the middle of a value, as the converter cuts them. */
function drawn(weights: readonly Weight[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'graph-model-'))
  const bytes = Buffer.from(Float32Array.from(weights.flatMap(([, , values]) => values)).buffer)
  writeFileSync(join(folder, 'a'), bytes.subarray(0, 101))
  writeFileSync(join(folder, 'b'), bytes.subarray(101))
  const manifest = weights.map(([name, shape]) => ({ name: name === 'anchors' ? name : `net/${name}`, shape, dtype: 'float32' }))
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: ['a', 'b'], weights: manifest }] }))
  return folder
}

describe('readConvolutions', () => {
  it('reads a MobileNetV2 from the picture inwards, whatever the order in the file and whatever else is there', () => {
    const convolutions = readConvolutions(drawn([['anchors', [], [9]], ...network]), 'net')
    expect(convolutions.map(({ name }) => name)).toEqual([
      'Conv', 'expanded_conv/depthwise', 'expanded_conv/project', ...blocks.slice(1).flatMap((block) => [`${block}/expand`, `${block}/depthwise`, `${block}/project`]), 'Conv_1',
    ])
    expect(convolutions[0]).toEqual({ name: 'Conv', depthwise: false, shape: [1, 1, 2, 2], filter: Float32Array.of(1, 2, 3, 4), bias: Float32Array.of(5, 6) })
  })

  it('folds the factor of a depthwise norm into its filter, channel by channel', () => {
    const [, depthwise] = readConvolutions(drawn(network), 'net')
    expect(depthwise).toEqual({ name: 'expanded_conv/depthwise', depthwise: true, shape: [1, 2, 2, 1], filter: Float32Array.of(10, 200, 30, 400), bias: Float32Array.of(7, 8) })
  })

  it('says which weight is missing', () => {
    expect(() => readConvolutions(drawn(network.filter(([name]) => !name.startsWith('expanded_conv_3/expand/Conv2D'))), 'net')).toThrow('expected the weight net/expanded_conv_3/expand/Conv2D/merged_input, found none')
  })

  it('refuses weights of a kind it does not read', () => {
    const folder = drawn(network)
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ weightsManifest: [{ paths: [], weights: [{ name: 'a', shape: [1], dtype: 'string' }] }] }))
    expect(() => readConvolutions(folder, 'net')).toThrow('dtype')
  })
})
