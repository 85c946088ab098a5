import { availableParallelism } from 'node:os'
import { stepNames, type DeviceChoice, type Progress } from '../preload/contract/model.ts'
import { SettingsSchema } from '../preload/contract/settings.ts'
import { openExecutor } from './core/engine/devices.ts'
import { openCodec } from './core/image/codec.ts'
import { openPool } from './steps/pool.ts'
import { runPipeline, type Span } from './steps/pipeline.ts'
import type { Run } from './steps/run.ts'
import { openStore } from './store/index.ts'

/** What a run tells while it goes. */
export interface RunHooks {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  readonly onDevice?: (description: string, notes: readonly string[]) => void
}

export interface RunCommand {
  readonly project: string
  readonly runId: number
  readonly device: DeviceChoice
  readonly threads: number
}

/** Training threads: as asked, or one a core. */
export const threadsOf = (wanted: number) => wanted || availableParallelism()

/** Time between two breaths of the event loop while a step reports often. */
const breathMs = 20

/**
 * Opens store, device and workers of a run for some work, and closes everything again.
 *
 * @throws AppError `project-busy` where another run is at work; AppError of the work; AbortError when stopped.
 */
export async function withRun<T>(command: RunCommand, hooks: RunHooks, work: (run: Run) => Promise<T>): Promise<T> {
  const store = openStore(command.project)
  const close: (() => unknown)[] = [() => store.close()]
  try {
    close.push(store.lockRun())
    const { id, settings } = store.runs.get(command.runId)
    const threads = threadsOf(command.threads)
    const { executor, notes } = await openExecutor(command.device, { threads })
    close.push(() => executor.dispose())
    const codec = await openCodec()
    close.push(() => codec.close())
    const pool = openPool(threads)
    close.push(() => pool.close())
    hooks.onDevice?.(executor.description, notes.map((note) => `${note.device}: ${note.reason}`))
    const report = breathing((progress) => hooks.onProgress({ ...progress, runId: id }))
    return await work({ id, store, settings: SettingsSchema.parse(settings), codec, executor, pool, signal: hooks.signal, report })
  } finally {
    for (const shut of close.reverse()) await shut()
  }
}

/** Walks the corridor of a run and notes its state. Throws as withRun does. */
export async function runOnce(command: RunCommand & Span, hooks: RunHooks): Promise<void> {
  await withRun(command, hooks, async (run) => {
    const note = (state: 'running' | 'finished' | 'paused' | 'failed') => run.store.runs.setState(run.id, state)
    run.store.runs.setDevice(run.id, run.executor.description)
    note('running')
    try {
      await runPipeline(run, command)
    } catch (error) {
      note(hooks.signal.aborted ? 'paused' : 'failed')
      throw error
    }
    note(command.to && command.to !== stepNames[stepNames.length - 1] ? 'paused' : 'finished')
    run.store.collect()
  })
}

/** Passes progress on, and now and then lets other work of the process happen. */
function breathing(tell: (progress: Omit<Progress, 'runId'>) => void): Run['report'] {
  let breathedAt = performance.now()
  return async (progress) => {
    tell(progress)
    if (performance.now() - breathedAt < breathMs) return
    await new Promise((resolve) => setImmediate(resolve))
    breathedAt = performance.now()
  }
}
