import type { CallName, Door, EventData, EventName, Input, Output } from '../preload/contract/api.ts'
import { AppError, type Result } from '../preload/contract/error.ts'

export { assets } from '../preload/contract/api.ts'

declare global {
  interface Window {
    /** The preload's door; absent in a browser. */
    maskwright?: Door
  }
}

/** How the page hears of its connection through the second door. */
export type ConnectionListener = (connected: boolean) => void

/**
 * The second door: `POST call/NAME` with the input as JSON answers a Result; the WebSocket `events` sends {name, data}. The one-time
 * token of the page's address was exchanged for a cookie when the page was served, so nothing here carries it.
 */
function browserDoor(onConnection: ConnectionListener): Door {
  const listeners = new Map<EventName, Set<(data: never) => void>>()
  let socket: WebSocket | undefined
  let delayMs = 250

  function connect() {
    const address = new URL('events', document.baseURI)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    socket = new WebSocket(address)
    socket.onopen = () => {
      delayMs = 250
      onConnection(true)
    }
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as { name: EventName; data: never }
      for (const listener of listeners.get(message.name) ?? []) listener(message.data)
    }
    socket.onclose = () => {
      onConnection(false)
      delayMs = Math.min(delayMs * 2, 8000)
      setTimeout(connect, delayMs)
    }
  }

  return {
    async call<K extends CallName>(name: K, input: Input<K>): Promise<Result<Output<K>>> {
      try {
        const response = await fetch(`call/${name}`, {
          method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input), credentials: 'same-origin',
        })
        return await response.json() as Result<Output<K>>
      } catch {
        return { ok: false, error: { code: 'internal', message: 'Maskwright does not answer.', advice: 'See whether it still runs where you started it.' } }
      }
    },
    on(name, listener) {
      if (socket === undefined) connect()
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      return () => void set.delete(listener)
    },
    pathOf: () => '',
  }
}

const connectionListeners = new Set<ConnectionListener>()
let door: Door | undefined

function theDoor(): Door {
  door ??= window.maskwright ?? browserDoor((connected) => connectionListeners.forEach((listener) => listener(connected)))
  return door
}

/** Replaces the door (tests). */
export function useDoor(replacement: Door): void {
  door = replacement
}

/**
 * One call to the main side.
 *
 * @throws AppError with what went wrong and what to do.
 */
export async function call<K extends CallName>(name: K, input: Input<K>): Promise<Output<K>> {
  // Reactive objects do not cross to another process: what goes is a plain copy.
  const result = await theDoor().call(name, JSON.parse(JSON.stringify(input)) as Input<K>)
  if (!result.ok) throw new AppError(result.error)
  return result.value
}

/** Listens to an event; gives back the way to stop. */
export function on<K extends EventName>(name: K, listener: (data: EventData<K>) => void): () => void {
  return theDoor().on(name, listener)
}

/** Listens to the connection of the second door; silent in Electron. */
export function onConnection(listener: ConnectionListener): void {
  connectionListeners.add(listener)
}

/** The path of a dropped file; empty in a browser. */
export const pathOf = (file: File) => theDoor().pathOf(file)

/** A file's bytes as base64. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}
