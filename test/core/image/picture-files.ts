import { crc32, deflateSync } from 'node:zlib'
import Vips from 'wasm-vips'

/** Picture files drawn for tests. */

export interface PngForm {
  readonly colourType: number
  readonly bitDepth: number
  /** Rows of packed bytes, unfiltered. */
  readonly rows: readonly (readonly number[])[]
  readonly width: number
  readonly palette?: readonly number[]
}

/** A PNG written by hand, so that the reader is not tested against a library of its own kind. */
export function png({ colourType, bitDepth, rows, width, palette }: PngForm): Uint8Array {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(rows.length, 4)
  head.set([bitDepth, colourType, 0, 0, 0], 8)
  const data = deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])))
  const parts = [chunk('IHDR', head), ...(palette ? [chunk('PLTE', Buffer.from(palette))] : []), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]))
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

/** An 8-bit grey PNG. */
export const greyPng = (rows: readonly (readonly number[])[]) => png({ colourType: 0, bitDepth: 8, width: rows[0].length, rows })

export interface Painter {
  /** RGB at (x, y) as a file of the kind that the suffix says. */
  paint(width: number, height: number, colour: (x: number, y: number) => readonly number[], suffix: string, form?: PaintForm): Uint8Array
}
export interface PaintForm {
  readonly space?: 'cmyk' | 'b-w' | 'rgb16' | 'grey16'
  /** EXIF orientation 1 .. 8. */
  readonly orientation?: number
  readonly profile?: string
}

export async function openPainter(): Promise<Painter> {
  const vips = await Vips({ dynamicLibraries: [] })
  return {
    paint: (width, height, colour, suffix, { space, orientation, profile } = {}) => {
      const data = new Uint8Array(width * height * 3)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3)
      const flat = vips.Image.newFromMemory(data, width, height, 3, vips.BandFormat.uchar).copy({ interpretation: 'srgb' })
      const image = (space ? flat.colourspace(space) : flat).copy()
      if (orientation) image.setInt('orientation', orientation)
      return image.writeToBuffer(suffix, profile ? { profile } : {})
    },
  }
}
