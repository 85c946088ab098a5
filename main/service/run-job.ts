import { AppError } from '../../preload/contract/error.ts'
import type { JobCommand, JobEvent, JobInput, JobName, JobOutput } from '../job.ts'
import type { Host } from './host.ts'
import type { JobContext } from './jobs.ts'

/** Time a stopping job has to end by itself. */
const graceMs = 15_000

/** Jobs that find what a first try has finished, or write nothing: they are begun once more where their process died. */
const repeatable: ReadonlySet<JobName> = new Set(['import', 'readCad', 'report', 'gap', 'figures', 'devices', 'bench'])

/**
 * Does one long piece of work in a process of its own.
 *
 * @throws AppError of the work; `internal` when its process died, of a repeatable job twice.
 */
export async function runJob<K extends JobName>(host: Host, job: K, input: JobInput<K>, tools: Pick<JobContext, 'signal' | 'report'>): Promise<JobOutput<K>> {
  try {
    return await tryJob(host, job, input, tools)
  } catch (error) {
    if (!(error instanceof Death) || !repeatable.has(job)) throw error
    console.error(`${job}: ${error.message} It is begun once more.`)
    return tryJob(host, job, input, tools)
  }
}

async function tryJob<K extends JobName>(
  host: Host, job: K, input: JobInput<K>, { signal, report }: Pick<JobContext, 'signal' | 'report'>,
): Promise<JobOutput<K>> {
  signal.throwIfAborted()
  const child = host.start('job')
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    child.send({ type: 'stop' } satisfies JobCommand)
    killer = setTimeout(() => child.kill(), graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<JobOutput<K>>((resolve, reject) => {
      child.onMessage((message) => {
        const event = message as JobEvent
        if (event.type === 'progress') report(event.progress)
        else if (event.type === 'finished') resolve(event.result as JobOutput<K>)
        else reject(new AppError(event.error))
      })
      child.onExit((how) => reject(signal.aborted ? new DOMException('stopped', 'AbortError') : new Death(how)))
      child.send({ type: 'start', job, input } satisfies JobCommand)
    })
  } finally {
    clearTimeout(killer)
    signal.removeEventListener('abort', stop)
  }
}

/** The end of a process that said nothing of it. */
class Death extends AppError {
  constructor(how: string) {
    super({
      code: 'internal',
      message: `The process doing this ended unexpectedly (${how}).`,
      advice: 'Start it again; what was finished is kept.',
    })
  }
}
