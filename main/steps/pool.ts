import type { Worker } from 'node:worker_threads'
import { endThread, startThread } from '../core/threads.ts'
import type { Jobs } from './worker.ts'

/** Worker threads for pure array work; jobs are defined in worker.ts. */
export interface Pool {
  readonly size: number
  /** Runs one job on a free worker. Input buffers are copied, results are moved. */
  run<K extends keyof Jobs>(job: K, input: Parameters<Jobs[K]>[0]): Promise<ReturnType<Jobs[K]>>
  /** Runs a job for each item, as many at once as there are workers; `take` gets results in the order of the items. */
  each<T, K extends keyof Jobs>(
    items: readonly T[],
    job: K,
    input: (item: T) => Parameters<Jobs[K]>[0] | Promise<Parameters<Jobs[K]>[0]>,
    take: (item: T, result: ReturnType<Jobs[K]>, index: number) => Promise<void> | void,
    signal?: AbortSignal,
  ): Promise<void>
  close(): Promise<void>
}

interface Task {
  readonly message: { job: string; input: unknown }
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}
type Reply = { ok: true; value: unknown } | { ok: false; message: string; stack?: string }

/** The file of a sibling entry point: TypeScript as written, JavaScript once built. */
export const entryUrl = (name: string, base = import.meta.url) => new URL(`./${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base)

/** Starts `size` workers. */
export function openPool(size: number): Pool {
  const idle: Worker[] = []
  const all = new Map<Worker, Task | null>()
  const waiting: Task[] = []
  let closed = false

  const settle = (worker: Worker, finish: (task: Task) => void) => {
    const task = all.get(worker)
    if (task) finish(task)
  }
  const start = () => {
    const worker = startThread(entryUrl('worker'))
    all.set(worker, null)
    worker.on('message', (reply: Reply) => {
      settle(worker, (task) => (reply.ok ? task.resolve(reply.value as never) : task.reject(new Error(reply.message))))
      all.set(worker, null)
      idle.push(worker)
      next()
    })
    worker.on('error', (error) => {
      settle(worker, (task) => task.reject(error as Error))
      all.delete(worker)
      if (!closed) start()
    })
    idle.push(worker)
  }
  const next = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop()!
      const task = waiting.shift()!
      if (!all.has(worker)) {
        waiting.unshift(task)
        continue
      }
      all.set(worker, task)
      worker.postMessage(task.message)
    }
  }
  for (let i = 0; i < size; i++) start()

  const run: Pool['run'] = (job, input) =>
    new Promise((resolve, reject) => {
      waiting.push({ message: { job, input }, resolve: resolve as (value: never) => void, reject })
      next()
    })

  return {
    size,
    run,
    async each(items, job, input, take, signal) {
      const inFlight: Promise<Awaited<ReturnType<typeof run>>>[] = []
      let sent = 0
      const send = async () => {
        const pending = run(job, await input(items[sent++]))
        pending.catch(() => undefined)
        inFlight.push(pending as never)
      }
      for (let taken = 0; taken < items.length; taken++) {
        signal?.throwIfAborted()
        while (sent < items.length && sent - taken <= size) await send()
        await take(items[taken], (await inFlight.shift()!) as never, taken)
      }
    },
    async close() {
      closed = true
      await Promise.all([...all.keys()].map(endThread))
    },
  }
}
