import { parentPort } from 'node:worker_threads'
import { onMessages } from '../core/threads.ts'
import { batchSampler, type PhotoSample, type RenderSample, type Sampler, type SamplerOptions } from '../core/train/sampler.ts'
import { photoWeights, renderWeights } from '../core/train/spatial-weights.ts'

/** Thread entry: draws training batches ahead of the trainer, so that drawing and training take a core each. */

export interface BatchSetup {
  readonly renders: readonly RenderSample[]
  readonly photos: readonly PhotoSample[]
  readonly options: SamplerOptions
  /** Weights of pixels: the band along edges of renders, and the distance over which trust in a pseudo label grows. */
  readonly boundary: { readonly k: number; readonly width: number }
  readonly distance: number
  /** Weight of background pixels. */
  readonly background: number
}
/** A batch to draw: for the segmentation network, or for the tag classifier. */
export type BatchWish =
  | { readonly kind: 'pixels'; readonly round: number; readonly step: number }
  | { readonly kind: 'tags'; readonly step: number; readonly size: number; readonly renderShare: number }
export type BatchInputs = Record<string, Float32Array | Int32Array>
export type BatchReply = { readonly id: number; readonly inputs: BatchInputs } | { readonly id: number; readonly message: string }
export type BatchMessage = { readonly setup: BatchSetup } | { readonly id: number; readonly wish: BatchWish }

let setup: BatchSetup
let sampler: Sampler

function draw(wish: BatchWish): BatchInputs {
  if (wish.kind === 'tags') {
    const { image, tags } = sampler.tagBatch(wish.step, wish.size, wish.renderShare)
    return { image, tags }
  }
  const { image, labels, renders } = sampler.batch(wish.round, wish.step)
  return { image, labels, pixelWeights: pixelWeights(labels, renders) }
}

/** Weights of a batch's pixels: the edges of renders, the insides of pseudo labels (method, section 3), the background. */
function pixelWeights(labels: Int32Array, renders: number): Float32Array {
  const { width, height } = setup.options
  const n = width * height
  const out = new Float32Array(labels.length)
  for (let row = 0; row * n < labels.length; row++) {
    const map = { width, height, data: Uint8Array.from(labels.subarray(row * n, (row + 1) * n)) }
    out.set((row < renders ? renderWeights(map, setup.boundary) : photoWeights(map, { s: setup.distance })).data, row * n)
  }
  if (setup.background !== 1) labels.forEach((label, i) => void (label === 0 && (out[i] *= setup.background)))
  return out
}

function take(message: BatchMessage): void {
  if ('setup' in message) {
    setup = message.setup
    sampler = batchSampler(setup.renders, setup.photos, setup.options)
    return
  }
  try {
    const inputs = draw(message.wish)
    parentPort!.postMessage({ id: message.id, inputs } satisfies BatchReply, Object.values(inputs).map((array) => array.buffer as ArrayBuffer))
  } catch (error) {
    parentPort!.postMessage({ id: message.id, message: error instanceof Error ? error.message : String(error) } satisfies BatchReply)
  }
}

onMessages(take, () => undefined)
