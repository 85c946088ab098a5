import { availableParallelism } from 'node:os'
import type { Codec } from '../core/image/codec.ts'
import { tryDecode, type Decoded, type DecodeForm } from '../core/image/try-decode.ts'
import type { LabelMap } from '../core/image/types.ts'
import { IssueError, issues as say } from './import-issues.ts'
import { openPool } from './pool.ts'
import type { Size } from './worker.ts'

/** Decodes the files of an import, on worker threads where there are many. */
export interface Decoder {
  /** Files that are worth having under way together. */
  readonly lanes: number
  /** Size of a picture that decodes to its last row. Throws IssueError of `file`. */
  picture(file: string, bytes: Uint8Array): Promise<Size>
  /** Class indices, or zero and one, of a PNG. Throws IssueError of `file`. */
  mask(file: string, bytes: Uint8Array, form: 'index' | 'binary'): Promise<LabelMap>
  close(): Promise<void>
}

/** Fewer files than this are decoded here sooner than threads start. */
const fewFiles = 64

/** Some wait for the disk while others are decoded. */
const lanesAWorker = 4

export function openDecoder(codec: Codec, files = 1): Decoder {
  if (files < fewFiles) return decoderOf(1, async (bytes, form) => tryDecode(codec, bytes, form), async () => undefined)
  const pool = openPool(availableParallelism())
  return decoderOf(lanesAWorker * pool.size, (bytes, form) => pool.run('decode', { bytes, form }), () => pool.close())
}

function decoderOf(lanes: number, decode: (bytes: Uint8Array, form: DecodeForm) => Promise<Decoded>, close: () => Promise<void>): Decoder {
  return {
    lanes, close,
    picture: async (file, bytes) => {
      const decoded = await decode(bytes, 'size')
      if (decoded.ok) return decoded
      throw new IssueError(decoded.fault === 'too-large' ? say.tooLarge(file, decoded.message) : say.unreadable(file, decoded.message))
    },
    mask: async (file, bytes, form) => {
      const decoded = await decode(bytes, form)
      if (decoded.ok) return decoded
      throw new IssueError(say.maskUnreadable(file, decoded.message))
    },
  }
}
