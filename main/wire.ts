import { availableParallelism } from 'node:os'
import type { DeviceChoice, Progress } from '../preload/contract/model.ts'
import { SettingsSchema, type Settings } from '../preload/contract/settings.ts'
import { openExecutor } from './core/engine/devices.ts'
import { openCodec } from './core/image/codec.ts'
import { openPool } from './steps/pool.ts'
import { runPipeline, type Span } from './steps/pipeline.ts'
import { openStore } from './store/index.ts'

/** What a run tells while it goes. */
export interface RunHooks {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  readonly onDevice: (description: string, notes: readonly string[]) => void
}

export interface RunCommand extends Span {
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
 * Opens store, device and workers, walks the corridor, and closes everything again.
 *
 * @throws AppError of a step; AbortError when stopped.
 */
export async function runOnce(command: RunCommand, hooks: RunHooks): Promise<void> {
  const store = openStore(command.project)
  const release = store.lockRun()
  const threads = threadsOf(command.threads)
  const pool = openPool(threads)
  try {
    const run = store.runs.get(command.runId)
    const settings: Settings = SettingsSchema.parse(run.settings)
    const { executor, notes } = await openExecutor(command.device, { threads })
    try {
      store.runs.setDevice(run.id, executor.description)
      hooks.onDevice(executor.description, notes.map((note) => `${note.device}: ${note.reason}`))
      store.runs.setState(run.id, 'running')
      let breathedAt = performance.now()
      const report = async (progress: Omit<Progress, 'runId'>) => {
        hooks.onProgress({ ...progress, runId: run.id })
        if (performance.now() - breathedAt < breathMs) return
        await new Promise((resolve) => setImmediate(resolve))
        breathedAt = performance.now()
      }
      await runPipeline({ id: run.id, store, settings, codec: await openCodec(), executor, pool, signal: hooks.signal, report }, command)
      store.runs.setState(run.id, 'finished')
    } finally {
      await executor.dispose()
    }
  } catch (error) {
    store.runs.setState(command.runId, hooks.signal.aborted ? 'paused' : 'failed')
    throw error
  } finally {
    await pool.close()
    release()
    store.close()
  }
}
