import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { applicationId } from './connection.ts'
import type { Db } from './connection.ts'
import { migrations } from './migrations/index.ts'
import { newer } from './trouble.ts'

const keptBackups = 5

/**
 * Brings a database up to date, one numbered migration at a time, each in its own transaction and each after a backup into
 * DIR/backups. A kill between two of them leaves the last whole one.
 * @throws AppError project-newer when the project has seen more migrations than are known here; it is left as it was.
 */
export function migrate(db: Db, dir: string, list: readonly string[] = migrations): void {
  const version = () => Number(db.pragma('user_version', { simple: true }))
  if (version() > list.length) throw newer(dir, version(), list.length)
  while (version() < list.length) {
    const from = version()
    if (from > 0) backUp(db, dir, from)
    db.transaction(() => {
      if (version() !== from) return
      db.exec(list[from])
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${from + 1}`)
    }).exclusive()
  }
}

function backUp(db: Db, dir: string, version: number): void {
  const folder = join(dir, 'backups')
  mkdirSync(folder, { recursive: true })
  const temporary = join(folder, `unfinished-${process.pid}-${Date.now()}.db`)
  db.prepare('VACUUM INTO ?').run(temporary)
  const file = openSync(temporary, 'r+')
  fsyncSync(file)
  closeSync(file)
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  renameSync(temporary, join(folder, `project-format-${version}-${stamp}.db`))
  const kept = readdirSync(folder).filter((name) => name.startsWith('project-format-')).sort((a, b) => age(a).localeCompare(age(b)))
  for (const name of kept.slice(0, -keptBackups)) rmSync(join(folder, name))
}

const age = (name: string) => name.replace(/^project-format-\d+-/, '')
