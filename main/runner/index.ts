import type { Readable, Writable } from 'node:stream'
import { identify } from './card.ts'
import { serveHttp, type HttpServer } from './http.ts'
import { openLine } from './line.ts'
import { openMetrics, type Gauge } from './metrics.ts'
import type { Publisher, PublisherOptions } from './mqtt.ts'
import { openPredictor } from './predictor.ts'
import { openQueue, type Queue } from './queue.ts'
import { readRules } from './rules.ts'
import { serveLines } from './stdio.ts'
import { checkFolders, watchFolder } from './watch.ts'

export interface RunnerOptions {
  /** model.onnx, or the folder that the export wrote. */
  readonly model: string
  readonly threads: number
  readonly maxPixels: number
  /** Smaller pieces are passed over: a share of the picture. */
  readonly minShare: number
  /** Pixels by which polygons may be simplified. */
  readonly tolerance: number
  /** Pictures that wait at most. */
  readonly queue: number
  readonly rules?: string
  readonly http?: { readonly host: string; readonly port: number; readonly maxBytes: number; readonly timeoutMs: number }
  readonly watch?: { readonly dir: string; readonly out: string }
  readonly lines?: { readonly input: Readable; readonly output: Writable }
  readonly mqtt?: Omit<PublisherOptions, 'say'>
  readonly say: (line: string) => void
}
export interface Runner {
  /** Port of HTTP; 0 where it is not served. */
  readonly port: number
  /** Resolves when the lines have ended; never where there are none. Rejects where a source breaks down. */
  readonly ended: Promise<void>
  /** Takes no more, finishes what it holds, and closes everything. */
  close(): Promise<void>
}

/**
 * The production runner: a model on a thread, a bounded queue before it, and pictures from HTTP, a hot folder or lines.
 *
 * Everything is checked, and the model has predicted once, before the first picture is taken.
 * @throws AppError where the model, the rules, a folder, the port or an address is wrong.
 */
export async function openRunner(options: RunnerOptions): Promise<Runner> {
  const { say, watch, lines, http } = options
  const opened: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const shut of opened.splice(0).reverse()) await shut()
  }
  try {
    if (watch) checkFolders(watch)
    const { file, sha256, card } = identify(options.model)
    const { threads, maxPixels, minShare, tolerance } = options
    const predictor = await openPredictor({ model: file, threads, maxPixels, minShare, tolerance })
    opened.push(() => predictor.close())
    const rules = options.rules === undefined ? null : readRules(options.rules, Object.entries(predictor.classes).filter(([index]) => index !== '0').map(([, name]) => name))
    const publisher = options.mqtt ? (await import('./mqtt.ts')).openPublisher({ ...options.mqtt, say }) : null
    if (publisher) opened.push(() => publisher.close())
    const queue = openQueue(options.queue)
    opened.push(() => queue.idle())
    const metrics = openMetrics()
    const line = openLine({ predictor, queue, metrics, model: sha256, rules, publish: publisher && ((result) => publisher.publish(JSON.stringify(result))) })
    const server: HttpServer | null = http ? await serveHttp({
      ...http, line, queue,
      health: () => ({ model: sha256, queue: { waiting: queue.depth, inFlight: queue.inFlight, limit: options.queue }, ...(publisher && { mqtt: publisher.isConnected ? 'connected' : 'away' }) }),
      model: () => ({ sha256, classes: predictor.classes, rules, card }),
      metricsText: () => metrics.text(gauges(queue, publisher, sha256, predictor.classes)),
    }) : null
    const stop = new AbortController()
    const watching = watch ? watchFolder({ ...watch, line, say, signal: stop.signal }) : null
    const answering = lines ? serveLines(line, lines.input, lines.output, stop.signal) : null
    opened.push(async () => {
      stop.abort()
      await Promise.allSettled([server?.close(), watching, answering])
    })
    if (http && server) say(`Serves ${file} at http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${server.port}`)
    if (watch) say(`Watches ${watch.dir} and writes to ${watch.out}.`)
    const ended = Promise.race([answering, watching].map((source) => source ?? new Promise<void>(() => undefined)))
    return { port: server?.port ?? 0, ended, close }
  } catch (error) {
    await close()
    throw error
  }
}

function gauges(queue: Queue, publisher: Publisher | null, sha256: string, classes: Readonly<Record<string, string>>): Gauge[] {
  const { rss } = process.memoryUsage()
  return [
    { name: 'maskwright_queue_depth', help: 'Pictures that wait.', value: queue.depth },
    { name: 'maskwright_in_flight', help: 'Pictures at work.', value: queue.inFlight },
    { name: 'maskwright_model_info', help: 'The model that is served.', value: 1, labels: { sha256, workpieces: String(Object.keys(classes).filter((index) => index !== '0').length) } },
    { name: 'process_resident_memory_bytes', help: 'Memory of the whole process.', value: rss },
    { name: 'process_start_time_seconds', help: 'When the process started, in seconds since 1970.', value: Math.round(performance.timeOrigin / 1000) },
    ...(publisher ? [
      { name: 'maskwright_mqtt_connected', help: 'Whether the broker is there.', value: publisher.isConnected ? 1 : 0 },
      { name: 'maskwright_mqtt_waiting', help: 'Results that wait for the broker.', value: publisher.waiting },
      { name: 'maskwright_mqtt_dropped_total', help: 'Results that made room for newer ones.', value: publisher.dropped, type: 'counter' as const },
    ] : []),
  ]
}
