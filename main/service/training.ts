import { AppError, toErrorData } from '../../preload/contract/error.ts'
import { DeviceChoice, type Progress } from '../../preload/contract/model.ts'
import type { Context } from './context.ts'
import type { Child } from './host.ts'
import type { OpenProject } from './open-projects.ts'
import { supervise } from './supervise.ts'

interface Current {
  readonly projectId: number
  readonly runId: number
  readonly jobId: number
  /** Why it was told to end, if it was. */
  wish: 'pause' | 'stop' | null
}

/** The one training under way, if any: a device serves one at a time. */
export interface Training {
  current: Current | null
  isAt(projectId: number, runId: number): boolean
  /** Tells the training to end at a safe point. Throws AppError not-found where that run is not at work. */
  end(projectId: number, runId: number, wish: 'pause' | 'stop'): void
}

/** Time between two reports of the load. */
const loadEveryMs = 1000

export function openTraining(stopJob: (jobId: number) => void): Training {
  const training: Training = {
    current: null,
    isAt: (projectId, runId) => training.current?.projectId === projectId && training.current.runId === runId,
    end: (projectId, runId, wish) => {
      if (!training.isAt(projectId, runId)) throw notRunning(runId)
      training.current!.wish = wish
      stopJob(training.current!.jobId)
    },
  }
  return training
}

/** Starts the trainer on a run, or on the rest of it, as a job. */
export function startTraining(context: Context, project: OpenProject, runId: number, call: 'run:start' | 'run:resume'): number {
  const { host, jobs, training, changed } = context
  const { projectId, store, notes } = project
  const device = DeviceChoice.catch('auto').parse(notes.get(runId)?.device)
  const threads = store.runs.get(runId).settings['run.threads']
  const jobId = jobs.start({
    call, projectId,
    work: async ({ signal, report }) => {
      const watch = watchRounds(context, project, runId)
      const load = watchLoad(context)
      try {
        await supervise({
          start: () => host.start('trainer'),
          command: { type: 'start', project: store.dir, runId, device, threads },
          signal,
          onProgress: (progress, child) => {
            report({ ...progress, runId })
            watch(progress)
            load.see(progress, child)
          },
          onDevice: (description) => {
            load.device(description)
            changed(projectId, 'runs')
          },
          onRestart: (last) => host.emit('trainer:restarted', { projectId, runId, round: last?.round ?? 0 }),
        })
        notes.end(runId, null)
      } catch (error) {
        settle(context, project, runId, error)
        throw error
      } finally {
        watch()
        training.current = null
        changed(projectId, 'runs')
        changed(projectId, 'review')
        await context.summarise(project)
      }
      return { runId }
    },
  })
  training.current = { projectId, runId, jobId, wish: null }
  store.runs.setState(runId, 'running')
  changed(projectId, 'runs')
  return jobId
}

/** Notes how a run ended that did not come to its end. */
function settle({ training }: Context, { store, notes }: OpenProject, runId: number, error: unknown): void {
  const data = toErrorData(error)
  const stopped = data.code === 'aborted' || (training.current?.wish ?? null) !== null
  if (!stopped) store.runs.setState(runId, 'failed')
  else store.runs.setState(runId, training.current?.wish === 'stop' ? 'finished' : 'paused')
  notes.end(runId, stopped ? null : data.message)
}

/** Tells of rounds whose masks have become ready since the last look. */
function watchRounds({ host, changed }: Context, { projectId, store }: OpenProject, runId: number): (progress?: Progress) => void {
  const done = () => store.rounds.list(runId).filter(({ state }) => state === 'done').map(({ round }) => round)
  const known = new Set(done())
  let place = ''
  return (progress) => {
    const now = progress ? `${progress.step}/${progress.round ?? ''}` : ''
    if (now === place && progress) return
    place = now
    for (const round of done()) {
      if (known.has(round)) continue
      known.add(round)
      host.emit('round:done', { projectId, runId, round })
      changed(projectId, 'runs')
    }
  }
}

/** Tells about once a second what the trainer uses. */
function watchLoad({ host }: Context) {
  let description = ''
  let toldAt = 0
  let last: { key: string; done: number; atMs: number } | null = null
  return {
    device: (text: string) => {
      description = text
    },
    see: (progress: Progress, child: Child) => {
      const now = Date.now()
      if (description === '' || now - toldAt < loadEveryMs) return
      const key = `${progress.step}/${progress.round ?? ''}`
      const steps = progress.unit === 'steps' && last?.key === key && now > last.atMs ? ((progress.done - last.done) * 1000) / (now - last.atMs) : null
      host.emit('device:load', { description, stepsPerSecond: steps, memoryBytes: child.memoryBytes() })
      toldAt = now
      last = { key, done: progress.done, atMs: now }
    },
  }
}

const notRunning = (runId: number) => new AppError({
  code: 'not-found', subject: String(runId),
  message: `Run ${runId} is not at work.`,
  advice: 'It has ended or paused by itself.',
})
