import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { endThread } from '../../main/core/threads.ts'

const threads = new URL('../../main/core/threads.ts', import.meta.url).href
/** A thread that answers every message with the same, and holds a timer as a decoder holds threads; 'work' keeps it busy for ever. */
const thread = () => {
  const code = `import { parentPort } from 'node:worker_threads'
    import { onMessages } from '${threads}'
    const held = setInterval(() => undefined, 1000)
    onMessages((message) => {
      parentPort.postMessage(message)
      while (message === 'work');
    }, () => clearInterval(held))`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`))
}
const asked = async (worker: Worker, word: string) => {
  worker.postMessage(word)
  return (await once(worker, 'message')) as [string]
}
const codeOf = async (worker: Worker) => {
  const ended = once(worker, 'exit') as Promise<[number]>
  await endThread(worker)
  return (await ended)[0]
}

describe('the end of a thread', () => {
  it('comes by itself to an idle one, once it has closed what it holds', async () => {
    const worker = thread()
    expect(await asked(worker, 'hello')).toEqual(['hello'])
    expect(await codeOf(worker)).toBe(0)
  })

  it('is made for a busy one', async () => {
    const worker = thread()
    await asked(worker, 'work')
    expect(await codeOf(worker)).toBe(1)
  })

  it('comes to one that has just started, and to one that has ended', async () => {
    const worker = thread()
    expect(await codeOf(worker)).toBe(0)
    await endThread(worker)
  })
})
