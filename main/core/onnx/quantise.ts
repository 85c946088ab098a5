import { linksOf } from './fold-bias.ts'
import { livingPart, type Constant, type Node, type OnnxModel } from './model.ts'

/** Smallest and largest value that occurs. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** Weights keep to 7 bits: products of pairs then never saturate in 16 bits, so that processors without VNNI give the same masks. */
const largestWeight = 63
const levels = 255

/** What is quantised: nodes computed in int8, values kept in uint8, each with the value whose range it has, and activations that fall away. */
interface Plan {
  readonly nodes: ReadonlySet<Node>
  readonly values: ReadonlyMap<string, string>
  /** Output of a node -> output of the activation behind it, which the smallest level of the result stands for. */
  readonly clipped: ReadonlyMap<string, string>
}

/**
 * Every convolution but the one that makes the scores, however often it is used; sums and largest values of what convolutions make.
 * Biases are to be folded first.
 */
function plan(model: OnnxModel): Plan {
  const { constantOf, users } = linksOf(model)
  const nodes = new Set<Node>()
  const values = new Map<string, string>()
  const clipped = new Map<string, string>()
  const keep = (node: Node) => {
    const [output] = node.outputs
    const [next, ...others] = users(output)
    const clip = others.length === 0 && (next?.type === 'Relu' || (next?.type === 'Clip' && constantOf(next.inputs[1])?.values[0] === 0))
    if (clip) clipped.set(output, next.outputs[0])
    const value = clip ? next.outputs[0] : output
    nodes.add(node)
    values.set(value, values.get(value) ?? value)
  }
  const scores = model.nodes.findLast(({ type }) => type === 'Conv')?.inputs[1]
  for (const node of model.nodes) {
    const [x, y] = node.inputs
    if (node.type === 'Conv' && y !== scores && constantOf(y)) {
      values.set(x, values.get(x) ?? x)
      keep(node)
    } else if (node.type === 'Add' && values.has(x) && values.has(y)) keep(node)
    else if (node.type === 'MaxPool' && values.has(x)) {
      nodes.add(node)
      values.set(node.outputs[0], values.get(x)!)
    }
  }
  return { nodes, values, clipped }
}

/** Names of the values whose ranges `quantise` needs. */
export const valuesToMeasure = (model: OnnxModel): string[] => [...new Set(plan(model).values.values())]

/**
 * Static quantisation: convolutions, their sums and pools between QuantizeLinear and DequantizeLinear, so that a runtime computes them
 * in integers. Activations: uint8, one scale and zero point a value. Weights: int8 (7 bits), one scale an output channel, symmetric. Biases: int32.
 *
 * Jacob et al., CVPR 2018, section 2. https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
 *
 * @param model With folded biases.
 * @param ranges Of every value of `valuesToMeasure`.
 * @throws RangeError if a range is missing.
 */
export function quantise(model: OnnxModel, ranges: ReadonlyMap<string, Range>): OnnxModel {
  const { nodes, values, clipped } = plan(model)
  const { constantOf } = linksOf(model)
  const constants = new Map<string, Constant>()
  const dropped = new Set(clipped.values())
  const scales = new Map([...values].map(([name, source]) => [name, scaleOf(source, ranges.get(source))]))
  const out: Node[] = []
  const around = (name: string) => {
    const ends = [`${name}s`, `${name}z`]
    const { scale, zero } = scales.get(name)!
    constants.set(ends[0], float(ends[0], [scale], []))
    constants.set(ends[1], { name: ends[1], type: 'uint8', values: [zero], shape: [] })
    out.push(make('QuantizeLinear', [name, ...ends], `${name}q`), make('DequantizeLinear', [`${name}q`, ...ends], `${name}d`))
  }
  for (const name of values.keys()) if (model.inputs.some((input) => input.name === name)) around(name)
  for (const node of model.nodes) {
    if (node.outputs.some((name) => dropped.has(name))) continue
    const inputs = node.inputs.map((name) => (values.has(name) ? `${name}d` : name))
    if (nodes.has(node) && node.type === 'Conv') {
      const weights = constantOf(node.inputs[1])!
      const bias = node.inputs[2] === undefined ? undefined : constantOf(node.inputs[2])
      for (const part of smallWeights(weights, bias && { ...bias, name: `${node.outputs[0]}b` }, scales.get(node.inputs[0])!.scale)) {
        inputs[part.position] = `${part.name}d`
        if (constants.has(part.constants[0].name)) continue
        for (const constant of part.constants) constants.set(constant.name, constant)
        out.push(make('DequantizeLinear', part.constants.map(({ name }) => name), `${part.name}d`, { axis: 0 }))
      }
    }
    const outputs = node.outputs.map((name) => clipped.get(name) ?? name)
    out.push({ ...node, inputs, outputs })
    for (const name of outputs) if (values.has(name)) around(name)
  }
  return livingPart({ ...model, nodes: out, constants: [...model.constants, ...constants.values()] })
}

const make = (type: string, inputs: readonly string[], output: string, attributes: Node['attributes'] = {}): Node =>
  ({ type, inputs, outputs: [output], attributes, domain: '' })
const float = (name: string, values: ArrayLike<number>, shape: readonly number[]): Constant => ({ name, type: 'float32', values: Float32Array.from(values), shape })

/** Zero is one of the levels, so that padding is exact. */
function scaleOf(name: string, range: Range | undefined): { scale: number; zero: number } {
  if (!range) throw new RangeError(`expected a range of ${name}, got none`)
  const [min, max] = [Math.min(0, range.min), Math.max(0, range.max)]
  const scale = Math.fround((max - min) / levels) || 1
  return { scale, zero: Math.round((0 - min) / scale) }
}

/**
 * The weights and the bias of a convolution in integers, with what DequantizeLinear needs. The bias is in units of its input; the weights
 * serve all convolutions that share them.
 */
function smallWeights(weights: Constant, bias: Constant | undefined, inputScale: number) {
  const [channels] = weights.shape
  const each = weights.values.length / channels
  const [data, scales, biases, biasScales] = [new Int8Array(weights.values.length), new Float32Array(channels), new Int32Array(channels), new Float32Array(channels)]
  for (let c = 0; c < channels; c++) {
    let most = 0
    for (let i = c * each; i < (c + 1) * each; i++) most = Math.max(most, Math.abs(weights.values[i]))
    scales[c] = most / largestWeight || 1
    for (let i = c * each; i < (c + 1) * each; i++) data[i] = Math.round(weights.values[i] / scales[c])
    biasScales[c] = scales[c] * inputScale
    if (bias) biases[c] = Math.round(bias.values[c] / biasScales[c])
  }
  const named = (name: string, small: Constant, scale: Float32Array, zero: 'int8' | 'int32') =>
    ({ name, constants: [small, float(`${name}s`, scale, [channels]), { name: `${zero}${channels}`, type: zero, values: new Int8Array(channels), shape: [channels] }] as Constant[] })
  return [
    { position: 1, ...named(weights.name, { ...weights, name: `${weights.name}q`, type: 'int8', values: data }, scales, 'int8') },
    ...(bias ? [{ position: 2, ...named(bias.name, { ...bias, name: `${bias.name}q`, type: 'int32', values: biases }, biasScales, 'int32') }] : []),
  ]
}
