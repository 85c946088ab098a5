import { statements } from './connection.ts'
import type { Db } from './connection.ts'

export interface CurvePoint {
  /** Stretch of training it belongs to. */
  readonly key: string
  readonly round: number
  readonly step: number
  /** Loss, learning rate ... at that step. */
  readonly values: Readonly<Record<string, number>>
}

/** Curves of training. */
export interface Curves {
  /** A point replaces the earlier one of the same step, as happens after a resume. */
  add(runId: number, point: CurvePoint): void
  /** In order of round, key and step. */
  list(runId: number): CurvePoint[]
}

export function openCurves(db: Db): Curves {
  const sql = statements(db)
  return {
    add: (runId, { key, round, step, values }) => void sql('INSERT OR REPLACE INTO curves (run_id, key, round, step, named_values) VALUES (?, ?, ?, ?, ?)')
      .run(runId, key, round, step, JSON.stringify(values)),
    list: (runId) => (sql('SELECT key, round, step, named_values AS "values" FROM curves WHERE run_id = ? ORDER BY round, key, step')
      .all(runId) as (Omit<CurvePoint, 'values'> & { values: string })[]).map((p) => ({ ...p, values: JSON.parse(p.values) })),
  }
}
