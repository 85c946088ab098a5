import { describe, expect, it } from 'vitest'
import { openQueue, QueueFull } from '../../main/runner/queue.ts'

/** A task that ends when told to. */
function task(log: string[], name: string) {
  const end = Promise.withResolvers<void>()
  const work = async () => {
    log.push(name)
    await end.promise
    return name
  }
  return { work, end: end.resolve, fail: (error: Error) => end.reject(error) }
}

describe('the queue', () => {
  it('runs one at a time, first come first served, and refuses what has no room', async () => {
    const queue = openQueue(2)
    const log: string[] = []
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => task(log, name))
    const runs = [a, b, c].map(({ work }) => queue.run(work))
    expect([log, queue.depth, queue.inFlight, queue.isFull]).toEqual([['a'], 2, 1, true])
    await expect(queue.run(d.work)).rejects.toBeInstanceOf(QueueFull)
    const special = queue.run(d.work, { always: true })
    for (const { end } of [a, b, c, d]) end()
    expect(await Promise.all([...runs, special])).toEqual(['a', 'b', 'c', 'd'])
    expect(log).toEqual(['a', 'b', 'c', 'd'])
    await queue.idle()
    expect([queue.depth, queue.inFlight, queue.isFull]).toEqual([0, 0, false])
  })

  it('takes only what it can begin where none may wait', async () => {
    const queue = openQueue(0)
    const a = task([], 'a')
    const run = queue.run(a.work)
    await expect(queue.run(a.work)).rejects.toBeInstanceOf(QueueFull)
    a.end()
    expect(await run).toBe('a')
  })

  it('goes on after a failure', async () => {
    const queue = openQueue(1)
    const [a, b] = [task([], 'a'), task([], 'b')]
    const runs = [queue.run(a.work), queue.run(b.work)]
    a.fail(new Error('broken'))
    b.end()
    await expect(runs[0]).rejects.toThrow('broken')
    expect(await runs[1]).toBe('b')
    await expect(queue.run(() => { throw new Error('at once') })).rejects.toThrow('at once')
    expect(await queue.run(async () => 'c')).toBe('c')
  })

  it('lets a waiting task go, and makes room', async () => {
    const queue = openQueue(1)
    const log: string[] = []
    const [a, b, c] = ['a', 'b', 'c'].map((name) => task(log, name))
    const stop = new AbortController()
    const first = queue.run(a.work)
    const second = queue.run(b.work, { signal: stop.signal })
    stop.abort()
    await expect(second).rejects.toMatchObject({ name: 'AbortError' })
    const third = queue.run(c.work)
    a.end()
    c.end()
    await Promise.all([first, third])
    expect(log).toEqual(['a', 'c'])
  })

  it('is idle at once where there is nothing, and otherwise at the end', async () => {
    const queue = openQueue(1)
    await queue.idle()
    const a = task([], 'a')
    const run = queue.run(a.work)
    const ends: string[] = []
    const idle = queue.idle().then(() => ends.push('idle'))
    void run.then(() => ends.push('a'))
    a.end()
    await idle
    expect(ends).toEqual(['a', 'idle'])
  })
})
