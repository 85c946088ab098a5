import { readFile } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import { openCodec } from './core/image/codec.ts'
import { onMessages } from './core/threads.ts'

/** Thread entry: picture files to pictures a page can show, one at a time. */

export type PictureWish =
  /** A small JPEG of a file. */
  | { readonly kind: 'thumbnail'; readonly file: string; readonly side: number }
  /** The whole picture as JPEG. */
  | { readonly kind: 'jpeg'; readonly file: string }
export type PictureAnswer = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly message: string }

const codec = openCodec()

async function make(wish: PictureWish): Promise<Uint8Array> {
  const { thumbnail, decodeRgb, encodeJpeg } = await codec
  const bytes = await readFile(wish.file)
  return wish.kind === 'thumbnail' ? thumbnail(bytes, wish.side) : encodeJpeg(decodeRgb(bytes), 95)
}

async function take(wish: PictureWish) {
  const answer: PictureAnswer = await make(wish).then(
    (bytes) => ({ ok: true, bytes }),
    (error: unknown) => ({ ok: false, message: error instanceof Error ? error.message : String(error) }),
  )
  parentPort!.postMessage(answer)
}

onMessages(take, async () => (await codec).close())
