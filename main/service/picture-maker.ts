import type { Worker } from 'node:worker_threads'
import { endThread, startThread } from '../core/threads.ts'
import { entryFile } from '../entries.ts'
import type { PictureAnswer, PictureWish } from '../pictures.ts'

/** Makes small and shown pictures on a thread; the newest wish first, for it is what the eye is on. */
export interface PictureMaker {
  /** @throws RangeError when the file is no picture. */
  make(wish: PictureWish): Promise<Uint8Array>
  close(): Promise<void>
}

interface Task {
  readonly wish: PictureWish
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: Error) => void
}

export function openPictureMaker(): PictureMaker {
  const waiting: Task[] = []
  let worker: Worker | null = null
  let current: Task | null = null

  const fail = (error: Error) => {
    worker = null
    current?.reject(error)
    current = null
    next()
  }
  const start = () => {
    const started = startThread(entryFile('pictures'))
    started.unref()
    started.on('message', (answer: PictureAnswer) => {
      const task = current
      current = null
      if (answer.ok) task?.resolve(answer.bytes)
      else task?.reject(new RangeError(answer.message))
      next()
    })
    started.on('error', fail)
    return started
  }
  const next = () => {
    if (current || waiting.length === 0) return
    current = waiting.pop()!
    worker ??= start()
    worker.postMessage(current.wish)
  }
  return {
    make: (wish) => new Promise((resolve, reject) => {
      waiting.push({ wish, resolve, reject })
      next()
    }),
    close: async () => {
      waiting.length = 0
      if (worker) await endThread(worker)
    },
  }
}
