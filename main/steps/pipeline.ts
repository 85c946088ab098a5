import type { StepName } from '../../preload/contract/model.ts'
import { stepNames } from '../../preload/contract/model.ts'
import { cam } from './cam.ts'
import { makeCameraSeeds } from './camera-seeds.ts'
import { evaluate } from './evaluate.ts'
import { makeInitialMasks } from './initial-mask.ts'
import { selfTrain } from './self-train.ts'
import { makeSuperpixels } from './superpixels.ts'
import { trainClassifier } from './train-classifier.ts'
import type { Run, Step } from './run.ts'

const steps: Record<StepName, Step> = {
  'train-classifier': trainClassifier,
  cam,
  superpixels: async (run) => {
    await makeSuperpixels(run)
    await makeCameraSeeds(run)
  },
  'initial-mask': makeInitialMasks,
  'self-train': selfTrain,
  evaluate,
}

/** Part of the corridor: both ends are included. */
export interface Span {
  readonly from?: StepName
  readonly to?: StepName
}

/** The steps of a span, in order. Throws RangeError where `from` comes after `to`. */
export function span({ from = stepNames[0], to = stepNames[stepNames.length - 1] }: Span): StepName[] {
  const first = stepNames.indexOf(from)
  const last = stepNames.indexOf(to)
  if (first > last) throw new RangeError(`expected a first step that comes before the last, got ${from} .. ${to}`)
  return stepNames.slice(first, last + 1)
}

/** Walks the corridor. Finished work is skipped; `from` makes that step and all after it anew. */
export async function runPipeline(run: Run, range: Span = {}): Promise<void> {
  if (range.from) forget(run, range.from)
  for (const name of span(range)) {
    run.signal.throwIfAborted()
    await steps[name](run)
  }
}

/** Forgets what a step and all after it have made. */
function forget({ store, id }: Run, from: StepName): void {
  store.transaction(() => {
    for (const name of [...span({ from }), 'checkpoint', 'refine']) store.artifacts.clear(id, name)
    if (from !== 'evaluate') store.rounds.removeFrom(id, from === 'self-train' ? 1 : 0)
    store.metrics.clear(id)
  })
}
