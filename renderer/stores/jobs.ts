import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { CallName, EventData, Input } from '../../preload/contract/api.ts'
import { AppError, type AppErrorData, type ErrorCode } from '../../preload/contract/error.ts'
import type { Progress } from '../../preload/contract/model.ts'
import { call, on } from '../api.ts'

/** One long job at work. */
export interface Job {
  readonly jobId: number
  readonly projectId: number | null
  readonly call: string
  readonly progress: Progress | null
  /** Of the progress' unit, a second; null until measured. */
  readonly rate: number | null
  readonly secondsLeft: number | null
}
interface Sample {
  readonly key: string
  readonly atMs: number
  readonly done: number
}

type JobCall = { [K in CallName]: { jobId: number } extends Awaited<ReturnType<typeof call<K>>> ? K : never }[CallName]
const windowMs = 15_000

/** Rate a second over the samples of the last 15 seconds of one step; null with fewer than two. */
export function rateOf(samples: readonly Sample[]): number | null {
  const last = samples.at(-1)
  const first = samples.find((sample) => last !== undefined && sample.key === last.key && last.atMs - sample.atMs <= windowMs)
  if (first === undefined || last === undefined || last.atMs <= first.atMs || last.done <= first.done) return null
  return (last.done - first.done) / (last.atMs - first.atMs) * 1000
}

/** Long jobs: what they do, how fast, how much longer. */
export const useJobs = defineStore('jobs', () => {
  const jobs = ref(new Map<number, Job>())
  const samples = new Map<number, Sample[]>()
  const waiting = new Map<number, (data: EventData<'job:done'>) => void>()
  const early = new Map<number, EventData<'job:done'>>()

  const list = computed(() => [...jobs.value.values()])

  function note({ jobId, projectId, atMs, progress }: EventData<'progress'>): void {
    const key = `${progress.step}/${progress.round ?? ''}/${progress.unit}`
    const history = [...(samples.get(jobId) ?? []).filter((s) => s.key === key && atMs - s.atMs <= windowMs), { key, atMs, done: progress.done }]
    samples.set(jobId, history)
    const rate = rateOf(history)
    const secondsLeft = rate === null || progress.total === 0 ? null : (progress.total - progress.done) / rate
    const name = jobs.value.get(jobId)?.call ?? progress.step
    jobs.value.set(jobId, { jobId, projectId, call: name, progress, rate, secondsLeft })
  }
  function end(data: EventData<'job:done'>): void {
    jobs.value.delete(data.jobId)
    samples.delete(data.jobId)
    const resolve = waiting.get(data.jobId)
    if (resolve === undefined) early.set(data.jobId, data)
    else resolve(data)
    waiting.delete(data.jobId)
  }

  /** The end of a job that has been started: its result, or the AppError it ended with. */
  async function finish(jobId: number, name: string, projectId: number | null): Promise<unknown> {
    const done = early.get(jobId) ?? await new Promise<EventData<'job:done'>>((resolve) => {
      waiting.set(jobId, resolve)
      if (!jobs.value.has(jobId)) jobs.value.set(jobId, { jobId, projectId, call: name, progress: null, rate: null, secondsLeft: null })
    })
    early.delete(jobId)
    if (done.error) throw new AppError({ ...done.error, code: done.error.code as ErrorCode } satisfies AppErrorData)
    return done.result
  }
  /** Starts a job and waits for its end. */
  async function run<K extends JobCall>(name: K, input: Input<K>): Promise<unknown> {
    const { jobId } = await call(name, input) as { jobId: number }
    const projectId = (input as { projectId?: number }).projectId ?? null
    return finish(jobId, name, projectId)
  }
  const stop = (jobId: number) => call('job:stop', { jobId })

  /** Jobs that were started elsewhere. */
  async function read(): Promise<void> {
    for (const job of await call('job:list', {})) {
      jobs.value.set(job.jobId, { ...job, rate: null, secondsLeft: null })
    }
  }
  async function start(): Promise<void> {
    on('progress', note)
    on('job:done', end)
    await read()
  }
  return { jobs, list, run, finish, stop, start, read, note, end }
})
