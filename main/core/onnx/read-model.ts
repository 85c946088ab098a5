import { elementTypes, type Attribute, type Constant, type ElementType, type Node, type OnnxModel, type ValueInfo } from './model.ts'
import { readFields } from './protobuf.ts'

const decoder = new TextDecoder()
const text = (value: bigint | Uint8Array) => decoder.decode(bytesOf(value))

function bytesOf(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === 'bigint') throw new RangeError('expected an ONNX model, got other fields')
  return value
}

/**
 * Takes apart a model that this program wrote.
 *
 * @throws RangeError if the bytes are no whole protobuf message or hold what such a model does not.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const nodes: Node[] = []
  const constants: Constant[] = []
  const inputs: ValueInfo[] = []
  const outputs: ValueInfo[] = []
  for (const { field, value } of readFields(bytes)) {
    if (field !== 7) continue
    for (const part of readFields(bytesOf(value))) {
      if (part.field === 1) nodes.push(readNode(bytesOf(part.value)))
      else if (part.field === 5) constants.push(readConstant(bytesOf(part.value)))
      else if (part.field === 11) inputs.push(readValueInfo(bytesOf(part.value)))
      else if (part.field === 12) outputs.push(readValueInfo(bytesOf(part.value)))
    }
  }
  return { nodes, constants, inputs, outputs, metadata: readMetadata(bytes) }
}

function readNode(bytes: Uint8Array): Node {
  const node = { type: '', inputs: [] as string[], outputs: [] as string[], attributes: {} as Record<string, Attribute>, domain: '' }
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) node.inputs.push(text(value))
    else if (field === 2) node.outputs.push(text(value))
    else if (field === 4) node.type = text(value)
    else if (field === 7) node.domain = text(value)
    else if (field === 5) {
      const [name, attribute] = readAttribute(bytesOf(value))
      node.attributes[name] = attribute
    }
  }
  return node
}

function readAttribute(bytes: Uint8Array): [string, Attribute] {
  let name = ''
  let value: Attribute | undefined
  const list: number[] = []
  for (const entry of readFields(bytes)) {
    if (entry.field === 1) name = text(entry.value)
    else if (entry.field === 2) value = { float: new DataView(Uint8Array.from(bytesOf(entry.value)).buffer).getFloat32(0, true) }
    else if (entry.field === 3) value = whole(entry.value)
    else if (entry.field === 4) value = text(entry.value)
    else if (entry.field === 8) list.push(whole(entry.value))
  }
  return [name, value ?? list]
}

/** An int64 as protobuf keeps it: two's complement. */
const whole = (value: bigint | Uint8Array) => Number(BigInt.asIntN(64, value as bigint))

const typeNames = new Map(Object.entries(elementTypes).map(([name, number]) => [number as number, name as ElementType]))

function typeOf(number: number): ElementType {
  const type = typeNames.get(number)
  if (!type) throw new RangeError(`expected an element type of ${[...typeNames.values()].join(', ')}, got number ${number}`)
  return type
}

function readConstant(bytes: Uint8Array): Constant {
  const shape: number[] = []
  let [type, name, raw] = [0, '', new Uint8Array()]
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) shape.push(whole(value))
    else if (field === 2) type = whole(value)
    else if (field === 8) name = text(value)
    else if (field === 9) raw = Uint8Array.from(bytesOf(value))
  }
  return { name, type: typeOf(type), shape, values: valuesOf(typeOf(type), raw.buffer) }
}

function valuesOf(type: ElementType, buffer: ArrayBuffer): ArrayLike<number> {
  switch (type) {
    case 'float32': return new Float32Array(buffer)
    case 'int32': return new Int32Array(buffer)
    case 'int64': return Array.from(new BigInt64Array(buffer), Number)
    case 'float16': return new Uint16Array(buffer)
    case 'int8': return new Int8Array(buffer)
    default: return new Uint8Array(buffer)
  }
}

function readValueInfo(bytes: Uint8Array): ValueInfo {
  const fields = [...readFields(bytes)]
  const name = text(fields.find(({ field }) => field === 1)?.value ?? new Uint8Array())
  const within = (from: Uint8Array, field: number) => bytesOf([...readFields(from)].find((entry) => entry.field === field)?.value ?? new Uint8Array())
  const tensor = within(within(bytes, 2), 1)
  const type = [...readFields(tensor)].find(({ field }) => field === 1)?.value ?? 0n
  const shape = [...readFields(within(tensor, 2))].map(({ value }) => {
    const [size] = readFields(bytesOf(value))
    return size.field === 1 ? whole(size.value) : text(size.value)
  })
  return { name, type: typeOf(whole(type)), shape }
}

/**
 * The metadata_props of an encoded model.
 *
 * @throws RangeError if the bytes are no whole protobuf message.
 */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const METADATA_PROPS = 14
  const out: Record<string, string> = {}
  for (const { field, value } of readFields(model)) {
    if (field !== METADATA_PROPS || typeof value === 'bigint') continue
    const entry = [...readFields(value)].map((part) => decoder.decode(part.value as Uint8Array))
    out[entry[0]] = entry[1] ?? ''
  }
  return out
}
