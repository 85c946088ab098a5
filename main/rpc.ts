import { AppError, toErrorData, type AppErrorData } from '../preload/contract/error.ts'

/** Calls in both directions over one line of messages between two processes. */

export interface Line {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
}

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>
type Remote<M> = { readonly [K in keyof M]: M[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never }

type Message =
  | { readonly rpc: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly rpc: 'value'; readonly id: number; readonly value: unknown }
  | { readonly rpc: 'error'; readonly id: number; readonly error: AppErrorData }

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Offers methods to the other side and gives a way to call its own.
 *
 * @returns `remote`, whose calls reject with the AppError of the other side, and `fail`, which rejects all that still wait.
 */
export function openRpc<There>(line: Line, methods: Methods): { remote: Remote<There>; fail: (error: Error) => void } {
  const waiting = new Map<number, Waiting>()
  let serial = 0
  const answer = async (id: number, method: string, args: readonly unknown[]) => {
    try {
      if (!Object.hasOwn(methods, method)) throw new TypeError(`expected one of ${Object.keys(methods)}, got ${method}`)
      line.send({ rpc: 'value', id, value: await methods[method](...(args as never[])) } satisfies Message)
    } catch (error) {
      line.send({ rpc: 'error', id, error: toErrorData(error) } satisfies Message)
    }
  }
  line.onMessage((data) => {
    const message = data as Message
    if (message.rpc === 'call') void answer(message.id, message.method, message.args)
    else {
      const call = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.rpc === 'value') call?.resolve(message.value)
      else call?.reject(new AppError(message.error))
    }
  })
  const remote = new Proxy({}, {
    get: (_, method) => (...args: unknown[]) => new Promise((resolve, reject) => {
      const id = ++serial
      waiting.set(id, { resolve, reject })
      line.send({ rpc: 'call', id, method: String(method), args } satisfies Message)
    }),
  }) as Remote<There>
  return {
    remote,
    fail: (error) => {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    },
  }
}
