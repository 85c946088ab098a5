import { crc32, inflateSync } from 'node:zlib'

/** A PNG as it was stored: no palette applied, no depth changed. */
export interface PngSamples {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA. */
  readonly colourType: number
  readonly channels: number
  /** Row-major, [H, W, channels]; palette images hold indices. */
  readonly samples: Uint8Array | Uint16Array
}

type Head = Omit<PngSamples, 'samples'> & { readonly interlaced: boolean }

const signature = [137, 80, 78, 71, 13, 10, 26, 10]
const channelsOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const depthsOf: Record<number, readonly number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }
/** First column, first row, column step, row step of the passes of Adam7. */
const adam7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]]

/**
 * Reads the raw samples of a PNG of any colour type and depth.
 *
 * PNG Specification, Third Edition, W3C. https://www.w3.org/TR/png-3/
 *
 * @param maxPixels Larger pictures are refused before memory is taken.
 * @throws RangeError on anything broken, truncated or too large.
 */
export function readPngSamples(bytes: Uint8Array, maxPixels: number): PngSamples {
  const { head, packed } = readChunks(bytes, maxPixels)
  const { width, height, bitDepth, colourType, channels } = head
  const passes = head.interlaced ? adam7 : [[0, 0, 1, 1]]
  const sizes = passes.map(([x, y, dx, dy]) => [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)])
  const rowBytes = (w: number) => Math.ceil((w * channels * bitDepth) / 8)
  const length = sizes.reduce((sum, [w, h]) => sum + (w > 0 && h > 0 ? h * (1 + rowBytes(w)) : 0), 0)
  const raw = inflate(packed, length)
  const samples = bitDepth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels)
  let at = 0
  passes.forEach(([x0, y0, dx, dy], p) => {
    const [w, h] = sizes[p]
    if (w <= 0 || h <= 0) return
    const stride = rowBytes(w)
    unfilter(raw, at, stride, h, Math.max(1, (channels * bitDepth) >> 3))
    for (let y = 0; y < h; y++, at += stride + 1) {
      const target = ((y0 + y * dy) * width + x0) * channels
      spread(raw, at + 1, bitDepth, w, channels, samples, target, dx * channels)
    }
  })
  return { width, height, bitDepth, colourType, channels, samples }
}

function readChunks(bytes: Uint8Array, maxPixels: number): { head: Head; packed: Uint8Array } {
  if (signature.some((value, i) => bytes[i] !== value)) throw new RangeError('expected a PNG, got other bytes')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let head: Head | undefined
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const end = at + 8 + length
    if (end + 4 > bytes.length) throw new RangeError('expected a whole PNG, got one that is cut short')
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) throw new RangeError('expected an intact PNG, got a wrong checksum')
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (type === 'IHDR') head = readHead(view, at + 8, length, maxPixels)
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, end))
    if (type === 'IEND') {
      if (!head || parts.length === 0) break
      return { head, packed: Buffer.concat(parts) }
    }
    at = end + 4
  }
  throw new RangeError('expected a whole PNG, got one that is cut short')
}

function readHead(view: DataView, at: number, length: number, maxPixels: number): Head {
  if (length !== 13) throw new RangeError(`expected a PNG head of 13 bytes, got ${length}`)
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)]
  const [bitDepth, colourType, compression, filter, interlace] = Array.from({ length: 5 }, (_, i) => view.getUint8(at + 8 + i))
  if (!depthsOf[colourType]?.includes(bitDepth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw new RangeError(`expected a known kind of PNG, got colour type ${colourType} with ${bitDepth} bits`)
  if (width < 1 || height < 1 || width * height > maxPixels)
    throw new RangeError(`expected at most ${maxPixels} pixels, got ${width} x ${height}`)
  return { width, height, bitDepth, colourType, channels: channelsOf[colourType], interlaced: interlace === 1 }
}

function inflate(packed: Uint8Array, length: number): Uint8Array {
  let raw: Uint8Array
  try {
    raw = inflateSync(packed, { maxOutputLength: length + 1 })
  } catch (error) {
    throw new RangeError('expected intact picture data, got a broken stream', { cause: error })
  }
  if (raw.length !== length) throw new RangeError(`expected ${length} bytes of picture data, got ${raw.length}`)
  return raw
}

/** Undoes the filters of rows in place (section 9). `step` is the distance to the sample on the left, in bytes. */
function unfilter(raw: Uint8Array, start: number, stride: number, rows: number, step: number): void {
  for (let y = 0, row = start; y < rows; y++, row += stride + 1) {
    const kind = raw[row]
    if (kind > 4) throw new RangeError(`expected a row filter 0 .. 4, got ${kind}`)
    if (kind === 0) continue
    for (let i = 1; i <= stride; i++) {
      const left = i > step ? raw[row + i - step] : 0
      const up = y > 0 ? raw[row + i - stride - 1] : 0
      const corner = y > 0 && i > step ? raw[row + i - step - stride - 1] : 0
      raw[row + i] += kind === 1 ? left : kind === 2 ? up : kind === 3 ? (left + up) >> 1 : paeth(left, up, corner)
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c
  const pa = Math.abs(p - a)
  const pb = Math.abs(p - b)
  const pc = Math.abs(p - c)
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** Unpacks one row of samples; those of one pixel stay together, pixels lie `stride` apart. */
function spread(raw: Uint8Array, at: number, bits: number, width: number, channels: number,
  out: Uint8Array | Uint16Array, target: number, stride: number): void {
  const perByte = 8 / bits
  const mask = (1 << bits) - 1
  for (let x = 0, i = 0; x < width; x++) {
    for (let c = 0; c < channels; c++, i++) {
      out[target + x * stride + c] = bits === 8 ? raw[at + i]
        : bits === 16 ? (raw[at + 2 * i] << 8) | raw[at + 2 * i + 1]
          : (raw[at + Math.floor(i / perByte)] >> (8 - bits * ((i % perByte) + 1))) & mask
    }
  }
}
