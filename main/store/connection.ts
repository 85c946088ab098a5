import Database from 'better-sqlite3'
import { AppError } from '../../preload/contract/error.ts'
import { damaged, explain } from './trouble.ts'

export type Db = Database.Database

/** 'MASK', so that another program's database is not taken for a project. */
export const applicationId = 0x4d41534b
const bigBytes = 256 * 1024 * 1024

/**
 * Opens the database of a project: write-ahead log, foreign keys, checked for damage.
 * @throws AppError project-damaged, project-unwritable or project-busy.
 */
export function connect(file: string, dir: string): Db {
  let db: Db | undefined
  try {
    db = new Database(file, { timeout: 10_000 })
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    checkHealth(db, dir)
    return db
  } catch (error) {
    db?.close()
    throw error instanceof AppError ? error : explain(error, dir)
  }
}

function checkHealth(db: Db, dir: string): void {
  const size = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  const found = db.pragma(size > bigBytes ? 'quick_check(1)' : 'integrity_check(1)', { simple: true })
  if (found !== 'ok') throw damaged(dir, String(found))
  const id = db.pragma('application_id', { simple: true })
  const version = Number(db.pragma('user_version', { simple: true }))
  if (id !== applicationId && (id !== 0 || version !== 0)) throw damaged(dir, 'project.db is not a database of Maskwright')
}

/** Prepares each statement of a database once. */
export function statements(db: Db): (text: string) => Database.Statement {
  const known = new Map<string, Database.Statement>()
  return (text) => {
    let statement = known.get(text)
    if (!statement) known.set(text, (statement = db.prepare(text)))
    return statement
  }
}

const databases = new WeakMap<object, Db>()

/** Remembers the database behind a store, for the repositories that a store does not carry. */
export function bindDatabase(store: object, db: Db): void {
  databases.set(store, db)
}

/** @throws TypeError when the value is no open store. */
export function databaseOf(store: object): Db {
  const db = databases.get(store)
  if (!db) throw new TypeError('expected an open store, got another value')
  return db
}
