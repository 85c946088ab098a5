import { describe, expect, it } from 'vitest'
import { openPngStream } from '../../../main/core/camera/png-stream.ts'
import { greyPng } from '../image/picture-files.ts'

const pictures = [greyPng([[1, 2, 3]]), greyPng([[4], [5]]), greyPng([[6, 7], [8, 9]])]
const bytes = Buffer.concat(pictures)

describe('openPngStream', () => {
  it.each([1, 2, 3, 7, 8, 9, 50, 1000])('cuts pictures out of pieces of %i bytes', (size) => {
    const stream = openPngStream()
    const found: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += size) found.push(...stream.push(bytes.subarray(at, at + size)))
    expect(found.map((picture) => Buffer.from(picture).toString('hex'))).toEqual(pictures.map((picture) => Buffer.from(picture).toString('hex')))
    expect(stream.pending).toBe(0)
  })
  it('keeps what has begun', () => {
    const stream = openPngStream()
    expect([...stream.push(bytes.subarray(0, pictures[0].length + 20))]).toHaveLength(1)
    expect(stream.pending).toBe(20)
  })
  it('gives what came whole before it refuses what follows', () => {
    const found: Uint8Array[] = []
    expect(() => { for (const picture of openPngStream().push(Buffer.concat([pictures[0], Buffer.from('no picture at all')]))) found.push(picture) }).toThrow('expected a PNG')
    expect(found).toHaveLength(1)
  })
  it('refuses other bytes and pictures without measure', () => {
    expect(() => [...openPngStream().push(new TextEncoder().encode('Setting pipeline to PAUSED'))]).toThrow('expected a PNG')
    const huge = Buffer.from(bytes.subarray(0, 48))
    huge.writeUInt32BE(0x7fffffff, 33)
    expect(() => [...openPngStream(1e6).push(huge)]).toThrow('at most 1000000 bytes')
  })
})
