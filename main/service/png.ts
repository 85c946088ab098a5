import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'

const pack = promisify(deflate)
const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)

/**
 * Bytes as PNG, 8 bits a channel, packed off the main thread.
 *
 * PNG specification, third edition, sections 5 and 11. https://www.w3.org/TR/png-3/
 *
 * @param data Grey [H, W] or RGB [H, W, 3].
 * @throws RangeError when the length fits neither.
 */
export async function encodePng(width: number, height: number, data: Uint8Array): Promise<Uint8Array> {
  const channels = data.length / (width * height)
  if (channels !== 1 && channels !== 3) throw new RangeError(`expected ${width} x ${height} values or thrice as many, got ${data.length}`)
  const stride = width * channels
  const rows = new Uint8Array(height * (stride + 1))
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1)
  const head = new DataView(new ArrayBuffer(13))
  head.setUint32(0, width)
  head.setUint32(4, height)
  head.setUint8(8, 8)
  head.setUint8(9, channels === 3 ? 2 : 0)
  const body = await pack(rows, { level: 1 })
  return Buffer.concat([signature, chunk('IHDR', new Uint8Array(head.buffer)), chunk('IDAT', body), chunk('IEND', new Uint8Array(0))])
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(content.length + 12)
  const view = new DataView(out.buffer)
  view.setUint32(0, content.length)
  out.set(Buffer.from(name, 'latin1'), 4)
  out.set(content, 8)
  view.setUint32(content.length + 8, crc32(out.subarray(4, content.length + 8)))
  return out
}
