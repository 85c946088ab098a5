import { describe, expect, it } from 'vitest'
import { openRpc, type Line } from '../../main/rpc.ts'
import { AppError } from '../../preload/contract/error.ts'

/** Two ends of a line; messages arrive later, as copies. */
function wire(): [Line, Line] {
  const listeners: ((message: unknown) => void)[] = [() => undefined, () => undefined]
  const end = (here: number, there: number): Line => ({
    send: (message) => void setImmediate(() => listeners[there](structuredClone(message))),
    onMessage: (listener) => { listeners[here] = listener },
  })
  return [end(0, 1), end(1, 0)]
}

interface There {
  add(a: number, b: number): number
  fail(): void
  bug(): void
  missing(): void
}
const methods = {
  add: (a: number, b: number) => a + b,
  fail: () => { throw new AppError({ code: 'disk-full', message: 'm', advice: 'a' }) },
  bug: () => { throw new TypeError('expected this, got that') },
}

describe('calls between processes', () => {
  it('bring values and troubles back, each to its caller', async () => {
    const [here, there] = wire()
    openRpc(there, methods)
    const { remote } = openRpc<There>(here, {})
    expect(await Promise.all([remote.add(1, 2), remote.add(3, 4)])).toEqual([3, 7])
    await expect(remote.fail()).rejects.toMatchObject({ data: { code: 'disk-full' } })
    await expect(remote.bug()).rejects.toMatchObject({ data: { code: 'internal', message: expect.stringContaining('expected this') } })
    await expect(remote.missing()).rejects.toMatchObject({ data: { code: 'internal' } })
  })

  it('go both ways over one line', async () => {
    const [here, there] = wire()
    const far = openRpc<{ name(): string }>(there, methods)
    const near = openRpc<There>(here, { name: () => 'near' })
    expect(await Promise.all([far.remote.name(), near.remote.add(1, 1)])).toEqual(['near', 2])
  })

  it('end with the line', async () => {
    const { remote, fail } = openRpc<There>({ send: () => undefined, onMessage: () => undefined }, {})
    const call = remote.add(1, 2)
    fail(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
  })
})
