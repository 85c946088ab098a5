import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { entryFile } from '../entries.ts'
import type { Child, Entry } from './host.ts'

const pageBytes = 4096

/** Starts an entry point as a child process of plain Node. */
export function forkEntry(entry: Entry): Child {
  const child = fork(entryFile(entry), { serialization: 'advanced' })
  stepBack(child.pid)
  const send = (message: unknown) => {
    if (child.connected) child.send(message as object, undefined, undefined, () => undefined)
  }
  return {
    send,
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.once('error', (error) => listener(error.message))
      child.once('exit', (code, signal) => listener(signal ?? `exit code ${code}`))
    },
    kill: () => void child.kill('SIGKILL'),
    memoryBytes: () => residentBytes(child.pid),
  }
}

/** Resident memory of a process where /proc tells. */
export function residentBytes(pid: number | undefined): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes || null
  } catch {
    return null
  }
}

/** Lets a process work behind the window, which a person waits for. */
export function stepBack(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // Not every system allows it, and nothing depends on it.
  }
}
