/** One run of `bench/accuracy.ts`: from a dataset to its figures. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scores } from '../preload/contract/model.ts'
import type { Settings } from '../preload/contract/settings.ts'
import { onnxExecutor } from '../main/core/engine/onnxruntime.ts'
import { openCodec, type Codec } from '../main/core/image/codec.ts'
import { resizeLabels } from '../main/core/image/resize.ts'
import { IGNORE } from '../main/core/image/types.ts'
import { confusionMatrix, meanIou, sumConfusion } from '../main/core/metric/confusion-matrix.ts'
import { evaluatedKey } from '../main/steps/evaluated.ts'
import { classTable, translate } from '../main/steps/import-classes.ts'
import { importPhotos, importTruth } from '../main/steps/import-images.ts'
import { readClasses } from '../main/steps/import-lists.ts'
import { runPipeline } from '../main/steps/pipeline.ts'
import { openPool } from '../main/steps/pool.ts'
import { prepareRun } from '../main/steps/prepare-run.ts'
import { scored, scoresOf } from '../main/steps/status.ts'
import { openStore, type Store } from '../main/store/index.ts'
import { cutLine, spoils, takeRenders, type Line, type RendersWanted, type Spoil } from './accuracy-data.ts'

export type Stage = 'initial' | 'final' | 'final + CRF'
export const stages: readonly Stage[] = ['initial', 'final', 'final + CRF']

export interface Outcome {
  readonly whole: Record<Stage, Scores>
  /** By group. */
  readonly groups: Record<string, Record<Stage, Scores>>
  /** mIoU over workpieces of photos that bear several tags. */
  readonly several: Record<Stage, number | null>
  /** mIoU over workpieces of the last pseudo labels of training photos. */
  readonly labels: number | null
  readonly seconds: number
  readonly peakBytes: number
}

export interface Task extends RendersWanted {
  readonly project: string
  readonly spoil?: Spoil
  readonly line?: Line
  readonly settings: Settings
}

/** One run of the corridor in this process. */
export async function runOne(task: Task): Promise<Outcome> {
  const { project, settings } = task
  const data = task.line ? `${project}.data` : task.data
  const store = openStore(project, { create: !existsSync(project) })
  const codec = await openCodec()
  const signal = new AbortController().signal
  if (store.images.count({}) === 0) {
    if (task.line) cutLine(data, task.data, task.line)
    await importPhotos(store, codec, join(data, 'photos'), { signal, tags: join(data, 'tags.json') })
    await importTruth(store, codec, join(data, 'truth'), { signal, classes: join(data, 'classes.json') })
    await takeRenders(store, codec, { ...task, data }, signal)
    if (task.spoil) spoils[task.spoil](store)
  }
  const startedAt = performance.now()
  const { id } = prepareRun(store, { preset: 'bench', settings, fresh: true })
  const threads = settings['run.threads'] || 2
  const pool = openPool(threads)
  const executor = onnxExecutor('cpu', { threads })
  await runPipeline({ id, store, settings, codec, executor, pool, signal, report: async () => undefined })
  const [seconds, peakBytes] = [(performance.now() - startedAt) / 1000, process.resourceUsage().maxRSS * 1024]
  const outcome = { ...outcomeOf(store, id), labels: await labelScore(store, codec, id, data), seconds, peakBytes }
  await executor.dispose()
  store.close()
  return outcome
}

const lastRound = (store: Store, runId: number) => Math.max(...store.rounds.list(runId).map(({ round }) => round))

function outcomeOf(store: Store, runId: number): Pick<Outcome, 'whole' | 'groups' | 'several'> {
  const workpieces = store.workpieces.list()
  const last = lastRound(store, runId)
  const rows = store.metrics.list(runId)
  const keyOf: Record<Stage, (imageId: number) => string> = {
    initial: (imageId) => evaluatedKey(0, 'round', imageId), final: (imageId) => evaluatedKey(last, 'round', imageId),
    'final + CRF': (imageId) => evaluatedKey(last, 'crf', imageId),
  }
  const photosOf = (stage: Stage) => rows.filter((row) => evaluatedKey(row.round, row.kind, row.imageId) === keyOf[stage](row.imageId)).map((row) => scored(store, row))
  const each = <T>(make: (stage: Stage) => T) => Object.fromEntries(stages.map((stage) => [stage, make(stage)])) as Record<Stage, T>
  const groups = [...new Set(photosOf('final').map(({ group }) => group))].sort()
  return {
    whole: each((stage) => scoresOf(photosOf(stage), workpieces)),
    several: each((stage) => scoresOf(photosOf(stage).filter(({ tags }) => tags.length > 1), workpieces).miou.workpieces),
    groups: Object.fromEntries(groups.map((group) => [group, each((stage) => scoresOf(photosOf(stage).filter((photo) => photo.group === group), workpieces))])),
  }
}

/** Pseudo labels of the last round against truth kept aside, which is read here alone. */
async function labelScore(store: Store, codec: Codec, runId: number, data: string): Promise<number | null> {
  const folder = join(data, 'truth-of-training-photos')
  if (!existsSync(folder)) return null
  const table = classTable(await readClasses(join(data, 'classes.json')), (name) => store.workpieces.find(name)!.classIndex)
  const classes = 1 + store.workpieces.list().length
  const found = store.rounds.masks(runId, lastRound(store, runId)).flatMap(({ imageId, maskSha }) => {
    const file = join(folder, store.images.get(imageId).name.replace(/\.[^./]+$/, '.png'))
    if (!existsSync(file)) return []
    const truth = translate(codec.decodeIndex(readFileSync(file)), table, file)
    const labels = resizeLabels(store.blobs.getLabels(maskSha), truth.width, truth.height)
    const labelled = truth.data.map((value, i) => (labels.data[i] === IGNORE ? IGNORE : value))
    return [confusionMatrix({ ...truth, data: labelled }, { ...labels, data: labels.data.map((label) => (label === IGNORE ? 0 : label)) }, classes)]
  })
  return found.length > 0 ? meanIou(sumConfusion(found)).workpieces : null
}
