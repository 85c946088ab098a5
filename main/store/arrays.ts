import { deflateRawSync, inflateRawSync } from 'node:zlib'

export type StoredArray = Float32Array | Uint8Array | Int32Array

const magic = 0x3141574d
const types = [Float32Array, Uint8Array, Int32Array] as const
const headBytes = 8
const stored = 0
const deflated = 1

/**
 * An array with its shape as bytes: 'MWA1', type, rank, packing, 0, then the dimensions as uint32, then the values, little-endian.
 * Integers are deflated, floats are kept as they are: they hardly shrink.
 * @throws RangeError when the shape does not fit the length.
 */
export function packArray(data: StoredArray, shape: readonly number[]): Uint8Array {
  const type = types.findIndex((t) => data instanceof t)
  if (type < 0) throw new TypeError('expected a Float32Array, Uint8Array or Int32Array, got another value')
  const count = product(shape)
  if (count !== data.length) throw new RangeError(`expected ${count} values for shape [${shape}], got ${data.length}`)
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const packing = type === 0 ? stored : deflated
  const body = packing === deflated ? deflateRawSync(raw, { level: 1 }) : raw
  const out = new Uint8Array(headBytes + 4 * shape.length + body.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, magic, true)
  out.set([type, shape.length, packing, 0], 4)
  shape.forEach((n, i) => view.setUint32(headBytes + 4 * i, n, true))
  out.set(body, headBytes + 4 * shape.length)
  return out
}

/**
 * Reads what packArray wrote.
 * @throws RangeError on anything else, before memory of the stated size is taken.
 */
export function unpackArray(bytes: Uint8Array): { data: StoredArray; shape: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headBytes || view.getUint32(0, true) !== magic) throw new RangeError('expected a packed array, got other bytes')
  const [type, rank, packing] = bytes.subarray(4, 7)
  const start = headBytes + 4 * rank
  if (type >= types.length || packing > deflated || bytes.length < start) throw new RangeError('expected a packed array, got a broken head')
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(headBytes + 4 * i, true))
  const length = product(shape) * types[type].BYTES_PER_ELEMENT
  const body = unpackBody(bytes.subarray(start), packing, length)
  if (body.length !== length) throw new RangeError(`expected ${length} bytes for shape [${shape}], got ${body.length}`)
  // A copy in memory of its own: a view of a small file shares the memory of others.
  return { data: new types[type](new Uint8Array(body).buffer), shape }
}

function unpackBody(body: Uint8Array, packing: number, length: number): Uint8Array {
  if (packing === stored) return body
  try {
    return new Uint8Array(inflateRawSync(body, { maxOutputLength: Math.max(1, length) }))
  } catch (error) {
    throw new RangeError(`expected ${length} packed bytes, got a broken stream`, { cause: error })
  }
}

const product = (shape: readonly number[]) => shape.reduce((a, n) => a * n, 1)
