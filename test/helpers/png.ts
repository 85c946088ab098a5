import { readFileSync } from 'node:fs'
import Vips from 'wasm-vips'

let vips: Promise<typeof Vips> | undefined

export interface PngPixels {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array | Uint16Array
}

/** Raw samples of a PNG or JPEG file, [H, W, C], 8 or 16 bits as stored. */
export async function readPng(path: string): Promise<PngPixels> {
  const { Image } = await (vips ??= Vips({ dynamicLibraries: [] }))
  const image = Image.newFromBuffer(readFileSync(path))
  const samples = image.writeToMemory()
  const { width, height, bands: channels } = image
  const data = samples instanceof Uint16Array ? samples.slice() : new Uint8Array(samples.buffer, samples.byteOffset, samples.length).slice()
  image.delete()
  return { width, height, channels, data }
}
