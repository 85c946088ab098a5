import type { Worker } from 'node:worker_threads'
import { AppError } from '../../preload/contract/error.ts'
import { endThread, startThread } from '../core/threads.ts'
import { entryUrl } from '../steps/pool.ts'
import type { PredictJob, Prediction, WorkerReply, WorkerSetup } from './predict-worker.ts'

/** A model on a thread of its own: neither decoding nor predicting holds up who asks. */
export interface Predictor {
  readonly classes: Readonly<Record<string, string>>
  /** One picture at a time. @throws AppError of the picture; `internal` where the thread broke down, which the next picture starts anew. */
  predict(job: PredictJob): Promise<Prediction>
  close(): Promise<void>
}

/** Bounds of the thread's JavaScript memory; pixels, the model and the decoder lie beside it. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 }
/** A thread that takes longer over one picture has hung. */
const stuckMs = 120_000

/**
 * Opens a model and lets it predict once, so that the first picture is as fast as the others.
 *
 * @throws AppError `model-unreadable`.
 */
export async function openPredictor(setup: WorkerSetup): Promise<Predictor> {
  let current: Promise<{ worker: Worker; classes: Readonly<Record<string, string>> }> | null = null
  const start = async () => {
    const worker = startThread(entryUrl('predict-worker', import.meta.url), { workerData: setup, resourceLimits })
    // A fault between two pictures ends the thread; the next picture starts it again.
    worker.on('error', () => undefined).once('exit', () => (current = null))
    const reply = await replyOf(worker)
    if (reply.type === 'ready') return { worker, classes: reply.classes }
    await endThread(worker)
    throw reply.type === 'failed' ? new AppError(reply.error) : brokeDown('it answered before it was asked')
  }
  const opened = () => (current ??= start())
  const { classes } = await opened()
  return {
    classes,
    predict: async (job) => {
      const { worker } = await opened()
      const answer = replyOf(worker)
      worker.postMessage(job)
      const reply = await answer
      if (reply.type === 'done') return reply.prediction
      if (reply.type === 'failed' && reply.error.code !== 'internal') throw new AppError(reply.error)
      await endThread(worker)
      throw reply.type === 'failed' ? new AppError(reply.error) : brokeDown('it started again')
    },
    close: async () => {
      const worker = (await current?.catch(() => null))?.worker
      if (worker) await endThread(worker)
    },
  }
}

/** The next word of a thread. Throws AppError `internal` where it ends instead, or stays silent for too long. */
function replyOf(worker: Worker): Promise<WorkerReply> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => void worker.terminate(), stuckMs)
    const take = (settle: () => void) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      settle()
    }
    const onMessage = (reply: WorkerReply) => take(() => resolve(reply))
    const onError = (error: unknown) => take(() => reject(brokeDown(error instanceof Error ? error.message : String(error))))
    const onExit = (code: number) => take(() => reject(brokeDown(`exit code ${code}`)))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}

const brokeDown = (how: string) => new AppError({
  code: 'internal',
  message: `The thread that predicts broke down (${how}).`,
  advice: 'Send the picture again; if it comes back, keep the picture and report it with the log.',
})
