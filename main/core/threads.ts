import { parentPort, Worker, type WorkerOptions } from 'node:worker_threads'
import { keepWasmCode } from './wasm-code.ts'

const end = 'end'
/** A thread in the middle of its work is stopped after this long. */
const graceMs = 1000

/** Starts a thread on one of our entries. */
export function startThread(entry: string | URL, options?: WorkerOptions): Worker {
  keepWasmCode()
  return new Worker(entry, options)
}

/**
 * Ends a thread: an idle one that takes its messages by `onMessages` closes what it holds and runs out, as one without messages does after its work; a busy one is stopped.
 * Stopping a thread while it loads modules or holds threads of its own can take the whole process with it, so that is the last resort.
 */
export async function endThread(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return
  const timer = setTimeout(() => void worker.terminate(), graceMs)
  await new Promise<void>((resolve) => {
    worker.once('exit', () => resolve())
    worker.postMessage(end)
  })
  clearTimeout(timer)
}

/** In a thread: takes messages until it is asked to end; `close` gives back what would keep the thread alive. */
export function onMessages<M>(take: (message: M) => unknown, close: () => unknown): void {
  parentPort?.on('message', async (message: M | typeof end) => {
    if (message !== end) return take(message)
    await close()
    parentPort!.close()
  })
}
