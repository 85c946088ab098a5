import { readFileSync } from 'node:fs'
import { AppError } from '../../preload/contract/error.ts'
import { quantile, timeModel, type TimeOptions } from '../core/engine/time-model.ts'
import { modelFile } from './predict.ts'

export interface BenchWish extends Omit<TimeOptions, 'signal'> {
  readonly model: string
}

/** How a model does under one choice of device, threads and batch. */
export interface BenchRow extends Omit<BenchWish, 'model' | 'seconds'> {
  readonly runs: number
  /** Milliseconds a run. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Pictures a second. */
  readonly perSecond: number
  /** Most memory this process held, in bytes. */
  readonly memory: number
}

/**
 * Step: a model -> latency, throughput and memory. Wants a process of its own, so that memory is the model's.
 *
 * @throws AppError `model-unreadable`, or `device-unavailable` where the device or the shape is not to be had.
 */
export async function benchModel({ model, ...choice }: BenchWish, signal: AbortSignal): Promise<BenchRow> {
  const bytes = readFileSync(modelFile(model))
  try {
    const { ms, perSecond } = await timeModel(bytes, { ...choice, signal })
    const { device, threads, batch, width, height } = choice
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(ms, share))
    return { device, threads, batch, width, height, runs: ms.length, p50, p95, p99, perSecond, memory: process.resourceUsage().maxRSS * 1024 }
  } catch (error) {
    if (signal.aborted) throw error
    throw new AppError({
      code: 'device-unavailable', subject: choice.device,
      message: `The model does not run on ${choice.device} in batches of ${choice.batch} at ${choice.width} x ${choice.height}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      advice: 'Choose a device that "devices" lists, and the batch and size the model was written for.',
    })
  }
}
