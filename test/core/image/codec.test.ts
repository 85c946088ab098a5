import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CodecError, openCodec } from '../../../main/core/image/codec.ts'
import type { Codec } from '../../../main/core/image/codec.ts'
import { readPngSamples } from '../../../main/core/image/png-samples.ts'
import { greyPng, openPainter, png } from './picture-files.ts'
import type { Painter } from './picture-files.ts'

let codec: Codec
let painter: Painter
beforeAll(async () => {
  codec = await openCodec({ maxPixels: 1_000_000 })
  painter = await openPainter()
})
afterAll(() => codec.close())

const golden = resolve('../shared/golden/10_png')
const hasGolden = existsSync(golden)
if (!hasGolden) console.warn('SKIPPED: PNG reference files are not at ../shared/golden/10_png')

const red = () => [200, 30, 30] as const
const pixel = ({ data, width }: { data: Uint8Array; width: number }, x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
function faultOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof CodecError) return error.fault
    throw error
  }
  return 'none'
}
function expectNear(got: readonly number[], wanted: readonly number[], tolerance: number) {
  got.forEach((value, i) => expect(Math.abs(value - wanted[i]), `${got} against ${wanted}`).toBeLessThanOrEqual(tolerance))
}

describe('decodeRgb', () => {
  it('reads every usual kind of file', () => {
    for (const suffix of ['.png', '.jpg', '.webp', '.tif']) {
      const image = codec.decodeRgb(painter.paint(16, 8, red, suffix))
      expect([image.width, image.height, image.data.length]).toEqual([16, 8, 16 * 8 * 3])
      expectNear(pixel(image, 5, 5), red(), 4)
    }
  })

  it('gives bytes of their own', () => {
    const { data } = codec.decodeRgb(painter.paint(4, 4, red, '.png'))
    expect(data.buffer).toBeInstanceOf(ArrayBuffer)
    expect(data.buffer.byteLength).toBe(48)
  })

  it('expands grey and scales 16 bits', () => {
    expect(pixel(codec.decodeRgb(greyPng([[7, 200]])), 1, 0)).toEqual([200, 200, 200])
    const grey16 = png({ colourType: 0, bitDepth: 16, width: 2, rows: [[0x80, 0x00, 0xff, 0xff]] })
    expect([...codec.decodeRgb(grey16).data]).toEqual([128, 128, 128, 255, 255, 255])
    const rgb16 = png({ colourType: 2, bitDepth: 16, width: 1, rows: [[0x10, 0xff, 0x20, 0x00, 0xff, 0x00]] })
    expect([...codec.decodeRgb(rgb16).data]).toEqual([0x10, 0x20, 0xff])
  })

  it('applies palettes', () => {
    const file = png({ colourType: 3, bitDepth: 8, width: 2, rows: [[1, 0]], palette: [1, 2, 3, 250, 100, 50] })
    expect([...codec.decodeRgb(file).data]).toEqual([250, 100, 50, 1, 2, 3])
  })

  it('lays transparent parts on black', () => {
    const file = png({ colourType: 6, bitDepth: 8, width: 3, rows: [[200, 100, 50, 255, 200, 100, 50, 0, 200, 100, 50, 128]] })
    const image = codec.decodeRgb(file)
    expect([pixel(image, 0, 0), pixel(image, 1, 0)]).toEqual([[200, 100, 50], [0, 0, 0]])
    expectNear(pixel(image, 2, 0), [100, 50, 25], 1)
  })

  it('converts CMYK', () => {
    const file = painter.paint(16, 16, red, '.jpg', { space: 'cmyk' })
    const image = codec.decodeRgb(file)
    expect(image.data.length).toBe(16 * 16 * 3)
    const [r, g, b] = pixel(image, 8, 8)
    expect(r).toBeGreaterThan(150)
    expect(Math.max(g, b)).toBeLessThan(90)
  })

  it('converts an embedded colour profile to sRGB', () => {
    const plain = codec.decodeRgb(painter.paint(8, 8, () => [60, 200, 60], '.png'))
    const wide = codec.decodeRgb(painter.paint(8, 8, () => [60, 200, 60], '.png', { profile: 'p3' }))
    expect(pixel(plain, 4, 4)).toEqual([60, 200, 60])
    // Display P3 to linear 0.045 0.578 0.045, by the matrix between the primaries -0.074 0.600 0.003, to sRGB 0 203 11.
    expectNear(pixel(wide, 4, 4), [0, 203, 11], 2)
  })

  it('turns a photo as EXIF says', () => {
    const leftRed = (x: number) => (x < 8 ? [220, 20, 20] : [20, 20, 220])
    const turned = codec.decodeRgb(painter.paint(16, 8, leftRed, '.jpg', { orientation: 6 }))
    expect([turned.width, turned.height]).toEqual([8, 16])
    expectNear(pixel(turned, 4, 2), [220, 20, 20], 12)
    expectNear(pixel(turned, 4, 13), [20, 20, 220], 12)
    const flipped = codec.decodeRgb(painter.paint(16, 8, leftRed, '.jpg', { orientation: 2 }))
    expect([flipped.width, flipped.height]).toEqual([16, 8])
    expectNear(pixel(flipped, 2, 4), [20, 20, 220], 12)
  })

  it('refuses what is no picture, cut short or damaged', () => {
    const noise = (x: number, y: number) => [(x * 37 + y * 91) % 256, (x * y) % 256, (x * 13) % 256]
    const whole = painter.paint(64, 64, noise, '.jpg')
    const damaged = whole.slice()
    damaged.fill(0xff, whole.length >> 1, (whole.length >> 1) + 60)
    expect(faultOf(() => codec.decodeRgb(whole))).toBe('none')
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('no picture at all'), whole.slice(0, whole.length >> 1), damaged])
      expect(faultOf(() => codec.decodeRgb(bytes))).toBe('unreadable')
    expect(faultOf(() => codec.decodeRgb(painter.paint(64, 64, noise, '.png').slice(0, -400)))).toBe('unreadable')
  })

  it('refuses a picture over the limit', () => {
    expect(faultOf(() => codec.decodeRgb(painter.paint(1100, 1000, red, '.jpg')))).toBe('too-large')
  })

  it('frees what it took', () => {
    const file = painter.paint(640, 480, (x, y) => [x % 256, y % 256, 100], '.jpg')
    const bad = file.slice(0, 3000)
    const round = () => {
      for (let i = 0; i < 60; i++) {
        codec.decodeRgb(file)
        faultOf(() => codec.decodeRgb(bad))
      }
    }
    round()
    const before = process.memoryUsage().rss
    for (let i = 0; i < 4; i++) round()
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6)
  })
})

describe('decodeIndex', () => {
  it('gives grey values and palette indices as stored, at any depth', () => {
    expect([...codec.decodeIndex(greyPng([[0, 3], [255, 8]])).data]).toEqual([0, 3, 255, 8])
    const palette = [9, 9, 9, 9, 9, 9, 0, 0, 0, 255, 255, 255]
    expect([...codec.decodeIndex(png({ colourType: 3, bitDepth: 8, width: 3, rows: [[2, 0, 3]], palette })).data]).toEqual([2, 0, 3])
    expect([...codec.decodeIndex(png({ colourType: 3, bitDepth: 2, width: 5, rows: [[0b11100100, 0b01000000]], palette })).data]).toEqual([3, 2, 1, 0, 1])
    expect([...codec.decodeIndex(png({ colourType: 0, bitDepth: 1, width: 3, rows: [[0b10100000]] })).data]).toEqual([1, 0, 1])
    expect([...codec.decodeIndex(png({ colourType: 0, bitDepth: 16, width: 2, rows: [[0, 7, 0, 254]] })).data]).toEqual([7, 254])
  })

  it('takes RGB whose channels agree and passes over alpha', () => {
    expect([...codec.decodeIndex(png({ colourType: 2, bitDepth: 8, width: 2, rows: [[1, 1, 1, 5, 5, 5]] })).data]).toEqual([1, 5])
    expect([...codec.decodeIndex(png({ colourType: 4, bitDepth: 8, width: 2, rows: [[4, 0, 6, 255]] })).data]).toEqual([4, 6])
  })

  it('refuses colours, values over 255 and other kinds of file', () => {
    expect(faultOf(() => codec.decodeIndex(png({ colourType: 2, bitDepth: 8, width: 1, rows: [[1, 2, 1]] })))).toBe('not-index')
    expect(faultOf(() => codec.decodeIndex(png({ colourType: 0, bitDepth: 16, width: 1, rows: [[1, 0]] })))).toBe('not-index')
    expect(faultOf(() => codec.decodeIndex(painter.paint(8, 8, red, '.jpg')))).toBe('unreadable')
    expect(faultOf(() => codec.decodeIndex(greyPng([new Array(1100).fill(0)]).fill(0x7f, 16, 24)))).toBe('unreadable')
  })

  it('refuses a stated size over the limit before it takes memory', () => {
    const row = new Array(1001).fill(0)
    expect(faultOf(() => codec.decodeIndex(greyPng(new Array(1000).fill(row))))).toBe('too-large')
  })
})

describe('decodeBinary', () => {
  it('is 1 wherever something is not zero, at any depth', () => {
    expect([...codec.decodeBinary(greyPng([[0, 1, 128, 255]])).data]).toEqual([0, 1, 1, 1])
    expect([...codec.decodeBinary(png({ colourType: 0, bitDepth: 16, width: 3, rows: [[0, 0, 255, 255, 1, 0]] })).data]).toEqual([0, 1, 1])
    expect([...codec.decodeBinary(png({ colourType: 2, bitDepth: 8, width: 2, rows: [[0, 0, 9, 0, 0, 0]] })).data]).toEqual([1, 0])
    expect([...codec.decodeBinary(png({ colourType: 6, bitDepth: 8, width: 2, rows: [[0, 0, 0, 255, 5, 0, 0, 255]] })).data]).toEqual([0, 1])
  })
})

describe('writing', () => {
  it('gives back RGB and labels from PNG exactly', () => {
    const image = codec.decodeRgb(painter.paint(13, 7, (x, y) => [x * 19, y * 36, 77], '.png'))
    expect(codec.decodeRgb(codec.encodePng(image))).toEqual(image)
    const map = { width: 3, height: 2, data: Uint8Array.of(0, 1, 2, 8, 254, 255) }
    expect(codec.decodeIndex(codec.encodePng(map))).toEqual(map)
  })

  it('gives back JPEG nearly', () => {
    const image = codec.decodeRgb(painter.paint(32, 32, red, '.png'))
    expectNear(pixel(codec.decodeRgb(codec.encodeJpeg(image, 95)), 9, 9), red(), 4)
    expect(codec.encodeJpeg(image, 10).length).toBeLessThan(codec.encodeJpeg(image, 100).length)
  })

  it('refuses data of another size', () => {
    expect(() => codec.encodePng({ width: 2, height: 2, data: new Uint8Array(5) })).toThrow(RangeError)
  })

  it('resizes to the size asked for and makes thumbnails that fit', () => {
    const image = codec.decodeRgb(painter.paint(64, 32, red, '.png'))
    const small = codec.resize(image, 10, 20)
    expect([small.width, small.height]).toEqual([10, 20])
    expectNear(pixel(small, 5, 5), red(), 1)
    const thumb = codec.decodeRgb(codec.thumbnail(painter.paint(64, 32, red, '.jpg'), 16))
    expect([thumb.width, thumb.height]).toEqual([16, 8])
    const same = codec.decodeRgb(codec.thumbnail(painter.paint(64, 32, red, '.jpg'), 500))
    expect([same.width, same.height]).toEqual([64, 32])
  })
})

interface Case { file: string; width: number; height: number; colour_type: number; bit_depth: number; channels: number; samples: string }
describe.skipIf(!hasGolden)('reference PNGs', () => {
  const read = (name: string) => new Uint8Array(readFileSync(resolve(golden, name)))
  const expected = hasGolden ? JSON.parse(readFileSync(resolve(golden, 'expected.json'), 'utf8')) as { good: Case[]; bad: { file: string }[] } : { good: [], bad: [] }

  it.each(expected.good)('$file has the samples recorded', (wanted) => {
    const got = readPngSamples(read(wanted.file), 1e6)
    const raw = read(wanted.samples)
    const form = JSON.parse(readFileSync(resolve(golden, wanted.samples.replace('.bin', '.json')), 'utf8')) as { dtype: string }
    const samples = form.dtype === 'uint16' ? new Uint16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)) : raw
    expect([got.width, got.height, got.colourType, got.bitDepth, got.channels])
      .toEqual([wanted.width, wanted.height, wanted.colour_type, wanted.bit_depth, wanted.channels])
    expect(Array.from(got.samples)).toEqual(Array.from(samples))
  })

  it.each(['bad_crc.png', 'bad_huge_size.png', 'bad_signature.png', 'bad_truncated.png'])('%s is refused by every reader', (file) => {
    expect(faultOf(() => codec.decodeRgb(read(file)))).toBe('unreadable')
    expect(faultOf(() => codec.decodeIndex(read(file)))).not.toBe('none')
    expect(() => readPngSamples(read(file), 1e8)).toThrow(RangeError)
  })
})
