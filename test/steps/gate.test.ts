import { describe, expect, it } from 'vitest'
import { faults, refused } from '../../main/steps/export-model/gate.ts'
import type { Parity } from '../../main/steps/export-model/parity.ts'

const parity: Parity = { photos: 60, disagreement: 0, largestDifference: 0, miou: { trained: 0.8, written: 0.8 }, differing: [] }
const costs = { bytes: 250, wholeBytes: 1000, ms: 10, wholeMs: 15 }

describe('the gate of an export', () => {
  it.each([['float32', 0.001], ['float16', 0.005], ['int8', 0.01]] as const)('lets %s differ on a share of %d of the pixels and no more', (precision, limit) => {
    expect(faults({ precision }, { ...parity, disagreement: limit }, costs)).toEqual([])
    expect(faults({ precision }, { ...parity, disagreement: limit * 1.01 }, costs)).toHaveLength(1)
    expect(faults({ precision }, { ...parity, disagreement: NaN }, costs)).toHaveLength(1)
  })
  it('lets half a point of mIoU go, in every precision, where there is truth', () => {
    for (const precision of ['float32', 'int8'] as const) {
      expect(faults({ precision }, { ...parity, miou: { trained: 0.8, written: 0.7951 } }, costs)).toEqual([])
      expect(faults({ precision }, { ...parity, miou: { trained: 0.8, written: 0.7949 } }, costs)[0]).toContain('79.49 %')
      expect(faults({ precision }, { ...parity, miou: null }, costs)).toEqual([])
    }
  })
  it('wants int8 to weigh a quarter and to be one and a half times as fast, and says by how much it is not', () => {
    expect(faults({ precision: 'int8' }, parity, { ...costs, bytes: 251 })).toEqual(['It weighs 25.1 % of the float32 model, not a quarter.'])
    expect(faults({ precision: 'int8' }, parity, { ...costs, wholeMs: 14 })).toEqual(['It takes 10.0 ms a photo where float32 takes 14.0 ms: 1.4 times as fast, not 1.5 times.'])
    expect(faults({ precision: 'float16' }, parity, { bytes: 900, wholeBytes: 1000, ms: 20, wholeMs: 10 })).toEqual([])
  })
  it('names the photos that differ most', () => {
    const differing = Array.from({ length: 7 }, (_, i) => ({ id: i, name: `photo ${i}`, disagreement: 0.5 - i / 100 }))
    const { data } = refused({ why: ['It differs.'], parity: { ...parity, differing } })
    expect(data.code).toBe('export-refused')
    expect(data.message).toMatch(/^It differs\. Most differ: photo 0 \(50\.00 %\), .*photo 4/)
    expect(data.message).not.toContain('photo 5')
  })
})
