import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { AppError } from '../../preload/contract/error.ts'
import { deviceNames, type OnnxDevice } from '../core/engine/session.ts'
import { openCodec } from '../core/image/codec.ts'
import { decodeModel } from '../core/onnx/read-model.ts'
import { entryFile } from '../entries.ts'
import type { JobCommand, JobEvent } from '../job.ts'
import type { BenchRow, BenchWish } from '../steps/bench-model.ts'
import { modelFile } from '../steps/predict.ts'
import { verifyBundle } from '../steps/verify-bundle.ts'
import { threadsOf } from '../wire.ts'
import { parse } from './arguments.ts'
import type { Answer, Say } from './commands.ts'
import { sizeOf } from './model-commands.ts'
import { progressBar } from './progress-bar.ts'
import { oneOf } from './run.ts'
import { table } from './table.ts'

export async function verify(args: readonly string[]): Promise<Answer> {
  const { positionals: [dir] } = parse(args, {}, 'verify DIR', 1)
  const codec = await openCodec()
  const bar = progressBar(process.stderr)
  try {
    const checks = await verifyBundle(dir, codec, { threads: threadsOf(0), report: async (progress) => bar.draw(progress) })
    const wrong = checks.filter(({ ok }) => !ok)
    const lines = checks.map(({ name, ok, detail }) => `${ok ? 'ok    ' : 'FAILED'}  ${name} ${detail}`)
    const verdict = wrong.length === 0 ? `${dir} is as it was written.` : `${dir} is not as it was written: ${wrong.length} of ${checks.length} checks failed. Do not use it.`
    return { data: { ok: wrong.length === 0, checks }, text: [...lines, verdict].join('\n'), failed: wrong.length > 0 }
  } finally {
    bar.end()
    codec.close()
  }
}

const benchUsage = 'bench MODEL [--device cpu|webgpu|dml|cuda|coreml] [--threads 1,2] [--batch 1,4] [--size WxH] [--seconds N]'

/** Each choice in a process of its own, so that its memory is its own. */
export async function bench(args: readonly string[], say: Say): Promise<Answer> {
  const { values, positionals: [model] } = parse(args, {
    device: { type: 'string', default: 'cpu' }, threads: { type: 'string' }, batch: { type: 'string' }, size: { type: 'string' }, seconds: { type: 'string', default: '5' },
  }, benchUsage, 1)
  const device = oneOf(Object.keys(deviceNames) as OnnxDevice[], values.device, 'device')
  const [ownBatch, ownHeight, ownWidth] = shapeOf(model)
  const size = values.size === undefined ? 'dynamic' : sizeOf(values.size)
  const { width, height } = size === 'dynamic' ? { width: numberOr(ownWidth, 640), height: numberOr(ownHeight, 480) } : size
  const [seconds] = counts(values.seconds, '--seconds')
  const rows: BenchRow[] = []
  for (const threads of counts(values.threads ?? String(threadsOf(0)), '--threads'))
    for (const batch of counts(values.batch ?? String(numberOr(ownBatch, 1)), '--batch')) {
      say(`${deviceNames[device]}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, batch ${batch}, ${width} x ${height}: ${seconds} s ...`)
      rows.push(await inOwnProcess({ model, device, threads, batch, width, height, seconds }))
    }
  const head = ['device', 'threads', 'batch', 'runs', 'p50 ms', 'p95 ms', 'p99 ms', 'photos/s', 'memory MB']
  const lines = rows.map((row) => [row.device, ...[row.threads, row.batch, row.runs].map(String),
    ...[row.p50, row.p95, row.p99, row.perSecond].map((value) => value.toFixed(1)), (row.memory / 1e6).toFixed(0)])
  return { data: { model, rows }, text: table([head, ...lines]) }
}

const numberOr = (size: number | string | undefined, other: number) => (typeof size === 'number' ? size : other)

/** The shape of the model's input. Throws AppError `model-unreadable`. */
function shapeOf(model: string): readonly (number | string)[] {
  const file = modelFile(model)
  try {
    return decodeModel(readFileSync(file)).inputs[0]?.shape ?? []
  } catch {
    throw new AppError({ code: 'model-unreadable', subject: file, message: `${file} is no model of Maskwright.`, advice: 'Name a model.onnx, or the folder, that "export" wrote.' })
  }
}

/** Whole numbers above zero between commas. */
function counts(text: string, name: string): number[] {
  const numbers = text.split(',').map(Number)
  if (numbers.every((n) => Number.isInteger(n) && n > 0)) return numbers
  throw new AppError({ code: 'invalid-input', subject: name, message: `"${text}" is no list of numbers for ${name}.`, advice: `Write ${name} 1 or ${name} 1,2. Usage: maskwright ${benchUsage}` })
}

function inOwnProcess(input: BenchWish): Promise<BenchRow> {
  const child = fork(entryFile('job'), { serialization: 'advanced' })
  return new Promise((resolve, reject) => {
    child.on('message', (event: JobEvent) => {
      if (event.type === 'finished') resolve(event.result as BenchRow)
      else if (event.type === 'failed') reject(new AppError(event.error))
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`the measuring process ended unexpectedly (exit code ${code})`)))
    child.send({ type: 'start', job: 'bench', input } satisfies JobCommand)
  })
}
