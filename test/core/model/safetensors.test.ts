import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMetadata, readSafetensors, writeSafetensors } from '../../../main/core/model/safetensors.ts'
import { goldenFolder, goldenJson, hasGolden } from '../../helpers/golden.ts'

/** A file of a header text and data bytes. */
function file(header: unknown, data: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

describe('readSafetensors', () => {
  it('reads values by hand: half, bfloat16, int32, int64', () => {
    const tensors = readSafetensors(file({
      half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      brain: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
      whole: { dtype: 'I32', shape: [1], data_offsets: [6, 10] },
      long: { dtype: 'I64', shape: [], data_offsets: [10, 18] },
    }, [0x00, 0x3e, 0x00, 0xfc, 0xc0, 0xbf, 0xfe, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 0, 0, 0]))
    expect([...tensors.half.data]).toEqual([1.5, -Infinity])
    expect([...tensors.brain.data]).toEqual([-1.5])
    expect([...tensors.whole.data]).toEqual([-2])
    expect([...tensors.long.data]).toEqual([2n])
    expect(tensors.long.shape).toEqual([])
  })

  it('reads half floats as they were written', () => {
    const { a } = readSafetensors(writeSafetensors({ a: { shape: [3], data: Uint16Array.of(0x3e00, 0xfc00, 0x8000) } }))
    expect([...a.data]).toEqual([1.5, -Infinity, -0])
  })

  it('reads from the middle of a larger buffer', () => {
    const one = writeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } })
    const around = new Uint8Array(one.length + 3)
    around.set(one, 3)
    expect([...readSafetensors(around.subarray(3)).a.data]).toEqual([1, 2])
  })

  const f32 = (shape: unknown, offsets: unknown) => ({ dtype: 'F32', shape, data_offsets: offsets })
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /at least 8 bytes/],
    ['a header that is a list', file([]), /object/],
    ['a header that is no UTF-8', file('"\ud800"').with(9, 0xff), /JSON/],
    ['an entry that is no object', file({ a: 3 }), /description of a/],
    ['an unknown type', file({ a: { ...f32([0], [0, 0]), dtype: 'F8' } }), /type of a, got F8/],
    ['a type named like an inherited property', file({ a: { ...f32([0], [0, 0]), dtype: 'toString' } }), /type of a/],
    ['a negative dimension', file({ a: f32([-1], [0, 4]) }, [0, 0, 0, 0]), /shape of a/],
    ['a fraction of a dimension', file({ a: f32([0.5], [0, 2]) }, [0, 0]), /shape of a/],
    ['a shape whose product is beyond whole numbers', file({ a: f32([2 ** 40, 2 ** 40], [0, 4]) }, [0, 0, 0, 0]), /bytes for a/],
    ['three offsets', file({ a: f32([1], [0, 4, 8]) }, [0, 0, 0, 0]), /two offsets/],
    ['offsets the wrong way round', file({ a: f32([1], [4, 0]) }, [0, 0, 0, 0]), /4 bytes for a/],
    ['a hole', file({ a: f32([1], [4, 8]) }, [0, 0, 0, 0, 0, 0, 0, 0]), /start at byte 0/],
    ['an overlap', file({ a: f32([1], [0, 4]), b: f32([1], [0, 4]) }, [0, 0, 0, 0]), /start at byte 4/],
    ['bytes behind the last tensor', file({ a: f32([1], [0, 4]) }, [0, 0, 0, 0, 9]), /4 bytes of data, got 5/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(RangeError)
    expect(() => readSafetensors(bytes)).toThrow(message)
  })
})

describe('writeSafetensors', () => {
  it('writes what it reads: values, shapes, order, text', () => {
    const tensors = {
      'layer1.0.weight': { shape: [2, 1], data: Float32Array.of(-0.5, 3e38) },
      steps: { shape: [], data: BigInt64Array.of(7n) },
      labels: { shape: [3], data: Int32Array.of(1, -1, 255) },
      nothing: { shape: [0, 4], data: new Float32Array(0) },
    }
    const bytes = writeSafetensors(tensors, { note: 'ä' })
    expect(readSafetensors(bytes)).toEqual(tensors)
    expect(Object.keys(readSafetensors(bytes))).toEqual(Object.keys(tensors))
    expect(readMetadata(bytes)).toEqual({ note: 'ä' })
  })

  it('is, byte by byte, what the format says', () => {
    const bytes = writeSafetensors({ a: { shape: [1], data: Float32Array.of(1) } })
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(56n)
    expect(new TextDecoder().decode(bytes.subarray(8, 64))).toBe(header.padEnd(56))
    expect([...bytes.subarray(64)]).toEqual([0, 0, 0x80, 0x3f])
  })

  it('refuses a shape that does not fit', () => {
    expect(() => writeSafetensors({ a: { shape: [2], data: Float32Array.of(1) } })).toThrow('expected 2 values for a [2], got 1')
  })
})

describe.skipIf(!hasGolden('9_safetensors'))('safetensors files of the official library', () => {
  interface Expected {
    good: { metadata: Record<string, string>; tensors: Record<string, { shape: number[]; values: (number | string)[] }> }
    bad: Record<string, unknown>
  }
  const read = (name: string) => new Uint8Array(readFileSync(resolve(goldenFolder, '9_safetensors', name)))

  it('reads the good one exactly', () => {
    const { good } = goldenJson<Expected>('9_safetensors/expected.json')
    const tensors = readSafetensors(read('tiny.safetensors'))
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(good.tensors).sort())
    for (const [name, { shape, values }] of Object.entries(good.tensors)) {
      expect(tensors[name].shape).toEqual(shape)
      expect([...tensors[name].data].map((v) => (typeof v === 'bigint' ? String(v) : v))).toEqual(values)
    }
    expect(readMetadata(read('tiny.safetensors'))).toEqual(good.metadata)
  })

  it('refuses every broken one with a clear error', () => {
    const { bad } = goldenJson<Expected>('9_safetensors/expected.json')
    expect(Object.keys(bad)).toHaveLength(9)
    for (const name of Object.keys(bad)) {
      expect(() => readSafetensors(read(name)), name).toThrow(RangeError)
      expect(() => readSafetensors(read(name)), name).toThrow(/^safetensors: expected .+, got .+/)
    }
  })
})
