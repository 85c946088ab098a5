import type { Blobs } from './blobs.ts'
import { isNamed } from './collect.ts'
import { statements } from './connection.ts'
import type { Db } from './connection.ts'

export interface Artifact {
  readonly key: string
  readonly sha: string
  /** Whatever the step noted beside it. */
  readonly meta: unknown
}

/** Named outputs of steps: score maps, superpixels, weights, checkpoints. A row means that the blob is whole. */
export interface Artifacts {
  /** Notes an output whose blob is kept; takes the place of an earlier one of the same key, whose blob goes. */
  put(runId: number, step: string, key: string, sha: string, meta?: unknown): void
  get(runId: number, step: string, key: string): Artifact | null
  /** In order of key. */
  list(runId: number, step: string): Artifact[]
  /** Forgets one output and its blob. */
  remove(runId: number, step: string, key: string): void
  /** Forgets every output of a step; the blobs go with the next collection. */
  clear(runId: number, step: string): void
}

type Raw = { key: string; sha: string; meta: string | null }
const toRow = ({ key, sha, meta }: Raw): Artifact => ({ key, sha, meta: meta === null ? null : JSON.parse(meta) })

export function openArtifacts(db: Db, blobs: Blobs): Artifacts {
  const sql = statements(db)
  const get = (runId: number, step: string, key: string) => {
    const raw = sql('SELECT key, sha, meta FROM artifacts WHERE run_id = ? AND step = ? AND key = ?').get(runId, step, key) as Raw | undefined
    return raw ? toRow(raw) : null
  }
  const free = (old: Artifact | null) => {
    if (old && !isNamed(db, old.sha)) blobs.remove(old.sha)
  }
  return {
    get,
    put: (runId, step, key, sha, meta) => {
      const old = get(runId, step, key)
      sql(`INSERT INTO artifacts (run_id, step, key, sha, meta, saved_at_ms) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET sha = excluded.sha, meta = excluded.meta, saved_at_ms = excluded.saved_at_ms`)
        .run(runId, step, key, sha, meta === undefined ? null : JSON.stringify(meta), Date.now())
      free(old)
    },
    list: (runId, step) =>
      (sql('SELECT key, sha, meta FROM artifacts WHERE run_id = ? AND step = ? ORDER BY key').all(runId, step) as Raw[]).map(toRow),
    remove: (runId, step, key) => {
      const old = get(runId, step, key)
      sql('DELETE FROM artifacts WHERE run_id = ? AND step = ? AND key = ?').run(runId, step, key)
      free(old)
    },
    clear: (runId, step) => void sql('DELETE FROM artifacts WHERE run_id = ? AND step = ?').run(runId, step),
  }
}
