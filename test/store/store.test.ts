import Database from 'better-sqlite3'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/error.ts'
import { connect } from '../../main/store/connection.ts'
import { openStore } from '../../main/store/index.ts'
import { migrate } from '../../main/store/migrate.ts'
import { migrations } from '../../main/store/migrations/index.ts'

let root: string
let dir: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-store-'))
  dir = join(root, 'line 4.maskwright')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error.data.code
    throw error
  }
  return 'none'
}

describe('openStore', () => {
  it('makes a project, names it after the folder, and opens it again', () => {
    openStore(dir, { create: true }).close()
    const store = openStore(dir)
    expect(store.name).toBe('line 4')
    expect(store.workpieces.list()).toEqual([])
    store.close()
  })

  it('takes the name given', () => {
    openStore(dir, { create: true, name: 'Pumps' }).close()
    const store = openStore(dir)
    expect(store.name).toBe('Pumps')
    store.close()
  })

  it('refuses a folder without a project, and to create over one', () => {
    expect(codeOf(() => openStore(dir))).toBe('project-not-found')
    openStore(dir, { create: true }).close()
    expect(codeOf(() => openStore(dir, { create: true }))).toBe('already-exists')
  })

  it('creates in an empty folder but not in one that holds other things', () => {
    mkdirSync(dir)
    openStore(dir, { create: true }).close()
    const other = join(root, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'notes.txt'), 'mine')
    expect(codeOf(() => openStore(other, { create: true }))).toBe('already-exists')
    expect(readdirSync(other)).toEqual(['notes.txt'])
  })

  it('says that a place cannot be written to', () => {
    writeFileSync(join(root, 'file'), 'no folder')
    expect(codeOf(() => openStore(join(root, 'file', 'p.maskwright'), { create: true }))).toBe('project-unwritable')
    mkdirSync(join(root, 'q.maskwright', 'project.db'), { recursive: true })
    expect(codeOf(() => openStore(join(root, 'q.maskwright')))).toBe('project-unwritable')
  })

  it('leaves a project of a newer version alone', () => {
    openStore(dir, { create: true }).close()
    const db = new Database(join(dir, 'project.db'))
    db.pragma(`user_version = ${migrations.length + 1}`)
    db.close()
    expect(codeOf(() => openStore(dir))).toBe('project-newer')
    const after = new Database(join(dir, 'project.db'))
    expect(after.pragma('user_version', { simple: true })).toBe(migrations.length + 1)
    after.close()
  })

  it('tells damage from health', () => {
    openStore(dir, { create: true }).close()
    const file = join(dir, 'project.db')
    const whole = readFileSync(file)
    const holed = Buffer.from(whole)
    holed.fill(0x5a, 4096, 3 * 4096)
    writeFileSync(file, holed)
    expect(codeOf(() => openStore(dir))).toBe('project-damaged')
    writeFileSync(file, 'this is no database, but long enough to be looked at as if it were one'.repeat(100))
    expect(codeOf(() => openStore(dir))).toBe('project-damaged')
  })

  it('takes no database of another program for a project', () => {
    mkdirSync(dir)
    const db = new Database(join(dir, 'project.db'))
    db.exec('CREATE TABLE theirs (a)')
    db.pragma('application_id = 7')
    db.close()
    expect(codeOf(() => openStore(dir))).toBe('project-damaged')
  })

  it('keeps every table strict', () => {
    openStore(dir, { create: true }).close()
    const db = new Database(join(dir, 'project.db'))
    const tables = db.pragma('table_list') as { schema: string; name: string; strict: number }[]
    const ours = tables.filter(({ schema, name }) => schema === 'main' && !name.startsWith('sqlite_'))
    db.close()
    expect(ours.length).toBeGreaterThan(10)
    expect(ours.filter(({ strict }) => strict !== 1).map(({ name }) => name)).toEqual([])
  })
})

describe('migrate', () => {
  const first = 'CREATE TABLE things (a INTEGER) STRICT; INSERT INTO things VALUES (1);'
  const second = 'ALTER TABLE things ADD COLUMN b INTEGER; UPDATE things SET b = a + 1;'
  const open = () => connect(join(root, 'project.db'), root)

  it('backs up before every migration but the first', () => {
    const db = open()
    migrate(db, root, [first])
    expect(readdirSync(root)).not.toContain('backups')
    migrate(db, root, [first, second])
    expect(db.prepare('SELECT * FROM things').all()).toEqual([{ a: 1, b: 2 }])
    db.close()
    const backups = readdirSync(join(root, 'backups'))
    expect(backups).toHaveLength(1)
    expect(backups[0]).toMatch(/^project-format-1-.*\.db$/)
    const old = new Database(join(root, 'backups', backups[0]))
    expect(old.prepare('SELECT * FROM things').all()).toEqual([{ a: 1 }])
    expect(old.pragma('user_version', { simple: true })).toBe(1)
    old.close()
  })

  it('leaves the project as it was when a migration fails half way', () => {
    const db = open()
    migrate(db, root, [first])
    expect(() => migrate(db, root, [first, 'ALTER TABLE things ADD COLUMN b INTEGER; INSERT INTO nowhere VALUES (1);'])).toThrow('nowhere')
    expect(db.pragma('user_version', { simple: true })).toBe(1)
    expect(db.prepare('SELECT * FROM things').all()).toEqual([{ a: 1 }])
    migrate(db, root, [first, second])
    expect(db.prepare('SELECT b FROM things').all()).toEqual([{ b: 2 }])
    db.close()
  })

  it('keeps five backups', () => {
    const db = open()
    const list = [first, ...Array.from({ length: 8 }, (_, i) => `CREATE TABLE more_${i} (a INTEGER) STRICT`)]
    migrate(db, root, list)
    db.close()
    expect(readdirSync(join(root, 'backups'))).toHaveLength(5)
  })
})
