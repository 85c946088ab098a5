import { AppError } from '../../preload/contract/error.ts'
import type { Program, Values } from '../core/engine/types.ts'
import { readSafetensors, writeSafetensors } from '../core/model/safetensors.ts'
import type { Run } from './run.ts'

/** One stretch of training. */
export interface Training {
  /** Names the stretch in progress and checkpoints: `classifier`, `round 2`. */
  readonly key: string
  readonly step: string
  readonly round?: number
  readonly steps: number
  readonly program: Program
  /** State the stretch starts from. */
  readonly start: () => Record<string, Values>
  /** Everything the program reads at one step: a function of the step alone, so that a resumed run sees the same. */
  readonly inputs: (step: number) => Promise<Record<string, Values>>
  readonly learningRate: (step: number) => number
}

/** Steps between two points of a curve. */
const curveEvery = 5

/**
 * Runs a stretch of training from its last checkpoint, or from its start, to its end.
 *
 * The program's state is checkpointed every `training.checkpointSeconds` and when stopped.
 * @throws AppError `training-diverged` when the loss is no longer a number; AbortError when stopped.
 */
export async function train(run: Run, training: Training): Promise<void> {
  const { program, steps, key } = training
  let step = await restore(run, training)
  let savedAt = performance.now()
  let sum = 0
  let count = 0
  while (step < steps) {
    if (run.signal.aborted) {
      await checkpoint(run, key, program, step)
      run.signal.throwIfAborted()
    }
    const { loss } = await program.run(await training.inputs(step))
    step++
    if (!Number.isFinite(loss[0])) throw diverged(training, step)
    sum += loss[0]
    count++
    if (step % curveEvery === 0 || step === steps) {
      const values = { loss: sum / count, learningRate: training.learningRate(step - 1) }
      run.store.curves.add(run.id, { key, round: training.round ?? 0, step, values })
      sum = count = 0
    }
    await run.report({ step: training.step, round: training.round, done: step, total: steps, unit: 'steps', values: { loss: loss[0] } })
    if (performance.now() - savedAt > run.settings['training.checkpointSeconds'] * 1000 && step < steps) {
      await checkpoint(run, key, program, step)
      savedAt = performance.now()
    }
  }
}

async function restore(run: Run, { key, program, start }: Training): Promise<number> {
  const saved = run.store.artifacts.get(run.id, 'checkpoint', key)
  if (!saved) {
    await program.writeState(start())
    return 0
  }
  await program.writeState(unpackTensors(run.store.blobs.get(saved.sha)))
  return (saved.meta as { step: number }).step
}

async function checkpoint(run: Run, key: string, program: Program, step: number): Promise<void> {
  const sha = run.store.blobs.put(packTensors(await program.readState()))
  run.store.artifacts.put(run.id, 'checkpoint', key, sha, { step })
}

/** Named tensors as one safetensors file; shapes are flat, for they are known where the tensors are read. */
export function packTensors(values: Record<string, Values>): Uint8Array {
  return writeSafetensors(Object.fromEntries(Object.entries(values).map(([name, data]) => [name, { shape: [data.length], data }])))
}

export function unpackTensors(bytes: Uint8Array): Record<string, Values> {
  return Object.fromEntries(Object.entries(readSafetensors(bytes)).map(([name, tensor]) => [name, tensor.data as Values]))
}

function diverged({ key }: Training, step: number): AppError {
  return new AppError({
    code: 'training-diverged',
    subject: key,
    message: `Training of ${key} lost its way at step ${step}: the loss is no longer a number.`,
    advice: 'Lower training.learningRate (a third is a good next try) and start again; earlier rounds are kept.',
  })
}
