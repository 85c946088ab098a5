import { bytesField, intField, join, messageField, readFields, stringField, type Field, type Pieces } from './protobuf.ts'

export type Compression = 'float16' | 'int8'

/** Field numbers of onnx.proto. */
const model = { graph: 7 } as const
const graph = { node: 1, initializer: 5 } as const
const tensor = { dims: 1, type: 2, name: 8, raw: 9 } as const
const types = { float32: 1, int8: 3, float16: 10 } as const
/** Smaller tensors stay as they are: they weigh nothing and are the most sensitive ones. */
const fewestValues = 256
const largestInt8 = 127

interface Weights {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}
interface Compressed {
  readonly initializers: Pieces
  readonly node: Pieces
}

/**
 * An ONNX model whose large weights are kept in fewer bits and widened to float32 where they are used, by standard operators:
 * half floats by Cast, int8 with one scale an output channel (symmetric) by DequantizeLinear. Arithmetic stays float32.
 *
 * https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html
 *
 * @param bytes An encoded ModelProto of opset 13 or later.
 * @throws RangeError if the bytes are no whole protobuf message.
 */
export function compressWeights(bytes: Uint8Array, how: Compression): Uint8Array {
  return join([...readFields(bytes)].flatMap((entry) => (entry.field === model.graph && typeof entry.value !== 'bigint' ? messageField(model.graph, inGraph(entry.value, how)) : again(entry))))
}

function inGraph(bytes: Uint8Array, how: Compression): Pieces {
  const rest: Pieces = []
  const widening: Pieces = []
  for (const entry of readFields(bytes)) {
    const weights = entry.field === graph.initializer && typeof entry.value !== 'bigint' ? readWeights(entry.value) : null
    if (!weights || weights.values.length < fewestValues || (how === 'int8' && weights.shape.length < 2)) {
      rest.push(...again(entry))
      continue
    }
    const { initializers, node } = how === 'float16' ? asHalves(weights) : asInt8(weights)
    rest.push(...initializers)
    widening.push(...node)
  }
  // A node may use what earlier ones made.
  return [...widening, ...rest]
}

/** A field as it was. */
const again = ({ field, value }: Field): Pieces => (typeof value === 'bigint' ? intField(field, value) : bytesField(field, value))

/** An initializer of float32, or null. */
function readWeights(bytes: Uint8Array): Weights | null {
  const shape: number[] = []
  let type = 0
  let name = ''
  let raw: Uint8Array | undefined
  for (const { field, value } of readFields(bytes)) {
    if (field === tensor.dims && typeof value === 'bigint') shape.push(Number(value))
    else if (field === tensor.type) type = Number(value)
    else if (field === tensor.name) name = new TextDecoder().decode(value as Uint8Array)
    else if (field === tensor.raw) raw = value as Uint8Array
  }
  if (type !== types.float32 || !raw) return null
  return { name, shape, values: new Float32Array(new Uint8Array(raw).buffer) }
}

const initializer = (name: string, type: number, shape: readonly number[], data: ArrayBufferView) => messageField(graph.initializer, [
  ...shape.flatMap((size) => intField(tensor.dims, size)), ...intField(tensor.type, type), ...stringField(tensor.name, name), ...bytesField(tensor.raw, data),
])

const node = (type: string, inputs: readonly string[], output: string, attribute: string, value: number) => messageField(graph.node, [
  ...inputs.flatMap((input) => stringField(1, input)), ...stringField(2, output), ...stringField(4, type),
  ...messageField(5, [...stringField(1, attribute), ...intField(3, value), ...intField(20, 2)]),
])

function asHalves({ name, shape, values }: Weights): Compressed {
  const half = `${name}_half`
  return { initializers: initializer(half, types.float16, shape, Uint16Array.from(values, toHalf)), node: node('Cast', [half], name, 'to', types.float32) }
}

function asInt8({ name, shape, values }: Weights): Compressed {
  const [channels] = shape
  const each = values.length / channels
  const scales = new Float32Array(channels)
  const data = new Int8Array(values.length)
  for (let c = 0; c < channels; c++) {
    const own = values.subarray(c * each, (c + 1) * each)
    const scale = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / largestInt8 || 1
    scales[c] = scale
    for (let i = 0; i < each; i++) data[c * each + i] = Math.round(own[i] / scale)
  }
  const [small, scale] = [`${name}_int8`, `${name}_scale`]
  return {
    initializers: [...initializer(small, types.int8, shape, data), ...initializer(scale, types.float32, [channels], scales)],
    node: node('DequantizeLinear', [small, scale], name, 'axis', 0),
  }
}

const one = new DataView(new ArrayBuffer(4))

/** The half float nearest to a number, ties to even, as its 16 bits. IEEE 754-2019, section 3.4. */
export function toHalf(value: number): number {
  one.setFloat32(0, value)
  const bits = one.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const size = bits & 0x7fffffff
  if (size >= 0x7f800000) return sign | 0x7c00 | (size > 0x7f800000 ? 0x200 : 0)
  if (size >= 0x477ff000) return sign | 0x7c00
  if (size < 0x38800000) {
    // Below 2^-14 halves are multiples of 2^-24.
    const units = Math.abs(value) * 2 ** 24
    const low = Math.floor(units)
    const rest = units - low
    return sign | (low + (rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? 1 : 0))
  }
  const kept = (size - 0x38000000) >>> 13
  const lost = size & 0x1fff
  return sign | (kept + (lost > 0x1000 || (lost === 0x1000 && kept % 2 === 1) ? 1 : 0))
}
