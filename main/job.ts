import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, toErrorData, type AppErrorData } from '../preload/contract/error.ts'
import type { CadContent, GapReport } from '../preload/contract/project-data.ts'
import type { ExportCard } from '../preload/contract/run-data.ts'
import type { ImportIssue, ImportResult, Progress } from '../preload/contract/model.ts'
import type { CadReading, RenderSettings } from '../preload/contract/render-set.ts'
import { openExecutor, type DeviceNote } from './core/engine/devices.ts'
import { openCodec, type Codec } from './core/image/codec.ts'
import { openPort } from './port.ts'
import { benchModel, type BenchRow, type BenchWish } from './steps/bench-model.ts'
import { exportModel } from './steps/export-model.ts'
import type { Form } from './steps/export-model/build.ts'
import { cadContent } from './steps/cad-content.ts'
import { measureGap } from './steps/gap.ts'
import { importAny, type AnyOptions } from './steps/import-any.ts'
import { measureMasks } from './steps/mask-figures.ts'
import { loadModel, predictFiles } from './steps/predict.ts'
import { renderCad } from './steps/render-cad.ts'
import { writeReport } from './steps/report.ts'
import { watchFolder, type WatchOptions } from './steps/watch-folder.ts'
import { openImportIssues } from './store/import-issues.ts'
import { openStore, type Store } from './store/index.ts'
import { threadsOf, withRun } from './wire.ts'

/** Process entry: one long piece of work beside the desktop, which a fault here never takes along. */

interface Tools {
  readonly signal: AbortSignal
  readonly report: (progress: Omit<Progress, 'runId'>) => Promise<void>
}

async function withStore<T>(project: string, work: (store: Store, codec: Codec) => Promise<T> | T): Promise<T> {
  const store = openStore(project)
  const codec = await openCodec()
  try {
    return await work(store, codec)
  } finally {
    codec.close()
    store.close()
  }
}

interface ImportInput { project: string; kind: AnyOptions['kind']; paths: string[]; tags: string[] | null }
const importFiles = ({ project, kind, paths, tags }: ImportInput, { signal, report }: Tools): Promise<ImportResult> =>
  withStore(project, (store, codec) => importAny(store, codec, paths, { kind, tags, signal, report }))

interface WatchInput { project: string; path: string; tags: WatchOptions['tags']; waits: boolean }
const watch = ({ project, path, tags, waits }: WatchInput, { signal, report }: Tools): Promise<ImportResult> =>
  withStore(project, (store, codec) => {
    const issues = openImportIssues(store)
    const result = { taken: 0 }
    const tell = (issue: ImportIssue) => {
      issues.add([issue])
      void report({ step: 'watch', done: result.taken, total: 0, unit: 'photos' })
    }
    return watchFolder(store, codec, path, { tags, waits, signal, tell, report: (progress) => {
      result.taken = progress.done
      return report(progress)
    } })
  })

interface CadInput { project: string; paths: string[]; reading: CadReading; settings: Partial<RenderSettings>; count: number; instances?: string }
const cad = ({ project, paths, reading, settings, count, instances }: CadInput, { signal, report }: Tools): Promise<ImportResult> =>
  withStore(project, (store, codec) => renderCad(store, codec, paths, { reading, settings, instances, count, seed: 1, signal, report }))

interface ReadCadInput { path: string; reading: CadReading }
async function readCad({ path, reading }: ReadCadInput, { signal }: Tools): Promise<CadContent> {
  const codec = await openCodec()
  try {
    return await cadContent(codec, path, reading, signal)
  } finally {
    codec.close()
  }
}

/** The report in a folder of its own: the page and the table, of which one is wanted. */
interface ReportInput { project: string; runId: number; folder: string }
const report = ({ project, runId, folder }: ReportInput): Promise<{ html: string; csv: string }> =>
  withStore(project, (store, codec) => {
    const html = writeReport(store, codec, folder, runId)
    return { html, csv: join(folder, 'metrics.csv') }
  })

interface ExportInput extends Form { project: string; runId: number; round: number; folder: string }
async function makeExport({ project, runId, round, folder, ...form }: ExportInput, { signal, report }: Tools): Promise<ExportCard> {
  const { why, bytes, parity, costs } = await withRun({ project, runId, device: 'cpu', threads: 0 }, { signal, onProgress: (progress) => void report(progress) },
    (run) => exportModel(run, round, folder, form))
  return {
    ...form, bytes, msPerPhoto: costs.ms, speedup: costs.wholeMs / costs.ms,
    state: why.length === 0 ? 'ready' : 'refused', reason: why.length === 0 ? null : why.join(' '), path: why.length === 0 ? folder : null,
    differing: parity.differing.map(({ id }) => id), miou: parity.miou?.written ?? null,
    parity: { agreement: 1 - parity.disagreement, largestDifference: parity.largestDifference, photos: parity.photos },
  }
}

interface PredictInput { project: string; runId: number; round: number; model: string | null; input: string; output: string }
async function predict(input: PredictInput, tools: Tools): Promise<{ path: string; photos: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-'))
  try {
    if (input.model === null) {
      const { reason } = await makeExport({ project: input.project, runId: input.runId, round: input.round, precision: 'float32', looks: 'all', batch: 1, size: 'dynamic', folder }, tools)
      if (reason !== null) throw new AppError({ code: 'export-refused', message: reason, advice: 'Export again; if it stays, report it with the project.' })
    }
    const model = await loadModel(input.model ?? folder, threadsOf(0))
    const codec = await openCodec()
    try {
      const { written } = await predictFiles(model, codec, [input.input], { out: input.output, ...tools })
      return { path: input.output, photos: written }
    } finally {
      codec.close()
      await model.dispose()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A new project with the sample line: renders, tagged photos and truth. */
interface SampleInput { path: string; sample: string }
async function sample({ path, sample }: SampleInput, { signal, report }: Tools): Promise<{ path: string }> {
  openStore(path, { create: true }).close()
  try {
    await withStore(path, (store, codec) => importAny(store, codec, [sample], { kind: 'auto', tags: null, signal, report }))
  } catch (error) {
    rmSync(path, { recursive: true, force: true })
    throw error
  }
  return { path }
}

const gap = ({ project }: { project: string }, { signal }: Tools): Promise<GapReport> => withStore(project, (store, codec) => measureGap(store, codec, signal))

interface FiguresInput { project: string; runId: number; round: number }
const figures = ({ project, runId, round }: FiguresInput, { signal }: Tools): Promise<void> =>
  withStore(project, (store) => measureMasks(store, runId, round, signal))

async function devices(): Promise<readonly DeviceNote[]> {
  const { executor, notes } = await openExecutor('auto', { threads: threadsOf(0) })
  await executor.dispose()
  return notes
}

const bench = (input: BenchWish, { signal }: Tools): Promise<BenchRow> => benchModel(input, signal)

const jobs = { bench, devices, import: importFiles, watch, cad, readCad, sample, report, export: makeExport, predict, gap, figures }
export type JobName = keyof typeof jobs
export type JobInput<K extends JobName> = Parameters<(typeof jobs)[K]>[0]
export type JobOutput<K extends JobName> = Awaited<ReturnType<(typeof jobs)[K]>>
export type JobCommand = { readonly type: 'start'; readonly job: JobName; readonly input: unknown } | { readonly type: 'stop' }
export type JobEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'finished'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: AppErrorData }

const port = openPort<JobEvent>()
const stop = new AbortController()

async function start(job: JobName, input: unknown): Promise<void> {
  try {
    const tools: Tools = { signal: stop.signal, report: (progress) => port.send({ type: 'progress', progress }) }
    const result = await (jobs[job] as (input: unknown, tools: Tools) => Promise<unknown>)(input, tools)
    await port.send({ type: 'finished', result })
  } catch (error) {
    const data = toErrorData(error)
    if (data.code === 'internal') console.error(error)
    await port.send({ type: 'failed', error: data })
  }
  setImmediate(() => process.exit(0))
}

// Ctrl-C reaches the whole process group; the parent decides when to stop.
process.on('SIGINT', () => undefined)
port.onClosed(() => process.exit(1))
port.onMessage((message) => {
  const command = message as JobCommand
  if (command.type === 'stop') stop.abort()
  else void start(command.job, command.input)
})
