import { CodecError, type Codec, type CodecFault } from './codec.ts'
import type { LabelMap } from './types.ts'

/** What is wanted of a file: that it decodes and how large it is, its class indices, or zero and one. */
export type DecodeForm = 'size' | 'index' | 'binary'

/** A decoded file, or why it is none; crosses threads, as an exception does not. `data` is empty where the size alone is wanted. */
export type Decoded = ({ readonly ok: true } & LabelMap) | { readonly ok: false; readonly fault: CodecFault; readonly message: string }

/** Decodes a file to its last row. */
export function tryDecode(codec: Codec, bytes: Uint8Array, form: DecodeForm): Decoded {
  try {
    if (form === 'index') return { ok: true, ...codec.decodeIndex(bytes) }
    if (form === 'binary') return { ok: true, ...codec.decodeBinary(bytes) }
    const { width, height } = codec.decodeRgb(bytes)
    return { ok: true, width, height, data: new Uint8Array(0) }
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return { ok: false, fault: error.fault, message: error.message }
  }
}
