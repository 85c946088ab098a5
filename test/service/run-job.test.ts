import { describe, expect, it, vi } from 'vitest'
import type { JobName } from '../../main/job.ts'
import type { Child } from '../../main/service/host.ts'
import { runJob } from '../../main/service/run-job.ts'

/** A host whose processes end one after the other as told: with a result, or by a signal. */
function hostOf(...ends: readonly (string | { result: unknown })[]) {
  const started: unknown[] = []
  const start = (): Child => {
    const end = ends[started.length]
    let hear: (message: unknown) => void = () => undefined
    let leave: (how: string) => void = () => undefined
    return {
      send: (message) => {
        started.push(message)
        queueMicrotask(() => (typeof end === 'string' ? leave(end) : hear({ type: 'finished', ...end })))
      },
      onMessage: (listener) => void (hear = listener),
      onExit: (listener) => void (leave = listener),
      kill: () => undefined,
      memoryBytes: () => null,
    }
  }
  return { started, host: { start } as never }
}
const run = (host: never, job: JobName) => runJob(host, job, undefined as never, { signal: new AbortController().signal, report: () => undefined })

describe('a job whose process dies', () => {
  it('is begun once more where that does nothing twice', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { started, host } = hostOf('SIGTRAP', { result: 7 })
    expect(await run(host, 'import')).toBe(7)
    expect(started).toHaveLength(2)
    expect(started[1]).toEqual(started[0])
    expect(told).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('SIGTRAP'))
    told.mockRestore()
  })

  it('has failed when it dies again, or may not be repeated', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const twice = hostOf('SIGTRAP', 'SIGSEGV', { result: 7 })
    await expect(run(twice.host, 'import')).rejects.toMatchObject({ data: { code: 'internal', message: expect.stringContaining('SIGSEGV') } })
    expect(twice.started).toHaveLength(2)
    const sample = hostOf('SIGTRAP', { result: 7 })
    await expect(run(sample.host, 'sample')).rejects.toMatchObject({ data: { code: 'internal' } })
    expect(sample.started).toHaveLength(1)
    told.mockRestore()
  })
})
