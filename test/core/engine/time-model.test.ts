import { describe, expect, it } from 'vitest'
import { quantile, timeModel } from '../../../main/core/engine/time-model.ts'
import { createGraph } from '../../../main/core/onnx/graph.ts'

describe('quantiles', () => {
  it('are values that occur, by nearest rank', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, i) => i + 1)
    expect([0.5, 0.95, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([50, 95, 99, 100])
    expect(quantile(Float64Array.of(7), 0.99)).toBe(7)
    expect(quantile(Float64Array.of(1, 2, 3), 0.5)).toBe(2)
  })
})

describe('a timed model', () => {
  const model = () => {
    const g = createGraph()
    const image = g.input({ name: 'image', type: 'uint8', shape: [2, 'H', 'W', 3] })
    g.output({ name: 'y', type: 'float32', shape: [2, 'H', 'W', 3] }, g.op('Cast', [image], { to: 1 }))
    return g.encode()
  }
  const choice = { device: 'cpu', threads: 1, width: 8, height: 6, seconds: 0.05, signal: new AbortController().signal } as const
  it('gives sorted times of whole runs', async () => {
    const { ms, perSecond } = await timeModel(model(), { ...choice, batch: 2 })
    expect(ms.length).toBeGreaterThan(0)
    expect(Array.from(ms)).toEqual(Array.from(ms).sort((a, b) => a - b))
    expect(perSecond).toBeGreaterThan(0)
  })
  it('refuses a batch that does not fit, and stops when asked', async () => {
    await expect(timeModel(model(), { ...choice, batch: 3 })).rejects.toThrow()
    await expect(timeModel(model(), { ...choice, batch: 2, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })
})
