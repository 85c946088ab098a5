import { parentPort, type Worker } from 'node:worker_threads'

const end = 'end'
/** A thread in the middle of its work is stopped after this long. */
const graceMs = 1000

/**
 * Ends a thread that takes its messages by `onMessages`: an idle one closes what it holds and runs out, a busy one is stopped.
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
