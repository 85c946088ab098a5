import type { Constant, Node, OnnxModel } from './model.ts'

const FLOAT32 = 1
/** Smaller tensors stay as they are: they weigh nothing and are the most sensitive ones. */
const fewestValues = 256

/**
 * A model whose large weights are kept as half floats and widened to float32 where they are used, by Cast. Arithmetic stays float32.
 *
 * https://onnx.ai/onnx/operators/onnx__Cast.html
 */
export function halveWeights(model: OnnxModel): OnnxModel {
  const large = (c: Constant) => c.type === 'float32' && c.values.length >= fewestValues
  const widening: Node[] = model.constants.filter(large).map(({ name }) => ({
    type: 'Cast', inputs: [`${name}h`], outputs: [name], attributes: { to: FLOAT32 }, domain: '',
  }))
  const constants = model.constants.map((c): Constant =>
    (large(c) ? { ...c, name: `${c.name}h`, type: 'float16', values: Uint16Array.from(c.values, toHalf) } : c))
  return { ...model, constants, nodes: [...widening, ...model.nodes] }
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
