import { describe, expect, test } from 'vitest'
import { bytesField, floatField, intField, join, messageField, readFields, stringField } from '../../../main/core/onnx/protobuf.ts'

describe('protobuf', () => {
  test('the examples of its documentation', () => {
    expect([...join(intField(1, 150))]).toEqual([0x08, 0x96, 0x01])
    expect([...join(stringField(2, 'testing'))]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67])
    expect([...join(messageField(3, intField(1, 150)))]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01])
  })

  test('negative numbers, large field numbers, floats and bytes', () => {
    expect([...join(intField(1, -2))]).toEqual([0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
    expect([...join(intField(20, 7))]).toEqual([0xa0, 0x01, 0x07])
    expect([...join(floatField(2, 1.5))]).toEqual([0x15, 0x00, 0x00, 0xc0, 0x3f])
    expect([...join(bytesField(9, Int32Array.of(1)))]).toEqual([0x4a, 0x04, 1, 0, 0, 0])
  })

  test('fields read back', () => {
    const bytes = join([...intField(1, 300), ...floatField(2, 1), ...stringField(3, 'ü')])
    expect([...readFields(bytes)]).toEqual([
      { field: 1, value: 300n }, { field: 2, value: Uint8Array.of(0, 0, 0x80, 0x3f) }, { field: 3, value: Uint8Array.of(0xc3, 0xbc) },
    ])
  })

  test('bytes cut short and unknown wire types are refused', () => {
    expect(() => [...readFields(Uint8Array.of(0x12, 0x07, 0x74))]).toThrow(RangeError)
    expect(() => [...readFields(Uint8Array.of(0x08, 0x96))]).toThrow(RangeError)
    expect(() => [...readFields(Uint8Array.of(0x0b))]).toThrow(/wire type/)
  })
})
