import type { EventData, Output } from '../../preload/contract/api.ts'
import { AppError, toErrorData } from '../../preload/contract/error.ts'
import type { Progress } from '../../preload/contract/model.ts'
import type { Host } from './host.ts'

/** What a job is given. */
export interface JobContext {
  readonly jobId: number
  readonly signal: AbortSignal
  readonly report: (progress: Progress) => void
}

export interface JobWish {
  readonly call: string
  readonly projectId: number | null
  readonly work: (context: JobContext) => Promise<unknown>
}

/** Long pieces of work under way. Each tells its progress at most ten times a second, and its end once. */
export interface Jobs {
  start(wish: JobWish): number
  /** @throws AppError not-found. */
  stop(jobId: number): void
  list(): Output<'job:list'>
  busyWith(projectId: number): boolean
  /** Stops everything and waits for it. */
  close(): Promise<void>
}

interface Job extends Omit<JobWish, 'work'> {
  readonly abort: AbortController
  progress: Progress | null
  ended: Promise<void>
}

const quietMs = 100
/** Why a job is stopped when nobody asked for it: everything is. */
export const closing = new DOMException('closing', 'AbortError')

export function openJobs(host: Pick<Host, 'emit'>): Jobs {
  const jobs = new Map<number, Job>()
  let serial = 0

  const start = ({ call, projectId, work }: JobWish) => {
    const jobId = ++serial
    const job: Job = { call, projectId, abort: new AbortController(), progress: null, ended: Promise.resolve() }
    const throttle = throttled<Progress>(quietMs, (progress) => host.emit('progress', { jobId, projectId, atMs: Date.now(), progress }))
    const report = (progress: Progress) => {
      job.progress = progress
      throttle.push(progress)
    }
    const end = (outcome: Pick<EventData<'job:done'>, 'result' | 'error'>) => {
      jobs.delete(jobId)
      throttle.flush()
      host.emit('job:done', { jobId, projectId, ...outcome })
    }
    jobs.set(jobId, job)
    // The caller must learn the id before the job can end.
    job.ended = new Promise((resolve) => setImmediate(resolve))
      .then(() => work({ jobId, signal: job.abort.signal, report }))
      .then((result) => end({ result }), (error) => {
        const data = toErrorData(error)
        if (data.code === 'internal') console.error(error)
        end({ error: data })
      })
    return jobId
  }
  return {
    start,
    stop: (jobId) => {
      const job = jobs.get(jobId)
      if (!job) throw notFound(jobId)
      job.abort.abort()
    },
    list: () => [...jobs].map(([jobId, { call, projectId, progress }]) => ({ jobId, call, projectId, progress })),
    busyWith: (projectId) => [...jobs.values()].some((job) => job.projectId === projectId),
    close: async () => {
      const all = [...jobs.values()]
      for (const job of all) job.abort.abort(closing)
      await Promise.all(all.map((job) => job.ended))
    },
  }
}

/** Hands on the first value at once and then the newest one, no oftener than every `everyMs`. */
function throttled<T>(everyMs: number, emit: (value: T) => void) {
  let waiting: { value: T } | null = null
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (waiting) emit(waiting.value)
    waiting = null
  }
  const tick = () => {
    if (!waiting) {
      timer = null
      return
    }
    emit(waiting.value)
    waiting = null
    timer = setTimeout(tick, everyMs)
  }
  return {
    flush,
    push(value: T) {
      waiting = { value }
      if (!timer) tick()
    },
  }
}

const notFound = (jobId: number) => new AppError({
  code: 'not-found', subject: String(jobId),
  message: `There is no job ${jobId} at work.`,
  advice: 'It has ended by itself.',
})
