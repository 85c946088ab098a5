import { bytesField, floatField, intField, join, messageField, readFields, stringField } from './protobuf.ts'
import type { Pieces } from './protobuf.ts'

/** Element types by their number in onnx.proto, TensorProto.DataType. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const
export type ElementType = keyof typeof elementTypes

/** An attribute: whole number, list of whole numbers, text, or `{ float }`. */
export type Attribute = number | readonly number[] | string | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute>>

/** A graph input or output; a dimension is a number or, where it is open, a name. */
export interface ValueInfo {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly (number | string)[]
}

/** An ONNX graph under construction. Values are known by name; equal nodes and equal constants are made once. */
export interface Graph {
  /** Appends a node with one output and gives its name. */
  op(type: string, inputs: readonly string[], attributes?: Attributes, domain?: string): string
  /** Appends a node with several outputs. */
  ops(type: string, inputs: readonly string[], attributes: Attributes, outputs: number): string[]
  /** A constant. Values of bool are given as 0 and 1. */
  constant(type: ElementType, values: ArrayLike<number>, shape: readonly number[]): string
  input(info: ValueInfo): string
  /** Makes a value an output under a name of its own. */
  output(info: ValueInfo, value: string): void
  nodeCount(): number
  /** The finished ModelProto. */
  encode(options?: { metadata?: Readonly<Record<string, string>>; opset?: number }): Uint8Array
}

interface Node {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: string[]
  readonly attributes: Attributes
  readonly domain: string
}

interface Constant {
  readonly name: string
  readonly type: ElementType
  readonly values: ArrayLike<number>
  readonly shape: readonly number[]
}

const IR_VERSION = 8
const OPSET = 17
const SMALL = 64

/** Starts an empty graph. https://github.com/onnx/onnx/blob/main/docs/IR.md */
export function createGraph(): Graph {
  const nodes: Node[] = []
  const constants: Constant[] = []
  const inputs: ValueInfo[] = []
  const outputs: ValueInfo[] = []
  const renamed = new Map<string, string>()
  const seen = new Map<string, string[]>()
  let count = 0

  function ops(type: string, ins: readonly string[], attributes: Attributes, outs: number, domain = ''): string[] {
    const key = JSON.stringify([type, ins, attributes, outs, domain])
    const known = seen.get(key)
    if (known) return known
    const made = Array.from({ length: outs }, () => `v${count++}`)
    nodes.push({ type, inputs: ins, outputs: made, attributes, domain })
    seen.set(key, made)
    return made
  }

  function constant(type: ElementType, values: ArrayLike<number>, shape: readonly number[]): string {
    const key = values.length <= SMALL ? JSON.stringify([type, Array.from(values, String), shape]) : undefined
    const known = key !== undefined ? seen.get(key) : undefined
    if (known) return known[0]
    const name = `c${count++}`
    constants.push({ name, type, values, shape })
    if (key !== undefined) seen.set(key, [name])
    return name
  }

  function output(info: ValueInfo, value: string) {
    const free = nodes.some((node) => node.outputs.includes(value)) && !renamed.has(value)
    if (free) renamed.set(value, info.name)
    else nodes.push({ type: 'Identity', inputs: [value], outputs: [info.name], attributes: {}, domain: '' })
    outputs.push(info)
  }

  return {
    op: (type, ins, attributes = {}, domain = '') => ops(type, ins, attributes, 1, domain)[0],
    ops: (type, ins, attributes, outs) => ops(type, ins, attributes, outs),
    constant,
    input: (info) => {
      inputs.push(info)
      return info.name
    },
    output,
    nodeCount: () => nodes.length,
    encode: ({ metadata = {}, opset = OPSET } = {}) => {
      const name = (value: string) => renamed.get(value) ?? value
      const used = livingNodes(nodes, new Set(outputs.map((o) => o.name)), name)
      const needed = new Set(used.flatMap((node) => node.inputs))
      const domains = new Set(used.map((node) => node.domain).filter(Boolean))
      const graph = [
        ...used.flatMap((node) => messageField(1, encodeNode(node, name))),
        ...stringField(2, 'maskwright'),
        ...constants.filter((c) => needed.has(c.name)).flatMap((c) => messageField(5, encodeConstant(c))),
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
    },
  }
}

/** Nodes that outputs depend on, in order. */
function livingNodes(nodes: readonly Node[], wanted: Set<string>, name: (value: string) => string): Node[] {
  const living: Node[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((value) => wanted.has(name(value)))) continue
    living.push(node)
    for (const value of node.inputs) wanted.add(name(value))
  }
  return living.reverse()
}

function encodeNode(node: Node, name: (value: string) => string): Pieces {
  return [
    ...node.inputs.flatMap((value) => stringField(1, name(value))),
    ...node.outputs.flatMap((value) => stringField(2, name(value))),
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
  return Uint8Array.from(values)
}

function encodeValueInfo({ name, type, shape }: ValueInfo): Pieces {
  const dimensions = shape.flatMap((size) => messageField(1, typeof size === 'number' ? intField(1, size) : stringField(2, size)))
  const tensor = [...intField(1, elementTypes[type]), ...messageField(2, dimensions)]
  return [...stringField(1, name), ...messageField(2, messageField(1, tensor))]
}

/**
 * The metadata_props of an encoded model.
 *
 * @throws RangeError if the bytes are no whole protobuf message.
 */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const METADATA_PROPS = 14
  const out: Record<string, string> = {}
  const decoder = new TextDecoder()
  for (const { field, value } of readFields(model)) {
    if (field !== METADATA_PROPS || typeof value === 'bigint') continue
    const entry = [...readFields(value)].map((part) => decoder.decode(part.value as Uint8Array))
    out[entry[0]] = entry[1] ?? ''
  }
  return out
}
