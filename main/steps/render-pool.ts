import { availableParallelism } from 'node:os'
import { endThread, startThread } from '../core/threads.ts'
import { entryUrl } from './pool.ts'
import type { RenderAnswer, RenderJob, RenderWish } from './render-worker.ts'

/** Renders a worker may be ahead of the one that is kept next. */
const ahead = 4

/**
 * Hands wishes to worker threads and their renders, in order, to `keep`.
 *
 * @throws Error of a worker that broke down; an AbortError when stopped.
 */
export async function renderAll(
  job: RenderJob, wishes: readonly RenderWish[], { threads, signal }: { readonly threads?: number; readonly signal?: AbortSignal },
  keep: (wish: RenderWish, render: RenderAnswer, done: number) => Promise<void>,
): Promise<void> {
  signal?.throwIfAborted()
  const size = Math.min(wishes.length, Math.max(1, threads ?? availableParallelism()))
  const workers = Array.from({ length: size }, () => startThread(entryUrl('render-worker'), { workerData: job }))
  const answers = wishes.map(() => Promise.withResolvers<RenderAnswer>())
  const { promise: stop, reject } = Promise.withResolvers<never>()
  stop.catch(() => undefined)
  for (const worker of workers) worker.once('error', reject)
  const onAbort = () => reject(signal!.reason as Error)
  signal?.addEventListener('abort', onAbort)
  const idle = [...workers]
  let next = 0
  let kept = 0
  const start = () => {
    while (idle.length > 0 && next < wishes.length && next - kept < ahead * size) {
      const worker = idle.pop()!
      const number = next++
      worker.once('message', (answer: RenderAnswer) => {
        idle.push(worker)
        answers[number].resolve(answer)
        start()
      })
      worker.postMessage(wishes[number])
    }
  }
  try {
    start()
    for (const wish of wishes) {
      const answer = await Promise.race([answers[kept].promise, stop])
      await keep(wish, answer, ++kept)
      signal?.throwIfAborted()
      start()
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await Promise.all(workers.map(endThread))
  }
}
