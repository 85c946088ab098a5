import { AppError, toErrorData } from '../../preload/contract/error.ts'
import type { Instance } from './instances.ts'
import type { Metrics } from './metrics.ts'
import type { Prediction } from './predict-worker.ts'
import type { Predictor } from './predictor.ts'
import { QueueFull, type Queue } from './queue.ts'
import { judge, type Reason, type Rules } from './rules.ts'

export type Source = 'http' | 'watch' | 'stdio'

/** What the runner says of a picture; the same over HTTP, in files, on lines and by MQTT. */
export interface Result {
  /** As the sender called it, or the file's name. */
  readonly name: string | null
  readonly source: Source
  readonly finishedAtMs: number
  /** SHA-256 of the model. */
  readonly model: string
  readonly width: number
  readonly height: number
  readonly instances: readonly Instance[]
  /** null where there are no rules. */
  readonly verdict: 'pass' | 'fail' | null
  readonly reasons: readonly Reason[]
  readonly durationMs: { readonly wait: number } & Prediction['durationMs']
}

export interface Picture {
  /** Brings the bytes of the file. */
  readonly read: () => Promise<Uint8Array>
  readonly name: string | null
  readonly source: Source
  /** Whether the mask is wanted as PNG. */
  readonly mask: boolean
  /** Takes the picture away while it waits. */
  readonly signal?: AbortSignal
}
export interface Answer {
  readonly result: Result
  readonly mask?: Uint8Array
}

export interface LineParts {
  readonly predictor: Predictor
  readonly queue: Queue
  readonly metrics: Metrics
  readonly model: string
  readonly rules: Rules | null
  /** Hears every result. */
  readonly publish: ((result: Result) => void) | null
}

/** Takes pictures from any source to their results. */
export interface Line {
  /** @throws AppError `queue-full` (HTTP alone; the other sources bring one at a time), and of the picture; what `read` throws. */
  handle(picture: Picture): Promise<Answer>
}

export function openLine({ predictor, queue, metrics, model, rules, publish }: LineParts): Line {
  const resultOf = ({ name, source }: Picture, { width, height, instances = [], durationMs }: Prediction, wait: number): Result => ({
    name, source, finishedAtMs: Date.now(), model, width, height, instances,
    ...(rules ? judge(rules, instances, { width, height }) : { verdict: null, reasons: [] }),
    durationMs: { wait, ...durationMs },
  })
  const predict = (picture: Picture, bytes: Uint8Array): Promise<Answer> => {
    const readAt = performance.now()
    const { source, mask, signal } = picture
    return queue.run(async () => {
      const wait = Number((performance.now() - readAt).toFixed(2))
      const prediction = await predictor.predict({ bytes, mask, instances: true })
      return { result: resultOf(picture, prediction, wait), mask: prediction.mask }
    }, { always: source !== 'http', signal })
  }
  return {
    handle: async (picture) => {
      const cameAt = performance.now()
      try {
        const answer = await predict(picture, await picture.read())
        metrics.done(picture.source, 'ok', (performance.now() - cameAt) / 1000)
        publish?.(answer.result)
        return answer
      } catch (error) {
        const told = error instanceof QueueFull ? queueFull() : error
        metrics.done(picture.source, toErrorData(told).code)
        throw told
      }
    },
  }
}

export const queueFull = () => new AppError({
  code: 'queue-full', message: 'Too many pictures wait already.', advice: 'Send the picture again after the seconds that Retry-After names.',
})
