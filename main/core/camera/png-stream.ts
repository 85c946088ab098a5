const signature = [137, 80, 78, 71, 13, 10, 26, 10]

/** Cuts a stream of bytes into the PNG files it consists of. */
export interface PngStream {
  /** Takes what has come and gives the pictures that are whole by now. Throws RangeError, after those before it, at what is no PNG. */
  push(bytes: Uint8Array): Generator<Uint8Array>
  /** Bytes of a picture that has begun. */
  readonly pending: number
}

/** @param maxBytes A picture that is larger is refused. */
export function openPngStream(maxBytes = 512 * 1024 * 1024): PngStream {
  let parts: Uint8Array[] = []
  let held = 0
  /** Bytes that must be there before it is worth looking again. */
  let wanted = 8
  /** Where the next chunk of the first picture begins. */
  let at = 8
  return {
    get pending() {
      return held
    },
    * push(bytes) {
      parts.push(bytes)
      held += bytes.length
      while (held >= wanted) {
        const all = parts.length === 1 ? parts[0] : join(parts, held)
        parts = [all]
        if (signature.some((value, i) => all[i] !== value)) throw new RangeError('expected a PNG in the stream, got other bytes')
        const end = endOf(all, at)
        at = end.at
        wanted = end.wanted
        if (wanted > maxBytes) throw new RangeError(`expected pictures of at most ${maxBytes} bytes, got a larger one`)
        if (!end.whole) continue
        const whole = all.slice(0, at)
        parts = [all.subarray(at)]
        held -= at
        at = wanted = 8
        yield whole
      }
    },
  }
}

/** Walks over chunks from `at`; what is wanted to go on where the bytes end. */
function endOf(bytes: Uint8Array, from: number): { at: number; wanted: number; whole: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = from
  while (at + 8 <= bytes.length) {
    const next = at + 12 + view.getUint32(at)
    if (next > bytes.length) return { at, wanted: next, whole: false }
    const isEnd = view.getUint32(at + 4) === 0x49454e44
    at = next
    if (isEnd) return { at, wanted: at, whole: true }
  }
  return { at, wanted: at + 8, whole: false }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
