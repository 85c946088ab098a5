import { createRequire } from 'node:module'
import * as ort from 'onnxruntime-node'
import type { DeviceName } from './types.ts'

export type OnnxDevice = Exclude<DeviceName, 'tfjs-node-gpu'>

export const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }

/** What fails is thrown; onnxruntime's own log of it would only repeat it. */
ort.env.logLevel = 'fatal'

/** What people call them. */
export const deviceNames: Record<OnnxDevice, string> = {
  cpu: 'CPU', webgpu: 'GPU by WebGPU', dml: 'GPU by DirectML', cuda: 'GPU by CUDA', coreml: 'CoreML',
}

export interface SessionOptions {
  readonly device: OnnxDevice
  readonly threads: number
  /**
   * How far onnxruntime may rewrite the graph. Training steps are run as they were traced: its rewriting would move their
   * transpositions to dearer places.
   */
  readonly rewriting: 'disabled' | 'all'
  /** Outputs that stay on the device. */
  readonly kept?: readonly string[]
}

/** Opens a session; threads do not spin between operators, which would take the cores from everybody else. */
export function openSession(bytes: Uint8Array, { device, threads, rewriting, kept = [] }: SessionOptions) {
  return ort.InferenceSession.create(bytes, {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: device !== 'dml',
    graphOptimizationLevel: rewriting,
    ...(kept.length > 0 && { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const])) }),
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
}
