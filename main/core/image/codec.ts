import Vips from 'wasm-vips'
import { keepWasmCode } from '../wasm-code.ts'
import { readPngSamples } from './png-samples.ts'
import type { PngSamples } from './png-samples.ts'
import type { LabelMap, RgbImage } from './types.ts'

/** Bytes of picture files to pixels and back, the same in every process. Nothing of it outlives a call. */
export interface Codec {
  /**
   * A picture file (JPEG, PNG, TIFF, WebP, GIF) as 8-bit sRGB: turned as EXIF says, colour profile and CMYK converted, 16 bits
   * scaled to 8, grey expanded, transparent parts laid on black; of several pages the first.
   * @throws CodecError.
   */
  decodeRgb(bytes: Uint8Array): RgbImage
  /**
   * A PNG as class indices: the values of grey pictures and the indices of palette pictures as stored, whatever the depth;
   * RGB counts when its channels agree. Alpha is passed over.
   * @throws CodecError also on a value over 255 or true colours.
   */
  decodeIndex(bytes: Uint8Array): LabelMap
  /**
   * A PNG as 1 where any colour sample (or the palette index) is not zero, 0 elsewhere. Alpha is passed over.
   * @throws CodecError.
   */
  decodeBinary(bytes: Uint8Array): LabelMap
  /** PNG, 8-bit RGB or grey. */
  encodePng(image: RgbImage | LabelMap): Uint8Array
  /** @param quality 1 .. 100. */
  encodeJpeg(image: RgbImage, quality?: number): Uint8Array
  /** Resized with averaging (Lanczos 3). */
  resize(image: RgbImage, width: number, height: number): RgbImage
  /** A JPEG of a picture file that fits a square of `side` pixels; never larger than the picture. */
  thumbnail(bytes: Uint8Array, side: number): Uint8Array
  /** Ends the decoder's threads. Further calls throw. */
  close(): void
}

export type CodecFault = 'unreadable' | 'too-large' | 'not-index'

/** A file that is no picture, or not the picture asked for. */
export class CodecError extends RangeError {
  readonly fault: CodecFault
  constructor(fault: CodecFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CodecError'
    this.fault = fault
  }
}

export interface CodecOptions {
  /** Larger pictures are refused before they are decoded. */
  readonly maxPixels?: number
}

type Image = Vips.Image
type Keep = (image: Image) => Image

/** Opens the decoder; about 0.1 s, once a process. */
export async function openCodec({ maxPixels = 100_000_000 }: CodecOptions = {}): Promise<Codec> {
  keepWasmCode()
  const vips = await Vips({ dynamicLibraries: [], preRun: quiet })
  vips.concurrency(1)
  vips.blockUntrusted(true)
  vips.Cache.max(0)

  const load = (bytes: Uint8Array, keep: Keep) => {
    const image = keep(vips.Image.newFromBuffer(bytes, '', { fail_on: 'warning' }))
    if (image.width * image.height > maxPixels) throw tooLarge(image.width, image.height, maxPixels)
    return toRgb(keep(image.autorot()), keep)
  }
  const fromRaster = ({ width, height, data }: RgbImage | LabelMap) => {
    const bands = data.length / (width * height)
    if (bands !== 1 && bands !== 3) throw new RangeError(`expected ${width} x ${height} pixels of 1 or 3 values, got ${data.length} values`)
    const image = vips.Image.newFromMemory(data, width, height, bands, vips.BandFormat.uchar)
    return { image, copy: image.copy({ interpretation: bands === 1 ? 'b-w' : 'srgb' }) }
  }
  const encode = (raster: RgbImage | LabelMap, suffix: string, options: object) => scoped((keep) => {
    const { image, copy } = fromRaster(raster)
    keep(image)
    return own(keep(copy).writeToBuffer(suffix, options))
  })
  return {
    decodeRgb: (bytes) => reading(() => scoped((keep) => toRaster(load(bytes, keep)))),
    decodeIndex: (bytes) => toIndices(readSamples(bytes, maxPixels)),
    decodeBinary: (bytes) => toBinary(readSamples(bytes, maxPixels)),
    encodePng: (image) => encode(image, '.png', { compression: 4 }),
    encodeJpeg: (image, quality = 90) => encode(image, '.jpg', { Q: quality }),
    resize: (raster, width, height) => scoped((keep) => {
      const { image, copy } = fromRaster(raster)
      keep(image)
      return toRaster(keep(keep(copy).thumbnailImage(width, { height, size: 'force' })))
    }),
    thumbnail: (bytes, side) => reading(() => scoped((keep) => {
      const small = keep(load(bytes, keep).thumbnailImage(side, { height: side, size: 'down' }))
      return own(small.writeToBuffer('.jpg', { Q: 80 }))
    })),
    close: () => vips.shutdown(),
  }
}

/** Faults are thrown; libvips need not print them as well. */
const quiet = (module: { ENV: Record<string, string> }) => {
  module.ENV.VIPS_WARNING = '0'
}

/** Frees every handle that `work` kept, however it ends. */
function scoped<T>(work: (keep: Keep) => T): T {
  const handles: Image[] = []
  try {
    return work((image) => {
      handles.push(image)
      return image
    })
  } finally {
    for (const image of handles.reverse()) image.delete()
  }
}

function reading<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CodecError) throw error
    throw new CodecError('unreadable', `expected a picture file, got ${reason(error)}`, { cause: error })
  }
}

/** The last line of what libvips says; its exceptions carry [type, text]. */
function reason(error: unknown): string {
  const message: unknown = (error as { message?: unknown } | null)?.message
  const text = Array.isArray(message) ? message.at(-1) : message
  return (typeof text === 'string' && text.trim().split('\n').at(-1)) || 'bytes that do not decode'
}

function toRgb(image: Image, keep: Keep): Image {
  let rgb = image
  if (rgb.getTypeof('icc-profile-data') !== 0) rgb = keep(rgb.iccTransform('srgb', { embedded: true, black_point_compensation: true }))
  if (rgb.interpretation !== 'srgb') rgb = keep(rgb.colourspace('srgb'))
  if (rgb.hasAlpha()) rgb = keep(rgb.flatten({ background: [0] }))
  return rgb.format === 'uchar' ? rgb : keep(rgb.cast('uchar'))
}

function toRaster(image: Image): RgbImage {
  const data = own(image.writeToMemory())
  if (image.bands !== 3) throw new CodecError('unreadable', `expected 3 colour channels, got ${image.bands}`)
  return { width: image.width, height: image.height, data }
}

/** Bytes with a buffer of their own, which can be handed to another thread. */
function own(memory: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength)
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice()
}

function readSamples(bytes: Uint8Array, maxPixels: number): PngSamples {
  try {
    return readPngSamples(bytes, maxPixels)
  } catch (error) {
    const text = (error as Error).message
    throw new CodecError(text.startsWith('expected at most') ? 'too-large' : 'unreadable', text, { cause: error })
  }
}

function toIndices({ width, height, channels, samples }: PngSamples): LabelMap {
  const data = new Uint8Array(width * height)
  const colours = channels >= 3
  for (let i = 0, s = 0; i < data.length; i++, s += channels) {
    const value = samples[s]
    if (value > 255) throw new CodecError('not-index', `expected class indices 0 .. 255, got ${value}`)
    if (colours && (samples[s + 1] !== value || samples[s + 2] !== value))
      throw new CodecError('not-index', 'expected class indices in grey or palette form, got true colours')
    data[i] = value
  }
  return { width, height, data }
}

function toBinary({ width, height, channels, samples }: PngSamples): LabelMap {
  const data = new Uint8Array(width * height)
  const colours = channels >= 3
  for (let i = 0, s = 0; i < data.length; i++, s += channels)
    data[i] = samples[s] !== 0 || (colours && (samples[s + 1] !== 0 || samples[s + 2] !== 0)) ? 1 : 0
  return { width, height, data }
}

const tooLarge = (width: number, height: number, maxPixels: number) =>
  new CodecError('too-large', `expected at most ${maxPixels} pixels, got ${width} x ${height}`)
