import { AppError } from '../../preload/contract/error.ts'
import { openRunner, type RunnerOptions } from '../runner/index.ts'
import { threadsOf } from '../wire.ts'
import { parse, whole } from './arguments.ts'
import type { Answer, Say } from './commands.ts'

export const serveUsage = 'serve MODEL [--host 127.0.0.1] [--port 8600] [--watch DIR --out DIR] [--stdio] [--mqtt mqtt://HOST[:PORT]/TOPIC]\n'
  + '      [--rules FILE] [--queue 32] [--threads N] [--max-body BYTES] [--max-pixels N] [--upload-timeout SECONDS] [--min-share 0.0005] [--tolerance 1]'

/** Runs a model beside the camera until it is told to stop, or the lines of --stdio end. */
export async function serve(args: readonly string[], say: Say): Promise<Answer> {
  const runner = await openRunner(optionsOf(args, say))
  const stopped = Promise.withResolvers<void>()
  const stop = () => {
    say('Finishing what is at work ...')
    stopped.resolve()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.stdout.once('error', stop)
  try {
    await Promise.race([stopped.promise, runner.ended])
  } finally {
    await runner.close()
  }
  return { data: { stopped: true }, text: '' }
}

function optionsOf(args: readonly string[], say: Say): RunnerOptions {
  const text = { type: 'string' } as const
  const { values, positionals: [model] } = parse(args, {
    host: text, port: text, watch: text, out: text, stdio: { type: 'boolean' }, mqtt: text, rules: text, queue: text, threads: text,
    'max-body': text, 'max-pixels': text, 'upload-timeout': text, 'min-share': text, tolerance: text,
  }, serveUsage, 1)
  const wrong = (message: string) => new AppError({ code: 'invalid-input', message, advice: `Usage: maskwright ${serveUsage}` })
  if ((values.watch === undefined) !== (values.out === undefined)) throw wrong('--watch and --out belong together.')
  const http = !values.stdio || values.port !== undefined
  return {
    model, say, rules: values.rules,
    threads: threadsOf(whole(values.threads, '--threads') ?? 0),
    queue: whole(values.queue, '--queue') ?? 32,
    maxPixels: whole(values['max-pixels'], '--max-pixels') ?? 25_000_000,
    minShare: decimal(values['min-share'], '--min-share') ?? 0.0005,
    tolerance: decimal(values.tolerance, '--tolerance') ?? 1,
    http: http ? {
      host: values.host ?? '127.0.0.1', port: whole(values.port, '--port') ?? 8600,
      maxBytes: whole(values['max-body'], '--max-body') ?? 32_000_000, timeoutMs: 1000 * (whole(values['upload-timeout'], '--upload-timeout') ?? 30),
    } : undefined,
    watch: values.watch === undefined ? undefined : { dir: values.watch, out: values.out! },
    lines: values.stdio ? { input: process.stdin, output: process.stdout } : undefined,
    mqtt: values.mqtt === undefined ? undefined : { address: values.mqtt, user: process.env.MASKWRIGHT_MQTT_USER, password: process.env.MASKWRIGHT_MQTT_PASSWORD },
  }
}

/** A number of 0 or more given as text, or undefined. Throws AppError `invalid-input`. */
function decimal(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new AppError({ code: 'invalid-input', subject: name, message: `"${text}" is no number for ${name}.`, advice: `Write ${name} as a number such as 0.5.` })
  return value
}
