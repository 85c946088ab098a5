/** The safetensors format: https://github.com/huggingface/safetensors#format */

const widths = { F32: 4, F16: 2, BF16: 2, I32: 4, I64: 8 } as const
type FileType = keyof typeof widths
/** The official library's bound on the header. */
const LONGEST_HEADER = 100_000_000

export interface FileTensor {
  readonly shape: readonly number[]
  /** F32, F16 and BF16 as Float32Array (widened without rounding), I32 as Int32Array, I64 as BigInt64Array. Row-major. */
  readonly data: Float32Array | Int32Array | BigInt64Array
}
export type FileTensors = Record<string, FileTensor>

interface Entry {
  readonly name: string
  readonly type: FileType
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/**
 * Reads all tensors of a safetensors file.
 *
 * @param bytes The whole file.
 * @throws RangeError on anything that is not a whole, consistent file of known types; nothing is allocated before that is checked.
 */
export function readSafetensors(bytes: Uint8Array): FileTensors {
  const { header, data } = readHeader(bytes)
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, value]) => readEntry(name, value))
  checkCover(entries, data.length)
  return Object.fromEntries(entries.map((entry) => [entry.name, { shape: entry.shape, data: decode(entry, data) }]))
}

/** Reads the free text entries of a safetensors file. Throws RangeError where the header is broken. */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  const value = readHeader(bytes).header['__metadata__'] ?? {}
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string'))
    throw broken('text entries under __metadata__', JSON.stringify(value).slice(0, 80))
  return value as Record<string, string>
}

/** A tensor to write: as one that was read, or half floats as their 16 bits. */
export type NewTensor = FileTensor | { readonly shape: readonly number[]; readonly data: Uint16Array }

/**
 * Writes tensors as a safetensors file: F32, F16, I32 or I64 by the type of their array, in the order given.
 *
 * @throws RangeError where a shape does not fit its data.
 */
export function writeSafetensors(tensors: Record<string, NewTensor>, metadata?: Record<string, string>): Uint8Array {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {}
  let size = 0
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (product(shape) !== data.length) throw broken(`${product(shape)} values for ${name} [${shape.join(', ')}]`, String(data.length))
    header[name] = { dtype: typeOf(data), shape, data_offsets: [size, (size += data.byteLength)] }
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const padded = Math.ceil(text.length / 8) * 8
  const out = new Uint8Array(8 + padded + size)
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true)
  out.fill(0x20, 8 + text.length, 8 + padded)
  out.set(text, 8)
  let at = 8 + padded
  for (const { data } of Object.values(tensors)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return out
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw broken('at least 8 bytes', `${bytes.length}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(LONGEST_HEADER)) throw broken(`a header of at most ${LONGEST_HEADER} bytes`, `${length}`)
  const end = 8 + Number(length)
  if (end > bytes.length) throw broken(`a header of ${length} bytes`, `a file that ends after ${bytes.length - 8}`)
  const header = parse(bytes.subarray(8, end))
  return { header, data: bytes.subarray(end) }
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw broken('a header in JSON', (error as Error).message)
  }
  if (!isRecord(value)) throw broken('a header that is an object', JSON.stringify(value).slice(0, 80))
  return value
}

function readEntry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw broken(`a description of ${name}`, String(value))
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string' || !Object.hasOwn(widths, dtype))
    throw broken(`one of ${Object.keys(widths).join(', ')} as type of ${name}`, String(dtype))
  if (!isCounts(shape)) throw broken(`a shape of ${name}`, JSON.stringify(shape))
  if (!isCounts(offsets) || offsets.length !== 2) throw broken(`two offsets of ${name}`, JSON.stringify(offsets))
  const [start, end] = offsets
  const bytes = product(shape) * widths[dtype as FileType]
  if (end - start !== bytes) throw broken(`${bytes} bytes for ${name} ${dtype} [${shape.join(', ')}]`, `${end - start}`)
  return { name, type: dtype as FileType, shape, start, end }
}

/** Tensors must fill the data without holes and overlaps. */
function checkCover(entries: readonly Entry[], size: number): void {
  let at = 0
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw broken(`${name} to start at byte ${at} of the data`, `${start}`)
    at = end
  }
  if (at !== size) throw broken(`${at} bytes of data`, `${size}`)
}

function decode({ type, start, end }: Entry, data: Uint8Array): FileTensor['data'] {
  const { buffer } = new Uint8Array(data.subarray(start, end))
  switch (type) {
    case 'F32': return new Float32Array(buffer)
    case 'I32': return new Int32Array(buffer)
    case 'I64': return new BigInt64Array(buffer)
    case 'F16': return Float32Array.from(new Uint16Array(buffer), halfToFloat)
    case 'BF16': return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer)
  }
}

/** IEEE 754 binary16. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function typeOf(data: NewTensor['data']): FileType {
  return data instanceof Float32Array ? 'F32' : data instanceof Uint16Array ? 'F16' : data instanceof Int32Array ? 'I32' : 'I64'
}

function product(shape: readonly number[]): number {
  return shape.reduce((n, dimension) => n * dimension, 1)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
}

function broken(expected: string, got: string): RangeError {
  return new RangeError(`safetensors: expected ${expected}, got ${got}`)
}
