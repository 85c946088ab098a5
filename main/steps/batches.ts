import { endThread, startThread } from '../core/threads.ts'
import type { BatchInputs, BatchMessage, BatchReply, BatchSetup, BatchWish } from './batch-worker.ts'
import { entryUrl } from './pool.ts'

/** Training batches, drawn ahead on a thread of their own. */
export interface Batches {
  /** The batch of a wish, and a start on those of `ahead`. */
  draw(wish: BatchWish, ahead: readonly BatchWish[]): Promise<BatchInputs>
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (inputs: BatchInputs) => void
  readonly reject: (error: Error) => void
}

/** Starts the thread and hands it the pictures of the setup, which are its own from then on. A batch depends on the setup and its wish alone. */
export function openBatches(setup: BatchSetup): Batches {
  const worker = startThread(entryUrl('batch-worker'))
  const send = (message: BatchMessage, handed: readonly ArrayBuffer[] = []) => worker.postMessage(message, handed)
  const waiting = new Map<number, Waiting>()
  const ready = new Map<string, Promise<BatchInputs>>()
  let count = 0
  worker.on('message', (reply: BatchReply) => {
    const task = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('inputs' in reply) task?.resolve(reply.inputs)
    else task?.reject(new Error(reply.message))
  })
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error as Error)
    waiting.clear()
  })
  send({ setup }, wholeBuffers(setup))

  const wanted = (wish: BatchWish) => {
    const key = JSON.stringify(wish)
    let batch = ready.get(key)
    if (!batch) {
      batch = new Promise<BatchInputs>((resolve, reject) => waiting.set(++count, { resolve, reject }))
      batch.catch(() => undefined)
      ready.set(key, batch)
      send({ id: count, wish })
    }
    return batch
  }
  return {
    async draw(wish, ahead) {
      const batch = wanted(wish)
      ahead.forEach(wanted)
      const inputs = await batch
      ready.delete(JSON.stringify(wish))
      return inputs
    },
    close: () => endThread(worker),
  }
}

/** Memory of a setup's pictures that nothing else lies in; the rest is copied. */
function wholeBuffers({ renders, photos }: BatchSetup): ArrayBuffer[] {
  const arrays = [...renders.flatMap(({ image, mask }) => [image.data, mask.data]), ...photos.flatMap(({ image, labels }) => (labels ? [image.data, labels.data] : [image.data]))]
  const whole = arrays.flatMap(({ buffer, byteLength }) => (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []))
  return [...new Set(whole)]
}
