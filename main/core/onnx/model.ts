import { bytesField, floatField, intField, join, messageField, stringField } from './protobuf.ts'
import type { Pieces } from './protobuf.ts'

/** Element types by their number in onnx.proto, TensorProto.DataType. Values of float16 are kept as their 16 bits. */
export const elementTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const
export type ElementType = keyof typeof elementTypes

/** An attribute: whole number, list of whole numbers, text, or `{ float }`. */
export type Attribute = number | readonly number[] | string | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute>>

/** A graph input or output; a dimension is a number or, where it is open, a name. */
export interface ValueInfo {
  readonly name: string
  readonly type: ElementType
  /** Left out where nothing is said of it. */
  readonly shape?: readonly (number | string)[]
}

export interface Node {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
  readonly domain: string
}

export interface Constant {
  readonly name: string
  readonly type: ElementType
  readonly values: ArrayLike<number>
  readonly shape: readonly number[]
}

/** An ONNX model as data: nodes in an order in which each follows those it uses. */
export interface OnnxModel {
  readonly nodes: readonly Node[]
  readonly constants: readonly Constant[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly metadata: Readonly<Record<string, string>>
}

const IR_VERSION = 8
export const OPSET = 17

/** The model without what no output depends on. */
export function livingPart(model: OnnxModel): OnnxModel {
  const wanted = new Set(model.outputs.map(({ name }) => name))
  const nodes: Node[] = []
  for (const node of model.nodes.toReversed()) {
    if (!node.outputs.some((value) => wanted.has(value))) continue
    nodes.push(node)
    for (const value of node.inputs) wanted.add(value)
  }
  return { ...model, nodes: nodes.reverse(), constants: model.constants.filter(({ name }) => wanted.has(name)) }
}

/** The model with one constant where several are equal. */
export function sharingConstants(model: OnnxModel): OnnxModel {
  const seen = new Map<string, Constant[]>()
  const twins = new Map<string, string>()
  for (const constant of model.constants) {
    const key = `${constant.type} ${constant.shape.join()}`
    const alike = seen.get(key) ?? []
    const twin = alike.find(({ values }) => sameValues(values, constant.values))
    if (twin) twins.set(constant.name, twin.name)
    else seen.set(key, [...alike, constant])
  }
  const nodes = model.nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => twins.get(name) ?? name) }))
  return { ...model, nodes, constants: model.constants.filter(({ name }) => !twins.has(name)) }
}

function sameValues(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return a.length === b.length
}

/** The bytes of a model, a ModelProto. https://github.com/onnx/onnx/blob/main/docs/IR.md */
export function encodeModel({ nodes, constants, inputs, outputs, metadata }: OnnxModel, opset: number = OPSET): Uint8Array {
  const domains = new Set(nodes.map((node) => node.domain).filter(Boolean))
  const graph = [
    ...nodes.flatMap((node) => messageField(1, encodeNode(node))),
    ...stringField(2, 'maskwright'),
    ...constants.flatMap((c) => messageField(5, encodeConstant(c))),
    ...inputs.flatMap((info) => messageField(11, encodeValueInfo(info))),
    ...outputs.flatMap((info) => messageField(12, encodeValueInfo(info))),
  ]
  return join([
    ...intField(1, IR_VERSION),
    ...stringField(2, 'maskwright'),
    ...messageField(7, graph),
    ...messageField(8, [...stringField(1, ''), ...intField(2, opset)]),
    ...[...domains].flatMap((domain) => messageField(8, [...stringField(1, domain), ...intField(2, 1)])),
    ...Object.entries(metadata).flatMap(([key, value]) => messageField(14, [...stringField(1, key), ...stringField(2, value)])),
  ])
}

function encodeNode(node: Node): Pieces {
  return [
    ...node.inputs.flatMap((value) => stringField(1, value)),
    ...node.outputs.flatMap((value) => stringField(2, value)),
    ...stringField(4, node.type),
    ...Object.entries(node.attributes).flatMap(([key, value]) => messageField(5, encodeAttribute(key, value))),
    ...(node.domain ? stringField(7, node.domain) : []),
  ]
}

function encodeAttribute(key: string, value: Attribute): Pieces {
  const [FLOAT, INT, STRING, INTS] = [1, 2, 3, 7]
  const named = stringField(1, key)
  if (typeof value === 'number') return [...named, ...intField(3, value), ...intField(20, INT)]
  if (typeof value === 'string') return [...named, ...stringField(4, value), ...intField(20, STRING)]
  if ('float' in value) return [...named, ...floatField(2, value.float), ...intField(20, FLOAT)]
  return [...named, ...value.flatMap((v) => intField(8, v)), ...intField(20, INTS)]
}

function encodeConstant({ name, type, values, shape }: Constant): Pieces {
  return [
    ...shape.flatMap((size) => intField(1, size)),
    ...intField(2, elementTypes[type]),
    ...stringField(8, name),
    ...bytesField(9, rawData(type, values)),
  ]
}

function rawData(type: ElementType, values: ArrayLike<number>): ArrayBufferView {
  if (type === 'float32') return values instanceof Float32Array ? values : Float32Array.from(values)
  if (type === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values)
  if (type === 'int64') return BigInt64Array.from(Array.from(values, BigInt))
  if (type === 'float16') return values instanceof Uint16Array ? values : Uint16Array.from(values)
  if (type === 'int8') return values instanceof Int8Array ? values : Int8Array.from(values)
  return values instanceof Uint8Array ? values : Uint8Array.from(values)
}

function encodeValueInfo({ name, type, shape }: ValueInfo): Pieces {
  const dimensions = shape?.flatMap((size) => messageField(1, typeof size === 'number' ? intField(1, size) : stringField(2, size)))
  const tensor = [...intField(1, elementTypes[type]), ...(dimensions ? messageField(2, dimensions) : [])]
  return [...stringField(1, name), ...messageField(2, messageField(1, tensor))]
}
