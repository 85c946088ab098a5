import { AppError, type AppErrorData } from '../../preload/contract/error.ts'
import type { Progress } from '../../preload/contract/model.ts'
import type { TrainerCommand, TrainerEvent } from '../trainer.ts'
import type { Child } from './host.ts'

/** Starts in a row that may end without a word and without anything new done. */
const maxFutile = 3
/** Time a stopping trainer has for its checkpoint. */
const graceMs = 60_000

export interface Supervision {
  readonly start: () => Child
  readonly command: Extract<TrainerCommand, { type: 'start' }>
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress, child: Child) => void
  readonly onDevice: (description: string) => void
  /** The trainer died and has been started again. */
  readonly onRestart: (last: Progress | null) => void
}

type Ending = { type: 'finished' } | { type: 'failed'; error: AppErrorData } | { type: 'died'; how: string }

/**
 * Runs the trainer to its end. Where it dies without a word it is started again and goes on from its last checkpoint, as long as
 * it gets further than before.
 *
 * @throws AppError of the trainer; `trainer-crashed` after three deaths at one place; AbortError when stopped.
 */
export async function supervise(supervision: Supervision): Promise<void> {
  const { signal, onRestart } = supervision
  const farthest = new Map<string, number>()
  let futile = 0
  let last: Progress | null = null
  const see = (progress: Progress) => {
    const key = `${progress.step}/${progress.round ?? ''}/${progress.unit}`
    if (progress.done > (farthest.get(key) ?? -1)) {
      farthest.set(key, progress.done)
      futile = 0
    }
    last = progress
  }
  for (;;) {
    signal.throwIfAborted()
    const ending = await runOne(supervision, see)
    if (ending.type === 'finished') return
    if (ending.type === 'failed') throw new AppError(ending.error)
    signal.throwIfAborted()
    futile++
    if (futile >= maxFutile) throw crashed(ending.how)
    onRestart(last)
  }
}

function runOne({ start, command, signal, onProgress, onDevice }: Supervision, see: (progress: Progress) => void): Promise<Ending> {
  const child = start()
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    child.send({ type: 'stop' } satisfies TrainerCommand)
    killer = setTimeout(() => child.kill(), graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  return new Promise<Ending>((resolve) => {
    let ending: Ending | null = null
    child.onMessage((message) => {
      const event = message as TrainerEvent
      if (event.type === 'progress') {
        see(event.progress)
        onProgress(event.progress, child)
      } else if (event.type === 'device') onDevice(event.description)
      else ending = event
    })
    child.onExit((how) => resolve(ending ?? { type: 'died', how }))
    child.send(command)
  }).finally(() => {
    clearTimeout(killer)
    signal.removeEventListener('abort', stop)
  })
}

const crashed = (how: string) => new AppError({
  code: 'trainer-crashed',
  message: `The training process ended unexpectedly three times at the same place (${how}).`,
  advice: 'Resume to try again from the last checkpoint; a smaller training.size or another device may help.',
})
