import { readFileSync } from 'node:fs'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportResult, Progress } from '../../preload/contract/model.ts'
import { openCodec, type Codec } from '../core/image/codec.ts'
import { datasetFormats } from '../steps/datasets/dataset.ts'
import { importLabelled, importPhotos } from '../steps/import-images.ts'
import { writeReport } from '../steps/report.ts'
import { statusOf } from '../steps/status.ts'
import { openStore, type Store } from '../store/index.ts'
import { parse, whole } from './arguments.ts'
import type { Answer, Say } from './commands.ts'
import { progressBar } from './progress-bar.ts'
import { oneOf } from './run.ts'
import { statusText } from './status-text.ts'

const ending = '.maskwright'
/** Ctrl-C, and what service managers send. */
const stops = ['SIGINT', 'SIGTERM'] as const

export async function newProject(args: readonly string[]): Promise<Answer> {
  const { positionals: [path] } = parse(args, {}, 'new P', 1)
  const dir = path.endsWith(ending) ? path : `${path}${ending}`
  const store = openStore(dir, { create: true })
  store.close()
  return { data: { project: store.name, path: dir }, text: `Made the project ${dir}.` }
}

/** Opens a project and the decoder for some work that a person may stop with Ctrl-C. */
export async function withProject<T>(
  path: string, work: (tools: { store: Store; codec: Codec; signal: AbortSignal; report: (p: Omit<Progress, 'runId'>) => Promise<void> }) => Promise<T> | T,
): Promise<T> {
  const store = openStore(path)
  const codec = await openCodec()
  const bar = progressBar(process.stderr)
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  for (const name of stops) process.once(name, onSignal)
  try {
    return await work({ store, codec, signal: stop.signal, report: async (progress) => bar.draw(progress) })
  } finally {
    for (const name of stops) process.off(name, onSignal)
    bar.end()
    codec.close()
    store.close()
  }
}

export async function importImages(args: readonly string[], say: Say): Promise<Answer> {
  const usage = 'import renders|photos|truth P DIR [--format auto|index|coco|voc|yolo|bop] [--tags FILE] [--classes FILE]'
  const { values, positionals: [kind, project, dir] } = parse(args, {
    tags: { type: 'string' }, classes: { type: 'string' }, format: { type: 'string', default: 'auto' },
  }, usage, 3)
  const what = oneOf(['renders', 'photos', 'truth'] as const, kind, 'kind of import')
  const format = oneOf(['auto', 'index', ...datasetFormats] as const, values.format, '--format')
  const result = await withProject(project, ({ store, codec, signal, report }) => {
    if (what === 'photos') return importPhotos(store, codec, dir, { signal, report, tags: values.tags })
    return importLabelled(store, codec, what, dir, { signal, report, format, classes: values.classes })
  })
  for (const issue of result.issues) say(`${issue.file}: ${issue.message} ${issue.advice}`)
  return { data: result, text: importText(what, result) }
}

export const importText = (what: string, { added, duplicates, issues }: ImportResult) =>
  `${added} ${what} imported, ${duplicates} were there already, ${issues.length} need attention.`

export async function status(args: readonly string[]): Promise<Answer> {
  const { positionals: [project] } = parse(args, {}, 'status P', 1)
  const data = statusOf(project)
  return { data, text: statusText(data) }
}

export async function report(args: readonly string[]): Promise<Answer> {
  const usage = 'report P --out DIR [--run ID]'
  const { values, positionals: [project] } = parse(args, { out: { type: 'string' }, run: { type: 'string' } }, usage, 1)
  const out = required(values.out, usage)
  const file = await withProject(project, ({ store, codec }) => writeReport(store, codec, out, whole(values.run, '--run')))
  return { data: { report: file, bytes: readFileSync(file).length }, text: `Wrote ${file}.` }
}

export function required(out: string | undefined, usage: string): string {
  if (out) return out
  throw new AppError({ code: 'invalid-input', message: 'The folder to write to is missing.', advice: `Usage: maskwright ${usage}` })
}
