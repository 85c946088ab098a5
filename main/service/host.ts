import type { EventData, EventName } from '../../preload/contract/api.ts'

/** What the service needs of whoever runs it: a desktop, a web door or a test. */
export interface Host {
  readonly version: string
  /** Dialogs of the system exist. */
  readonly native: boolean
  /** Language of the system, such as `de-DE`. */
  readonly locale: string
  /** Where settings and the list of recent projects live. */
  readonly configDir: string
  /** Where new projects go unless said otherwise. */
  readonly documentsDir: string
  emit<K extends EventName>(name: K, data: EventData<K>): void
  /** The system's dialog; no paths when closed. */
  choose(request: ChooseRequest): Promise<string[]>
  reveal(path: string): Promise<void>
  /** Prints a page of ours as PDF. */
  printPdf(html: string, target: string): Promise<void>
  /** The folder of the sample line. */
  readonly sampleDir: string
  /** Starts a process of ours. */
  start(entry: Entry): Child
}

/** Entry points that run beside the service: `trainer` walks the corridor, `job` does one long piece of work. */
export type Entry = 'trainer' | 'job'

export interface ChooseRequest {
  readonly kind: 'project' | 'folder' | 'pictures' | 'cad' | 'save'
  readonly title: string
  readonly name?: string
}

/** A process beside the service. */
export interface Child {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, with how it ended in words. */
  onExit(listener: (how: string) => void): void
  kill(): void
  /** Memory it holds, where the system tells. */
  memoryBytes(): number | null
}

/** A picture behind an address: a file of the project, or bytes made for it. */
export type Asset = {
  readonly type: string
  readonly etag: string
  /** Never changes under this address. */
  readonly lasting: boolean
} & ({ readonly file: string } | { readonly bytes: Uint8Array })
