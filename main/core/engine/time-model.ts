import * as ort from 'onnxruntime-node'
import { openSession, type OnnxDevice } from './session.ts'

export interface TimeOptions {
  readonly device: OnnxDevice
  readonly threads: number
  readonly batch: number
  /** Size of the pictures. */
  readonly width: number
  readonly height: number
  readonly seconds: number
  readonly signal: AbortSignal
}

export interface Timing {
  /** Milliseconds of runs, sorted. */
  readonly ms: Float64Array
  /** Pictures a second. */
  readonly perSecond: number
}

const warmups = 3

/**
 * Runs a model again and again on a picture of noise.
 *
 * @throws Error of onnxruntime if the bytes are no model, the device is not there or the shape does not fit.
 */
export async function timeModel(bytes: Uint8Array, { device, threads, batch, width, height, seconds, signal }: TimeOptions): Promise<Timing> {
  const session = await openSession(bytes, { device, threads, rewriting: 'all' })
  try {
    let state = 1
    const noise = Uint8Array.from({ length: batch * height * width * 3 }, () => (state = (state * 48271) % 2147483647) & 255)
    const image = new ort.Tensor('uint8', noise, [batch, height, width, 3])
    for (let i = 0; i < warmups; i++) await session.run({ image })
    const ms: number[] = []
    const startedAt = performance.now()
    while (ms.length === 0 || performance.now() - startedAt < seconds * 1000) {
      signal.throwIfAborted()
      const at = performance.now()
      await session.run({ image })
      ms.push(performance.now() - at)
    }
    return { ms: Float64Array.from(ms).sort(), perSecond: (batch * ms.length * 1000) / (performance.now() - startedAt) }
  } finally {
    await session.release()
  }
}

/** The value below which a share of sorted values lies (nearest rank). */
export const quantile = (sorted: Float64Array, share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
