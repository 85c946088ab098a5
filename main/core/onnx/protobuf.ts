/** The few parts of the protobuf wire format that ONNX needs. https://protobuf.dev/programming-guides/encoding/ */

/** An encoded message as pieces, so that large tensors are copied once only. */
export type Pieces = Uint8Array[]

const VARINT = 0
const LENGTH = 2
const FIXED32 = 5
const text = new TextEncoder()

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value))
  const out: number[] = []
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  out.push(Number(rest))
  return Uint8Array.from(out)
}

const tag = (field: number, wire: number) => varint((field << 3) | wire)

/** A whole number; negative ones take ten bytes, as protobuf's int64 does. */
export const intField = (field: number, value: number | bigint): Pieces => [tag(field, VARINT), varint(value)]

/** A 32-bit float. */
export function floatField(field: number, value: number): Pieces {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [tag(field, FIXED32), bytes]
}

/** A nested message, or bytes. */
export function messageField(field: number, message: Pieces): Pieces {
  const size = message.reduce((sum, piece) => sum + piece.byteLength, 0)
  return [tag(field, LENGTH), varint(size), ...message]
}

export const stringField = (field: number, value: string): Pieces => messageField(field, [text.encode(value)])

export const bytesField = (field: number, value: ArrayBufferView): Pieces =>
  messageField(field, [new Uint8Array(value.buffer, value.byteOffset, value.byteLength)])

/** Joins the pieces of a message. */
export function join(pieces: Pieces): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
  let offset = 0
  for (const piece of pieces) {
    out.set(piece, offset)
    offset += piece.byteLength
  }
  return out
}

/** One field as read: whole numbers as bigint, everything else as the bytes it holds. */
export interface Field {
  readonly field: number
  readonly value: bigint | Uint8Array
}

/**
 * Reads the fields of one message, not entering nested ones.
 *
 * @throws RangeError if the bytes end within a field or hold an unknown wire type.
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  let at = 0
  const readVarint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new RangeError('expected a whole protobuf message, got one cut short')
      const byte = bytes[at++]
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const take = (size: number) => {
    if (at + size > bytes.length) throw new RangeError('expected a whole protobuf message, got one cut short')
    at += size
    return bytes.subarray(at - size, at)
  }
  const widths: Record<number, number> = { 1: 8, [FIXED32]: 4 }
  while (at < bytes.length) {
    const key = Number(readVarint())
    const field = key >>> 3
    const wire = key & 7
    if (wire === VARINT) yield { field, value: readVarint() }
    else if (wire === LENGTH) yield { field, value: take(Number(readVarint())) }
    else if (wire in widths) yield { field, value: take(widths[wire]) }
    else throw new RangeError(`expected a protobuf wire type 0, 1, 2 or 5, got ${wire}`)
  }
}
