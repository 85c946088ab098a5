/** The line from a process of ours to the one that started it, whether that is Electron or plain Node. */
export interface Port<Out> {
  /** Resolves once the message has left this process. */
  send(message: Out): Promise<void>
  onMessage(listener: (message: unknown) => void): void
  /** The other side is gone. */
  onClosed(listener: () => void): void
}

interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}

/** Opens the line of this process. */
export function openPort<Out>(): Port<Out> {
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort
  if (parentPort)
    return {
      send: async (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onClosed: () => undefined,
    }
  return {
    send: (message) => new Promise((resolve) => (process.connected ? process.send!(message, undefined, undefined, () => resolve()) : resolve())),
    onMessage: (listener) => process.on('message', listener),
    onClosed: (listener) => process.on('disconnect', listener),
  }
}
