import type { z } from 'zod'
import { BatchChoice, looks, precisions, SizeChoice } from '../../preload/contract/run-data.ts'
import { AppError } from '../../preload/contract/error.ts'
import { openCodec } from '../core/image/codec.ts'
import { exportModel as exportStep, type ExportResult } from '../steps/export-model.ts'
import { refused } from '../steps/export-model/gate.ts'
import { loadModel, predictFiles } from '../steps/predict.ts'
import { openStore } from '../store/index.ts'
import { threadsOf, withRun } from '../wire.ts'
import { parse, whole } from './arguments.ts'
import type { Answer, Say } from './commands.ts'
import { progressBar } from './progress-bar.ts'
import { required } from './project-commands.ts'
import { oneOf } from './run.ts'

const usage = 'export P --out DIR [--run ID] [--round N] [--precision float32|float16|int8] [--looks all|one] [--batch N|dynamic] [--size WxH|dynamic]'

export async function exportModel(args: readonly string[]): Promise<Answer> {
  const { values, positionals: [project] } = parse(args, {
    out: { type: 'string' }, run: { type: 'string' }, round: { type: 'string' },
    precision: { type: 'string', default: 'float32' }, looks: { type: 'string', default: 'all' }, batch: { type: 'string', default: '1' }, size: { type: 'string', default: 'dynamic' },
  }, usage, 1)
  const out = required(values.out, usage)
  const form = { precision: oneOf(precisions, values.precision, 'precision'), looks: oneOf(looks, values.looks, 'way of looking'), batch: batchOf(values.batch), size: sizeOf(values.size) }
  const { runId, round } = chosenRound(project, whole(values.run, '--run'), whole(values.round, '--round'))
  const bar = progressBar(process.stderr)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    const data = await withRun({ project, runId, device: 'cpu', threads: 0 }, { signal: stop.signal, onProgress: bar.draw }, (run) => exportStep(run, round, out, form))
    if (data.why.length > 0) throw refused(data)
    return { data, text: exported(data) }
  } finally {
    bar.end()
  }
}

const exported = ({ model, bytes, parity, costs }: ExportResult) => `Wrote ${model} (${(bytes / 1e6).toFixed(1)} MB, ${costs.ms.toFixed(1)} ms a photo). It labels ${
  ((1 - parity.disagreement) * 100).toFixed(3)} % of the pixels of ${parity.photos} photos as the trained network does.`

const wrongForm = (word: string, name: string, example: string) => new AppError({
  code: 'invalid-input', subject: word, message: `"${word}" is no ${name} of a model.`, advice: `Write ${example}. Usage: maskwright ${usage}`,
})

function batchOf(word: string): z.output<typeof BatchChoice> {
  const batch = BatchChoice.safeParse(word === 'dynamic' ? word : Number(word))
  if (!batch.success) throw wrongForm(word, 'batch', '--batch 1 to 64, or --batch dynamic')
  return batch.data
}

export function sizeOf(word: string): z.output<typeof SizeChoice> {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(word) ?? []
  const size = SizeChoice.safeParse(width === undefined ? word : { width: Number(width), height: Number(height) })
  if (!size.success) throw wrongForm(word, 'size', '--size 640x480 (32 to 8192 a side), or --size dynamic')
  return size.data
}

/** The round to export: as asked, or the last trained one. Throws AppError `step-order`. */
function chosenRound(project: string, runId: number | undefined, round: number | undefined): { runId: number; round: number } {
  const store = openStore(project)
  try {
    const runs = store.runs.list().filter((run) => runId === undefined || run.id === runId)
    for (const run of runs.toReversed()) {
      const done = store.rounds.list(run.id).filter((r) => r.state === 'done' && r.round > 0 && (round === undefined || r.round === round))
      if (done.length > 0) return { runId: run.id, round: done[done.length - 1].round }
    }
    throw new AppError({ code: 'step-order', message: 'There is no trained round to export.', advice: 'Train first, or choose a run and round that "status" lists.' })
  } finally {
    store.close()
  }
}

export async function predict(args: readonly string[], say: Say): Promise<Answer> {
  const usage = 'predict MODEL IMAGE|DIR... --out DIR'
  const { values, positionals: [path, ...inputs] } = parse(args, { out: { type: 'string' } }, usage, 2, Infinity)
  const out = required(values.out, usage)
  const model = await loadModel(path, threadsOf(0))
  const codec = await openCodec()
  const bar = progressBar(process.stderr)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    const data = await predictFiles(model, codec, inputs, { out, signal: stop.signal, report: async (progress) => bar.draw(progress) })
    for (const issue of data.issues) say(`${issue.file}: ${issue.message} ${issue.advice}`)
    return { data: { ...data, out }, text: `Wrote masks of ${data.written} pictures to ${out}.` }
  } finally {
    bar.end()
    codec.close()
    await model.dispose()
  }
}
