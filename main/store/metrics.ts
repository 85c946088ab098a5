import { statements } from './connection.ts'
import type { Db } from './connection.ts'

export interface MetricRow {
  readonly round: number
  /** `crf`: the round's network with the dense CRF behind it. */
  readonly kind: 'round' | 'crf'
  readonly imageId: number
  /** Row-major, [classes, classes], truth by prediction. */
  readonly confusion: readonly number[]
  readonly boundaryF: number | null
}

/** What the evaluation found, photo by photo. */
export interface Metrics {
  save(runId: number, metric: MetricRow): void
  /** In order of round, kind and image id. */
  list(runId: number): MetricRow[]
  clear(runId: number): void
}

type Raw = Omit<MetricRow, 'confusion'> & { confusion: string }

export function openMetrics(db: Db): Metrics {
  const sql = statements(db)
  return {
    save: (runId, { round, kind, imageId, confusion, boundaryF }) => void sql(
      `INSERT OR REPLACE INTO metrics (run_id, round, kind, image_id, confusion, boundary_f, saved_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(runId, round, kind, imageId, JSON.stringify(Array.from(confusion)), boundaryF, Date.now()),
    list: (runId) => (sql(`SELECT round, kind, image_id AS imageId, confusion, boundary_f AS boundaryF FROM metrics
      WHERE run_id = ? ORDER BY round, kind DESC, image_id`).all(runId) as Raw[]).map((raw) => ({ ...raw, confusion: JSON.parse(raw.confusion) })),
    clear: (runId) => void sql('DELETE FROM metrics WHERE run_id = ?').run(runId),
  }
}
