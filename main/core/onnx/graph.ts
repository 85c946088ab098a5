import { encodeModel, livingPart, type Attributes, type Constant, type ElementType, type Node, type OnnxModel, type ValueInfo } from './model.ts'

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
  /** What has been built, without what no output needs. */
  model(metadata?: Readonly<Record<string, string>>): OnnxModel
  /** The finished ModelProto. */
  encode(options?: { metadata?: Readonly<Record<string, string>>; opset?: number }): Uint8Array
}

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

  function model(metadata: Readonly<Record<string, string>> = {}): OnnxModel {
    const name = (value: string) => renamed.get(value) ?? value
    const named = nodes.map((node) => ({ ...node, inputs: node.inputs.map(name), outputs: node.outputs.map(name) }))
    return livingPart({ nodes: named, constants, inputs, outputs, metadata })
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
    model,
    encode: ({ metadata, opset } = {}) => encodeModel(model(metadata), opset),
  }
}
