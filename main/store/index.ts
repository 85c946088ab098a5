import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { openArtifacts } from './artifacts.ts'
import type { Artifacts } from './artifacts.ts'
import { openBlobs } from './blobs.ts'
import type { Blobs } from './blobs.ts'
import { collect } from './collect.ts'
import { bindDatabase, connect } from './connection.ts'
import type { Db } from './connection.ts'
import { openCurves } from './curves.ts'
import type { Curves } from './curves.ts'
import { openImages } from './images.ts'
import type { Images } from './images.ts'
import { inputHash } from './input-hash.ts'
import { isRunLocked, lockRun } from './lock.ts'
import { openMasks } from './masks.ts'
import type { RenderMasks } from './masks.ts'
import { openMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import { migrate } from './migrate.ts'
import { openRounds } from './rounds.ts'
import type { Rounds } from './rounds.ts'
import { openRuns } from './runs.ts'
import type { Runs } from './runs.ts'
import { alreadyExists, explain, notFound } from './trouble.ts'
import { openWorkpieces } from './workpieces.ts'
import type { Workpieces } from './workpieces.ts'

/** An open project. Truth is not part of it: see truth.ts. */
export interface Store {
  readonly dir: string
  readonly name: string
  readonly blobs: Blobs
  readonly workpieces: Workpieces
  readonly images: Images
  readonly masks: RenderMasks
  readonly runs: Runs
  readonly artifacts: Artifacts
  readonly rounds: Rounds
  readonly metrics: Metrics
  readonly curves: Curves
  /** All or nothing: rows written by `work` count together or, when it throws, not at all. */
  transaction<T>(work: () => T): T
  /** A hash over all that trains. */
  inputHash(): string
  /** Takes the one right to run steps here, marks runs that a killed process left as paused, and gives a function that frees it. */
  lockRun(): () => void
  /** Whether some process is running steps here. */
  isRunning(): boolean
  /** Deletes what nothing needs any more: an old bin, blobs without a row. */
  collect(nowMs?: number): { images: number; blobs: number; bytes: number }
  close(): void
}

export interface OpenOptions {
  /** Makes a new project; the folder must be absent or empty. */
  readonly create?: boolean
  /** Name of a new project; else that of the folder without `.maskwright`. */
  readonly name?: string
}

/**
 * Opens the project in a folder: checks it for damage, brings it up to date, cleans up after a crash.
 * @throws AppError project-not-found, already-exists, project-newer, project-damaged, project-unwritable or project-busy.
 */
export function openStore(dir: string, { create = false, name }: OpenOptions = {}): Store {
  const root = resolve(dir)
  prepareFolder(root, create)
  const db = connect(join(root, 'project.db'), root)
  try {
    migrate(db, root)
    if (create) nameProject(db, name ?? basename(root).replace(/\.maskwright$/, ''))
    return assemble(db, root)
  } catch (error) {
    db.close()
    throw explain(error, root)
  }
}

function prepareFolder(root: string, create: boolean): void {
  try {
    const exists = existsSync(join(root, 'project.db'))
    if (!create && !exists) throw notFound(root)
    if (create && existsSync(root) && readdirSync(root).length > 0) throw alreadyExists(root)
    mkdirSync(root, { recursive: true })
  } catch (error) {
    throw explain(error, root)
  }
}

function nameProject(db: Db, name: string): void {
  db.prepare('INSERT INTO project (id, name, created_at_ms) VALUES (1, ?, ?) ON CONFLICT DO NOTHING').run(name, Date.now())
}

function assemble(db: Db, dir: string): Store {
  const blobs = openBlobs(dir)
  const row = db.prepare('SELECT name FROM project').get() as { name: string } | undefined
  const store: Store = {
    dir,
    name: row?.name ?? basename(dir).replace(/\.maskwright$/, ''),
    blobs,
    workpieces: openWorkpieces(db),
    images: openImages(db, blobs),
    masks: openMasks(db, blobs),
    runs: openRuns(db),
    artifacts: openArtifacts(db, blobs),
    rounds: openRounds(db),
    metrics: openMetrics(db),
    curves: openCurves(db),
    transaction: (work) => db.transaction(work).immediate(),
    inputHash: () => inputHash(db),
    lockRun: () => {
      const free = lockRun(dir)
      db.prepare(`UPDATE runs SET state = 'paused', updated_at_ms = ? WHERE state = 'running'`).run(Date.now())
      return free
    },
    isRunning: () => isRunLocked(dir),
    collect: (nowMs) => collect(db, dir, nowMs),
    close: () => db.close(),
  }
  bindDatabase(store, db)
  return store
}
