import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import { configDir, documentsDir, rendererDir, sampleDir, version } from '../places.ts'
import { forkEntry } from '../service/fork.ts'
import { createService } from '../service/index.ts'
import { openInBrowser, printPdf } from './browser.ts'
import { serveDoor, type Door } from './serve.ts'

export interface OpenDoorOptions {
  /** A project that the first page opens. */
  readonly project?: string
  readonly port?: number
  readonly say: (line: string) => void
  /** Opens the address in this person's browser. */
  readonly browse?: boolean
}

/**
 * The second door: the same page and the same contract for a browser on this machine.
 *
 * @returns The way to close it: whatever is at work is paused first.
 * @throws AppError where the page has not been built or the port is taken.
 */
export async function openDoor({ project, port = 0, say, browse = false }: OpenDoorOptions): Promise<{ address: string; close: () => Promise<void> }> {
  if (!existsSync(join(rendererDir(), 'index.html'))) throw notBuilt()
  const requested = project === undefined ? [] : [resolve(project)]
  // Events before the door stands open have no one to hear them.
  const open: { door?: Door } = {}
  const service = createService({
    version, native: false, locale: Intl.DateTimeFormat().resolvedOptions().locale,
    configDir: configDir(), documentsDir: documentsDir(), sampleDir: sampleDir(),
    emit: (name, data) => open.door?.emit(name, data),
    choose: async () => [],
    reveal: async (path) => say(path),
    printPdf,
    start: forkEntry,
  })
  const door = await serveDoor({
    service, port, rendererDir: rendererDir(),
    onPage: () => requested.splice(0).forEach((path) => open.door?.emit('project:requested', { path })),
    onEntry: () => say(`For another browser: ${open.door?.address()}`),
  })
  open.door = door
  const address = door.address()
  say(`Maskwright is open at ${address}`)
  if (browse && !(await openInBrowser(address))) say('Open this address in a browser on this machine.')
  return {
    address,
    close: async () => {
      await service.close()
      await door.close()
    },
  }
}

const notBuilt = () => new AppError({
  code: 'not-found',
  message: 'The page has not been built.',
  advice: 'Run "npm run build" once.',
})
