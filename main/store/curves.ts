import { statements } from './connection.ts'
import type { Db } from './connection.ts'

export interface CurvePoint {
  readonly round: number
  readonly step: number
  /** Loss, learning rate ... at that step. */
  readonly values: Readonly<Record<string, number>>
}

/** Curves of training. */
export interface Curves {
  /** A point replaces the earlier one of the same step, as happens after a resume. */
  add(runId: number, point: CurvePoint): void
  /** In order of round and step. */
  list(runId: number): CurvePoint[]
}

export function openCurves(db: Db): Curves {
  const sql = statements(db)
  return {
    add: (runId, { round, step, values }) => void sql(
      'INSERT OR REPLACE INTO curves (run_id, round, step, named_values) VALUES (?, ?, ?, ?)').run(runId, round, step, JSON.stringify(values)),
    list: (runId) => (sql('SELECT round, step, named_values AS "values" FROM curves WHERE run_id = ? ORDER BY round, step')
      .all(runId) as { round: number; step: number; values: string }[]).map((p) => ({ ...p, values: JSON.parse(p.values) })),
  }
}
