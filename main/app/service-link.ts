import { utilityProcess, type UtilityProcess } from 'electron'
import { entryFile } from '../entries.ts'
import type { DeskMethods, DesktopMethods } from '../desk.ts'
import { openRpc } from '../rpc.ts'
import { stepBack } from '../service/fork.ts'

type Own = Pick<DesktopMethods, 'emit' | 'choose' | 'reveal' | 'printPdf'>
export type ServiceLink = ReturnType<typeof openServiceLink>

/**
 * Starts the service's process, and on its behalf those of trainer and jobs.
 *
 * @param own What the desktop itself does for the service.
 * @param onDeath The service's process ended by itself.
 */
export function openServiceLink(options: Parameters<DeskMethods['open']>[0], own: Own, onDeath: () => void) {
  const children = new Map<number, UtilityProcess>()
  const desk = utilityProcess.fork(entryFile('desk'), [], { serviceName: 'Maskwright service' })
  let closing = false

  const { remote, fail } = openRpc<DeskMethods>({ send: (message) => desk.postMessage(message), onMessage: (listener) => void desk.on('message', listener) }, {
    ...own,
    start: (id, entry) => new Promise<number | undefined>((resolve) => {
      const child = utilityProcess.fork(entryFile(entry), [], { serviceName: `Maskwright ${entry}` })
      children.set(id, child)
      child.on('message', (message) => quietly(remote.childMessage(id, message)))
      child.once('exit', (code) => {
        children.delete(id)
        quietly(remote.childExit(id, `exit code ${code}`))
      })
      child.once('spawn', () => {
        stepBack(child.pid)
        resolve(child.pid)
      })
    }),
    send: (id, message) => children.get(id)?.postMessage(message),
    kill: (id) => void children.get(id)?.kill(),
  } satisfies { [K in keyof DesktopMethods]: (...args: Parameters<DesktopMethods[K]>) => unknown })

  desk.once('exit', (code) => {
    for (const child of children.values()) child.kill()
    fail(new Error(`expected the service to answer, got its end (exit code ${code})`))
    if (!closing) onDeath()
  })
  quietly(remote.open(options))
  return {
    call: remote.call,
    asset: remote.asset,
    /** Pauses what is at work and ends the service's process. */
    close: async () => {
      closing = true
      await remote.close().catch(() => undefined)
      desk.kill()
    },
  }
}

/** For messages whose loss means that the other side is gone, which is noticed elsewhere. */
const quietly = (sent: Promise<unknown>) => void sent.catch(() => undefined)
