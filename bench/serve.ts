/**
 * The production runner under load: a process of its own, clients that send photos as fast as they are answered and wait where they are told to,
 * and one that sends garbage, cut and huge bodies. Counts what was sent and answered, latencies, and memory; then SIGTERM while pictures are at work.
 * Without MODEL: PSPNet-ResNet-18 of full width with random weights at 320 x 240. Prints JSON.
 *
 *   npm run bench:serve -- [MODEL] [--clients 16] [--seconds 300] [--queue 8] [--threads N]
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { exportGraph } from '../main/core/engine/export-graph.ts'
import { encodeModel } from '../main/core/onnx/model.ts'
import { version } from '../main/core/engine/session.ts'
import { initialise } from '../main/core/model/initialise.ts'
import { pspnet } from '../main/core/model/pspnet.ts'
import { predictStep } from '../main/core/train/predict-step.ts'

const text = { type: 'string' } as const
const { values, positionals: [given] } = parseArgs({ allowPositionals: true, options: { clients: text, seconds: text, queue: text, threads: text } })
const [clients, seconds, queue] = [Number(values.clients ?? 16), Number(values.seconds ?? 300), Number(values.queue ?? 8)]
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const photoDir = at('../resources/sample/photos')
const photos = readdirSync(photoDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg')).map((name) => readFileSync(join(photoDir, name)))

/** Statuses by count, beside those that broke off; milliseconds of those that were answered with a result. */
interface Tally {
  sent: number
  broken: number
  readonly statuses: Record<string, number>
  readonly ms: number[]
}
const newTally = (): Tally => ({ sent: 0, broken: 0, statuses: {}, ms: [] })

function drawnModel(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bench-serve-'))
  const network = pspnet({ backbone: 'resnet18', width: 1, outputStride: 16, decoder: 'skip', classes: 9 })
  const { fn, signature, stateOf } = predictStep(network, { batch: 1, height: 240, width: 320 })
  writeFileSync(join(dir, 'model.onnx'), encodeModel(exportGraph(fn, signature, stateOf(initialise(network.parameters, 1)), { output: 'probabilities' })))
  return dir
}

async function start(model: string): Promise<{ child: ChildProcess; port: number }> {
  const threads = values.threads === undefined ? [] : ['--threads', values.threads]
  const child = spawn(process.execPath, [at('../main/cli.ts'), 'serve', model, '--port', '0', '--queue', String(queue), ...threads], { stdio: ['ignore', 'inherit', 'pipe'] })
  for await (const line of createInterface({ input: child.stderr! })) {
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port) {
      child.stderr!.pipe(process.stderr)
      return { child, port: Number(port) }
    }
    process.stderr.write(`${line}\n`)
  }
  throw new Error('expected the runner to listen, got its end')
}

interface Reply { status: number; body: string; retryAfter: number }

function send(agent: Agent, port: number, path: string, body: Uint8Array | null, headers: Record<string, string | number> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request({ agent, port, host: '127.0.0.1', path, method: body ? 'POST' : 'GET', headers: body ? { 'Content-Length': body.length, ...headers } : {} }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part)).on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString(), retryAfter: Number(response.headers['retry-after'] ?? 0) }))
    })
    call.on('error', reject)
    call.end(body ?? undefined)
  })
}

/** Sends photos one after the other until the time is up; waits where it is told to. */
async function client(port: number, untilMs: number, tally: Tally, first: number): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  for (let i = first; performance.now() < untilMs; i++) {
    const startedAt = performance.now()
    tally.sent++
    const reply = await send(agent, port, '/predict', photos[i % photos.length], { Accept: i % 2 ? 'image/png' : 'application/json' }).catch(() => null)
    if (!reply) tally.broken++
    else tally.statuses[reply.status] = (tally.statuses[reply.status] ?? 0) + 1
    if (reply?.status === 200) tally.ms.push(performance.now() - startedAt)
    if (reply?.status === 503) await sleep(1000 * reply.retryAfter)
  }
  agent.destroy()
}

/** Sends what no one should: garbage, a picture cut off, a body that is said to be huge. */
async function vandal(port: number, untilMs: number, tally: Tally): Promise<void> {
  const agent = new Agent()
  const bodies: [Uint8Array, Record<string, string | number>][] = [
    [Buffer.alloc(5000, 7), {}], [photos[0].subarray(0, 2000), {}], [Buffer.alloc(100), { 'Content-Length': 5e9, Expect: '100-continue' }],
  ]
  for (let i = 0; performance.now() < untilMs; i++) {
    tally.sent++
    const [body, headers] = bodies[i % bodies.length]
    const reply = await send(agent, port, '/predict', body, headers).catch(() => null)
    if (reply) tally.statuses[reply.status] = (tally.statuses[reply.status] ?? 0) + 1
    else tally.broken++
    await sleep(100)
  }
}

async function residentMB(port: number): Promise<number> {
  const { body } = await send(new Agent(), port, '/metrics', null)
  return Math.round(Number(/^process_resident_memory_bytes (\d+)/m.exec(body)?.[1]) / 1e6)
}

async function load(port: number, count: number, forMs: number, withVandal: boolean) {
  const untilMs = performance.now() + forMs
  const [tally, rough] = [newTally(), newTally()]
  const memoryMB: number[] = []
  const watch = setInterval(() => void residentMB(port).then((mb) => memoryMB.push(mb)), Math.max(1000, forMs / 20))
  await Promise.all([...Array.from({ length: count }, (_, i) => client(port, untilMs, tally, i * 7)), ...(withVandal ? [vandal(port, untilMs, rough)] : [])])
  clearInterval(watch)
  const { sent, broken, statuses, ms } = tally
  const answered = Object.values(statuses).reduce((a, b) => a + b, 0)
  return { sent, answered, broken, statuses, ...quantiles(ms), perSecond: Math.round((10_000 * ms.length) / forMs) / 10,
    memoryMB: { start: memoryMB[0], end: memoryMB.at(-1), most: Math.max(...memoryMB), all: memoryMB.join(' ') },
    ...(withVandal && { rough: { sent: rough.sent, broken: rough.broken, statuses: rough.statuses } }) }
}

function quantiles(ms: number[]) {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (q: number) => Math.round(10 * sorted[Math.floor(q * (sorted.length - 1))]) / 10
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}

/** SIGTERM while pictures are at work: each is answered, and the process ends with 0. */
async function stopUnderLoad({ child, port }: { child: ChildProcess; port: number }) {
  const agent = new Agent({ keepAlive: true })
  const ended = once(child, 'exit')
  const replies = Array.from({ length: 4 }, (_, i) => send(agent, port, '/predict', photos[i]).then(({ status }) => status, () => 'lost'))
  await sleep(5)
  child.kill('SIGTERM')
  const statuses = await Promise.all(replies)
  agent.destroy()
  const [exitCode] = (await ended) as [number | null]
  return { statuses, exitCode }
}

const model = given ?? drawnModel()
const runner = await start(model)
await load(runner.port, 1, 2000, false)
const one = await load(runner.port, 1, Math.min(30_000, seconds * 500), false)
const many = await load(runner.port, clients, seconds * 1000, true)
const stop = await stopUnderLoad(runner)
if (!given) rmSync(model, { recursive: true })
process.stdout.write(`${JSON.stringify({
  bench: 'serve', model: given ?? 'PSPNet-ResNet-18, random weights', machine: { processor: cpus()[0].model, cores: cpus().length, node: process.version, onnxruntime: version },
  clients, seconds, queue, oneClient: one, p99OverP50: Math.round((100 * one.p99Ms) / one.p50Ms) / 100, manyClients: many, stop,
}, null, 2)}\n`)
