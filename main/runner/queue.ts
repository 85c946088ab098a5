/** Work that waits its turn, one at a time, first come first served. */
export interface Queue {
  /**
   * Runs a task in its turn.
   *
   * @param options.always Takes it even where the queue is full: for sources that bring one at a time.
   * @param options.signal Takes a waiting task away.
   * @throws QueueFull where there is no room; AbortError when taken away; what the task throws.
   */
  run<T>(task: () => Promise<T>, options?: { readonly always?: boolean; readonly signal?: AbortSignal }): Promise<T>
  readonly isFull: boolean
  /** Tasks that wait. */
  readonly depth: number
  /** Tasks at work: 0 or 1. */
  readonly inFlight: number
  /** Milliseconds until a task that came now would be done, as the last ones went. */
  readonly waitMs: number
  /** When nothing waits and nothing is at work. */
  idle(): Promise<void>
}

export class QueueFull extends Error {
  override name = 'QueueFull'
}

/** Opens a queue in which at most `limit` tasks wait. */
export function openQueue(limit: number): Queue {
  const waiting: (() => Promise<void>)[] = []
  const idlers: (() => void)[] = []
  let inFlight = 0
  let averageMs = 0

  const next = async () => {
    if (inFlight > 0) return
    const start = waiting.shift()
    if (!start) return idlers.splice(0).forEach((resolve) => resolve())
    inFlight = 1
    const startedAt = performance.now()
    await start()
    const ms = performance.now() - startedAt
    averageMs = averageMs === 0 ? ms : 0.9 * averageMs + 0.1 * ms
    inFlight = 0
    void next()
  }
  const isFull = () => inFlight > 0 && waiting.length >= limit
  return {
    run: (task, { always = false, signal } = {}) => new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (!always && isFull()) throw new QueueFull(`expected room, got ${waiting.length} tasks that wait`)
      const leave = () => {
        waiting.splice(waiting.indexOf(start), 1)
        reject(signal?.reason as Error)
      }
      const start = async () => {
        signal?.removeEventListener('abort', leave)
        try {
          resolve(await task())
        } catch (error) {
          reject(error as Error)
        }
      }
      signal?.addEventListener('abort', leave, { once: true })
      waiting.push(start)
      void next()
    }),
    get isFull() { return isFull() },
    get depth() { return waiting.length },
    get inFlight() { return inFlight },
    get waitMs() { return averageMs * (waiting.length + inFlight + 1) },
    idle: () => new Promise((resolve) => {
      idlers.push(resolve)
      void next()
    }),
  }
}
