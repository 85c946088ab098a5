import type { ParameterSpec, ParameterSpecs } from './network.ts'
import type { FileTensor, FileTensors } from './safetensors.ts'

/**
 * Pretrained backbone weights out of a torchvision file: filters turned from [out, in, h, w] to [h, w, in, out].
 *
 * @param file Tensors of the file; those the backbone does not have are left aside.
 * @returns Values of all backbone parameters, by name.
 * @throws RangeError where a tensor is missing or has another shape, as it has where the network is narrower than the file's.
 */
export function backboneWeights(file: FileTensors, parameters: ParameterSpecs): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {}
  for (const [name, spec] of Object.entries(parameters)) {
    if (spec.part !== 'backbone') continue
    if (!Object.hasOwn(file, name)) throw new RangeError(`expected a tensor ${name} in the weights, got none: they are of another backbone`)
    values[name] = convert(name, file[name], spec)
  }
  return values
}

function convert(name: string, { shape, data }: FileTensor, spec: ParameterSpec): Float32Array {
  const wanted = torchShape(spec.shape)
  if (!(data instanceof Float32Array)) throw new RangeError(`expected ${name} to hold floats, got whole numbers`)
  if (shape.length !== wanted.length || shape.some((n, i) => n !== wanted[i]))
    throw new RangeError(
      `expected ${name} to be [${wanted.join(', ')}], got [${shape.join(', ')}]: pretrained weights fit a network of the same width only`)
  return wanted.length === 4 ? toHwio(data, wanted) : data.slice()
}

/** Depthwise filters, [h, w, channels, 1] here, are [channels, 1, h, w] there. */
function torchShape(shape: readonly number[]): readonly number[] {
  if (shape.length !== 4) return shape
  const [height, width, input, output] = shape
  return output === 1 && input > 1 ? [input, 1, height, width] : [output, input, height, width]
}

/**
 * Turns a filter from torch's layout to TensorFlow's.
 *
 * @param data [out, in, h, w], row-major.
 * @returns [h, w, in, out]; for a depthwise filter, in = 1, the same memory as [h, w, channels, 1].
 */
export function toHwio(data: Float32Array, [output, input, height, width]: readonly number[]): Float32Array {
  const out = new Float32Array(data.length)
  const taps = height * width
  for (let o = 0; o < output; o++)
    for (let i = 0; i < input; i++)
      for (let t = 0; t < taps; t++) out[(t * input + i) * output + o] = data[(o * input + i) * taps + t]
  return out
}
