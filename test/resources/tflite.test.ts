import { describe, expect, it } from 'vitest'
import { toHalf } from '../../main/core/onnx/halve.ts'
import { readConvolutions } from '../../resources/backbone/tflite.ts'

/** What a flatbuffer holds: fields of a table (null: left out), a list, or plain values. */
type Node = number | null | { table: readonly Node[] } | { list: readonly Node[] } | { bytes: Uint8Array }

/** A flatbuffer with the table as its root and the identifier of TensorFlow Lite. Every value takes four bytes. */
function flatbuffer(root: Node): Uint8Array {
  const out: number[] = []
  const put = (at: number, value: number, size = 4) => {
    for (let i = 0; i < size; i++) out[at + i] = (value >> (8 * i)) & 255
  }
  const reserve = (size: number) => out.push(...Array<number>(size).fill(0)) - size
  /** Writes values in a row, then what they point to. */
  const place = (at: number, nodes: readonly Node[]) => nodes.forEach((node, i) => put(at + 4 * i, typeof node === 'object' && node !== null ? write(node) - (at + 4 * i) : (node ?? 0)))
  const write = (node: Exclude<Node, number | null>): number => {
    if ('bytes' in node) {
      const at = reserve(4 + Math.ceil(node.bytes.length / 4) * 4)
      put(at, node.bytes.length)
      node.bytes.forEach((byte, i) => (out[at + 4 + i] = byte))
      return at
    }
    if ('list' in node) {
      const at = reserve(4 + 4 * node.list.length)
      put(at, node.list.length)
      place(at + 4, node.list)
      return at
    }
    const fields = reserve(4 + 2 * node.table.length), at = reserve(4 + 4 * node.table.length)
    put(fields, 4 + 2 * node.table.length, 2)
    put(fields + 2, 4 + 4 * node.table.length, 2)
    node.table.forEach((value, i) => put(fields + 4 + 2 * i, value === null ? 0 : 4 + 4 * i, 2))
    put(at, at - fields)
    place(at + 4, node.table)
    return at
  }
  reserve(8)
  place(0, [root])
  out.splice(4, 4, ...new TextEncoder().encode('TFL3'))
  return Uint8Array.from(out)
}

const text = (word: string): Node => ({ bytes: new TextEncoder().encode(word) })
const floats = (...values: number[]): Node => ({ table: [{ bytes: new Uint8Array(Float32Array.from(values).buffer) }] })
const halves = (...values: number[]): Node => ({ table: [{ bytes: new Uint8Array(Uint16Array.from(values, toHalf).buffer) }] })
const tensor = (shape: number[], type: number | null, buffer: number, name: string): Node => ({ table: [{ list: shape }, type, buffer, text(name)] })
const operator = (code: number, inputs: number[], outputs: number[]): Node => ({ table: [code, { list: inputs }, { list: outputs }] })

/** A filter of half floats made whole, a 1x1 convolution with it, a sum, and a depthwise convolution. */
const model = flatbuffer({ table: [
  3,
  { list: [{ table: [6] }, { table: [3] }, { table: [0, null, null, 0] }, { table: [4] }] },
  { list: [{ table: [
    { list: [
      tensor([1, 4, 4, 2], null, 0, 'image'), tensor([3, 1, 1, 2], 1, 1, 'halves'), tensor([3, 1, 1, 2], null, 0, 'whole'), tensor([3], null, 2, 'bias'), tensor([1, 4, 4, 3], null, 0, 'first'),
      tensor([1, 1, 2, 3], null, 3, 'taps'), tensor([1, 4, 4, 3], null, 0, 'second'),
    ] },
    { list: [0] }, { list: [6] },
    { list: [operator(0, [1], [2]), operator(1, [0, 2, 3], [4]), operator(2, [4, 4], [4]), operator(3, [4, 5, 3], [6])] },
  ] }] },
  text('drawn by code'),
  { list: [{ table: [null] }, halves(1, -2, 0.5, 3, 0, 0.25), floats(7, 8, 9), floats(1, 2, 3, 4, 5, 6)] },
] })

describe('readConvolutions', () => {
  it('reads filters and biases in the order they are run, half floats widened', () => {
    expect(readConvolutions(model)).toEqual([
      { name: 'first', depthwise: false, shape: [3, 1, 1, 2], filter: Float32Array.of(1, -2, 0.5, 3, 0, 0.25), bias: Float32Array.of(7, 8, 9) },
      { name: 'second', depthwise: true, shape: [1, 1, 2, 3], filter: Float32Array.of(1, 2, 3, 4, 5, 6), bias: Float32Array.of(7, 8, 9) },
    ])
  })

  it('reads a part of a larger file', () => {
    const larger = new Uint8Array(model.length + 5)
    larger.set(model, 5)
    expect(readConvolutions(larger.subarray(5))).toEqual(readConvolutions(model))
  })

  it('refuses what is no TensorFlow Lite file', () => {
    expect(() => readConvolutions(new Uint8Array(16))).toThrow('expected a TensorFlow Lite file')
  })
})
