import { describe, expect, it } from 'vitest'
import type { Progress } from '../../preload/contract/model.ts'
import { supervise } from '../../main/service/supervise.ts'
import type { Child } from '../../main/service/host.ts'
import type { TrainerEvent } from '../../main/trainer.ts'

type Act = (child: { tell(event: TrainerEvent): void; die(how: string): void; sent: unknown[] }) => void

const at = (done: number, round = 1): TrainerEvent =>
  ({ type: 'progress', progress: { step: 'self-train', round, done, total: 100, unit: 'steps' } })

/** Plays one act a start. */
function theatre(acts: Act[]) {
  let starts = 0
  const sent: unknown[][] = []
  const start = (): Child => {
    const act = acts[Math.min(starts++, acts.length - 1)]
    const mine: unknown[] = []
    sent.push(mine)
    let onMessage: (message: unknown) => void = () => undefined
    let onExit: (how: string) => void = () => undefined
    const stage = { tell: (event: TrainerEvent) => onMessage(event), die: (how: string) => onExit(how), sent: mine }
    return {
      send: (message) => {
        mine.push(message)
        setImmediate(() => act(stage))
      },
      onMessage: (listener) => { onMessage = listener },
      onExit: (listener) => { onExit = listener },
      kill: () => onExit('SIGKILL'),
      memoryBytes: () => null,
    }
  }
  return { start, sent, starts: () => starts }
}

function watch(acts: Act[], signal = new AbortController().signal) {
  const stage = theatre(acts)
  const seen: Progress[] = []
  const restarts: (Progress | null)[] = []
  const end = supervise({
    start: stage.start, signal, command: { type: 'start', project: '/p', runId: 1, device: 'cpu', threads: 1 },
    onProgress: (progress) => seen.push(progress), onDevice: () => undefined, onRestart: (last) => restarts.push(last),
  })
  return { ...stage, end, seen, restarts }
}

describe('supervision of the trainer', () => {
  it('passes progress on until the trainer has finished', async () => {
    const { end, seen, starts } = watch([({ tell, die }) => { tell(at(1)); tell(at(2)); tell({ type: 'finished' }); die('exit code 0') }])
    await end
    expect(seen.map(({ done }) => done)).toEqual([1, 2])
    expect(starts()).toBe(1)
  })

  it('starts a trainer that died again, as often as it gets further', async () => {
    const acts: Act[] = [1, 2, 3, 4, 5].map((n) => ({ tell, die }) => { tell(at(n)); die('SIGSEGV') })
    const { end, restarts, starts } = watch([...acts, ({ tell, die }) => { tell({ type: 'finished' }); die('exit code 0') }])
    await end
    expect(starts()).toBe(6)
    expect(restarts.map((last) => last?.done)).toEqual([1, 2, 3, 4, 5])
  })

  it('gives up after three deaths at one place', async () => {
    const { end, starts } = watch([({ tell, die }) => { tell(at(7)); die('SIGKILL') }])
    await expect(end).rejects.toMatchObject({ data: { code: 'trainer-crashed' } })
    expect(starts()).toBe(3)
  })

  it('does not start again after a trouble that was told', async () => {
    const error = { code: 'training-diverged', message: 'm', advice: 'a' } as const
    const { end, starts } = watch([({ tell, die }) => { tell({ type: 'failed', error }); die('exit code 0') }])
    await expect(end).rejects.toMatchObject({ data: error })
    expect(starts()).toBe(1)
  })

  it('tells a trainer to stop and does not start it again', async () => {
    const stop = new AbortController()
    let acted = 0
    const { end, sent } = watch([({ die }) => {
      if (acted++ === 0) stop.abort()
      else die('SIGKILL')
    }], stop.signal)
    await expect(end).rejects.toThrow(/aborted/i)
    expect(sent).toEqual([[expect.objectContaining({ type: 'start' }), { type: 'stop' }]])
  })
})
