import { fork } from 'node:child_process'
import { AppError } from '../../preload/contract/error.ts'
import { DeviceChoice, stepNames, type Progress } from '../../preload/contract/model.ts'
import { prepareRun } from '../steps/prepare-run.ts'
import { entryFile } from '../entries.ts'
import { openStore } from '../store/index.ts'
import type { TrainerCommand, TrainerEvent } from '../trainer.ts'
import { parse, whole } from './arguments.ts'
import { progressBar } from './progress-bar.ts'
import { parseOverrides, settingsFrom } from './settings.ts'
import { statusOf } from '../steps/status.ts'

const usage = 'run P [--preset NAME] [--rounds N] [--seed N] [--device NAME] [--from STEP] [--to STEP] [--fresh] [--set key=value]...'

/** Trains in a process of its own; Ctrl-C stops it cleanly, the same command goes on. */
export async function run(args: readonly string[], say: (line: string) => void): Promise<unknown> {
  const { values, positionals: [project] } = parse(args, {
    preset: { type: 'string', default: 'maskwright' },
    rounds: { type: 'string' }, seed: { type: 'string' }, device: { type: 'string', default: 'auto' },
    from: { type: 'string' }, to: { type: 'string' }, fresh: { type: 'boolean' }, set: { type: 'string', multiple: true },
  }, usage, 1)
  const device = oneOf(DeviceChoice.options, values.device, 'device')
  const from = values.from === undefined ? undefined : oneOf(stepNames, values.from, 'step')
  const to = values.to === undefined ? undefined : oneOf(stepNames, values.to, 'step')
  const words = [...(values.set ?? [])]
  const rounds = whole(values.rounds, '--rounds')
  const seed = whole(values.seed, '--seed')
  if (rounds !== undefined) words.push(`run.rounds=${rounds}`)
  if (seed !== undefined) words.push(`run.seed=${seed}`)
  const settings = settingsFrom(values.preset, parseOverrides(words))

  const store = openStore(project)
  const { id, resumed } = (() => {
    try {
      return prepareRun(store, { preset: values.preset, settings, fresh: values.fresh })
    } finally {
      store.close()
    }
  })()
  say(resumed ? `Run ${id} goes on.` : `Run ${id} starts.`)
  await train({ type: 'start', project, runId: id, device, threads: settings['run.threads'], from, to }, say)
  return statusOf(project)
}

/**
 * Runs the trainer process to its end.
 *
 * @throws AppError of the trainer; `trainer-crashed` when the process went away without a word; `aborted` after Ctrl-C.
 */
export async function train(command: Extract<TrainerCommand, { type: 'start' }>, say: (line: string) => void): Promise<void> {
  const child = fork(entryFile('trainer'), { serialization: 'advanced' })
  const bar = progressBar(process.stderr)
  const stop = () => {
    say('Stopping at a safe point ...')
    child.send({ type: 'stop' } satisfies TrainerCommand)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('message', (event: TrainerEvent) => {
        if (event.type === 'progress') bar.draw(event.progress as Progress)
        else if (event.type === 'device') say(`Trains on ${event.description}.`)
        else if (event.type === 'finished') resolve()
        else reject(new AppError(event.error))
      })
      child.on('error', reject)
      child.on('exit', (code, signal) => reject(crashed(signal ?? `exit code ${code}`)))
      child.send(command)
    })
  } finally {
    bar.end()
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

const crashed = (how: string) => new AppError({
  code: 'trainer-crashed',
  message: `The training process ended unexpectedly (${how}).`,
  advice: 'Give the same command again: it goes on from the last checkpoint.',
})

export function oneOf<const T extends string>(options: readonly T[], word: string, name: string): T {
  if ((options as readonly string[]).includes(word)) return word as T
  throw new AppError({ code: 'invalid-input', subject: word, message: `There is no ${name} "${word}".`, advice: `Take one of ${options.join(', ')}.` })
}
