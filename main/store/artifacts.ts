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
  /** Notes an output whose blob is kept; takes the place of an earlier one of the same key. */
  put(runId: number, step: string, key: string, sha: string, meta?: unknown): void
  get(runId: number, step: string, key: string): Artifact | null
  /** In order of key. */
  list(runId: number, step: string): Artifact[]
  remove(runId: number, step: string, key: string): void
}

type Raw = { key: string; sha: string; meta: string | null }
const toRow = ({ key, sha, meta }: Raw): Artifact => ({ key, sha, meta: meta === null ? null : JSON.parse(meta) })

export function openArtifacts(db: Db): Artifacts {
  const sql = statements(db)
  return {
    put: (runId, step, key, sha, meta) => void sql(`INSERT INTO artifacts (run_id, step, key, sha, meta, saved_at_ms) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET sha = excluded.sha, meta = excluded.meta, saved_at_ms = excluded.saved_at_ms`)
      .run(runId, step, key, sha, meta === undefined ? null : JSON.stringify(meta), Date.now()),
    get: (runId, step, key) => {
      const raw = sql('SELECT key, sha, meta FROM artifacts WHERE run_id = ? AND step = ? AND key = ?').get(runId, step, key) as Raw | undefined
      return raw ? toRow(raw) : null
    },
    list: (runId, step) =>
      (sql('SELECT key, sha, meta FROM artifacts WHERE run_id = ? AND step = ? ORDER BY key').all(runId, step) as Raw[]).map(toRow),
    remove: (runId, step, key) => void sql('DELETE FROM artifacts WHERE run_id = ? AND step = ? AND key = ?').run(runId, step, key),
  }
}
