import Database from 'better-sqlite3'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { busy, codeOf, explain } from './trouble.ts'

/** Somebody who only asks whether a run is under way holds the lock for less than this. */
const patienceMs = 500

/** Locks of this process; a connection that nobody refers to would be closed, and its lock freed, by the garbage collector. */
const held = new Set<Database.Database>()

/**
 * Takes the lock that lets one process at a time run steps on a project; readers and editors need none.
 *
 * The lock is an exclusive transaction on a database of its own, so the operating system frees it however the process ends.
 *
 * @returns A function that frees it.
 * @throws AppError project-busy while another run holds it.
 */
export function lockRun(dir: string): () => void {
  const noteFile = join(dir, 'run.txt')
  let db: Database.Database | undefined
  try {
    db = new Database(join(dir, 'run.lock'), { timeout: patienceMs })
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db?.close()
    throw /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error)) ? busy(dir, readNote(noteFile)) : explain(error, dir)
  }
  const lock = db
  held.add(lock)
  writeFileSync(noteFile, `process ${process.pid}, since ${new Date().toISOString()}`)
  return () => {
    held.delete(lock)
    if (lock.open) lock.close()
  }
}

/** Whether some process holds the lock of runs. */
export function isRunLocked(dir: string): boolean {
  const file = join(dir, 'run.lock')
  if (!existsSync(file)) return false
  let db: Database.Database | undefined
  try {
    db = new Database(file, { timeout: 0, readonly: true })
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    if (/^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))) return true
    throw explain(error, dir)
  } finally {
    db?.close()
  }
}

function readNote(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
