import type { EventName } from '../preload/contract/api.ts'
import { openPort } from './port.ts'
import { openRpc } from './rpc.ts'
import { residentBytes } from './service/fork.ts'
import type { Asset, Child, ChooseRequest, Entry, Host } from './service/host.ts'
import { createService, type Service } from './service/index.ts'

/** Process entry: the service of the desktop beside its windows, so that nothing it does ever holds them up. */

/** What the desktop asks of the service's process. */
export interface DeskMethods {
  open(options: Pick<Host, 'version' | 'locale' | 'configDir' | 'documentsDir' | 'sampleDir'>): void
  call(name: string, input: unknown): ReturnType<Service['call']>
  asset(address: string): Promise<Asset | null>
  close(): Promise<void>
  childMessage(child: number, message: unknown): void
  childExit(child: number, how: string): void
}

/** What the service's process asks of the desktop. */
export interface DesktopMethods {
  emit(name: EventName, data: unknown): void
  choose(request: ChooseRequest): Promise<string[]>
  reveal(path: string): void
  printPdf(html: string, target: string): Promise<void>
  /** Starts an entry point under a number; gives its process id. */
  start(child: number, entry: Entry): Promise<number | undefined>
  send(child: number, message: unknown): void
  kill(child: number): void
}

interface Line {
  onMessage?: (message: unknown) => void
  onExit?: (how: string) => void
  ended?: string
}

const port = openPort<unknown>()
const children = new Map<number, Line>()
let serial = 0
let service: Service | undefined

const { remote: desktop } = openRpc<DesktopMethods>({ send: (message) => void port.send(message), onMessage: port.onMessage }, {
  open: (options) => {
    service = createService({
      ...options, native: true,
      emit: (name, data) => quietly(desktop.emit(name, data)),
      choose: desktop.choose,
      reveal: desktop.reveal,
      printPdf: desktop.printPdf,
      start,
    })
  },
  call: (name, input) => opened().call(name, input),
  asset: (address) => opened().asset(address),
  close: () => opened().close(),
  childMessage: (child, message) => children.get(child)?.onMessage?.(message),
  childExit: (child, how) => {
    const line = children.get(child)
    children.delete(child)
    if (line?.onExit) line.onExit(how)
    else if (line) line.ended = how
  },
} satisfies { [K in keyof DeskMethods]: (...args: Parameters<DeskMethods[K]>) => unknown })

function opened(): Service {
  if (!service) throw new TypeError('expected an open service, got a call before open')
  return service
}

/** A process beside this one, which only the desktop can start. */
function start(entry: Entry): Child {
  const child = ++serial
  const line: Line = {}
  let pid: number | undefined
  children.set(child, line)
  desktop.start(child, entry).then((id) => { pid = id }, (error: Error) => line.onExit?.(error.message))
  return {
    send: (message) => quietly(desktop.send(child, message)),
    onMessage: (listener) => { line.onMessage = listener },
    onExit: (listener) => {
      line.onExit = listener
      if (line.ended !== undefined) listener(line.ended)
    },
    kill: () => quietly(desktop.kill(child)),
    memoryBytes: () => residentBytes(pid),
  }
}

/** For messages whose loss means that the desktop is gone, and this process with it. */
function quietly(sent: Promise<unknown>): void {
  sent.catch(() => undefined)
}
