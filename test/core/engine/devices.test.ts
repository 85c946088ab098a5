import { describe, expect, test } from 'vitest'
import { openExecutor } from '../../../main/core/engine/devices.ts'
import { tfjsNodeExecutor } from '../../../main/core/engine/eager.ts'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import { difference, testStep } from '../../../main/core/engine/self-test.ts'

describe('the device', () => {
  test('the CPU, when asked for', async () => {
    const { executor, notes } = await openExecutor('cpu', { threads: 1 })
    expect(executor.device).toBe('cpu')
    expect(executor.description).toMatch(/^CPU, 1 thread \(onnxruntime \d+\.\d+\.\d+\)$/)
    expect(notes).toEqual([{ device: 'cpu', ok: true, reason: 'chosen' }])
    await executor.dispose()
  })

  test('auto looks at every device, chooses one, and says of each why or why not', async () => {
    const { executor, notes } = await openExecutor('auto', { threads: 2 })
    expect(notes.map((note) => note.device)).toEqual(['cuda', 'dml', 'coreml', 'webgpu', 'tfjs-node-gpu', 'cpu'])
    const chosen = notes.filter((note) => note.reason.startsWith('chosen'))
    expect(chosen.map((note) => note.device)).toEqual([executor.device])
    for (const { ok, reason } of notes) {
      expect(reason.length).toBeGreaterThan(5)
      expect(reason).not.toMatch(/\n|::|(^|\s)\//)
      if (!ok) expect(reason).not.toMatch(/^chosen/)
    }
    await executor.dispose()
  })

  test('one that cannot be used gives way to the CPU', async () => {
    const missing = process.platform === 'win32' ? 'coreml' : 'dml'
    const { executor, notes } = await openExecutor(missing, { threads: 1 })
    expect(executor.device).toBe('cpu')
    expect(notes).toEqual([
      { device: missing, ok: false, reason: 'not available on this system' }, { device: 'cpu', ok: true, reason: `chosen, as ${missing} cannot be used` },
    ])
    await executor.dispose()
  })

  test('the package tfjs-node-gpu either sees a GPU or says why not', async () => {
    const said = await tfjsNodeExecutor().then((executor) => executor.device, (error: Error) => error.message)
    expect(said).toMatch(/^(tfjs-node-gpu$|the package @tensorflow\/tfjs-node-gpu )/)
  })
})

describe('the self-test', () => {
  test('a device agrees with itself, and a wrong result is seen', async () => {
    const executor = onnxExecutor('cpu', { threads: 1 })
    const [first, second] = [await testStep(executor), await testStep(executor)]
    expect(difference(first, second)).toBe(0)
    const wrong = { ...second, values: { ...second.values, stem: second.values.stem.map((v, i) => (i === 3 ? v + 1 : v)) } }
    expect(difference(first, wrong)).toBeGreaterThan(0.5)
    expect(difference(first, { ...second, values: { ...second.values, loss: Float32Array.of(NaN) } })).toBe(Infinity)
    await executor.dispose()
  })
})
