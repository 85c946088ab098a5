import { statements } from './connection.ts'
import type { Db } from './connection.ts'

export interface RoundRow {
  readonly round: number
  /** What of it is done, in the words of the step that writes it. */
  readonly state: string
  readonly threshold: number | null
  /** Share of pixels that carry a label. */
  readonly labelled: number | null
  /** Share of pixels that kept the label of the round before. */
  readonly agreement: number | null
  readonly durationMs: number | null
}

export interface RoundMask {
  readonly imageId: number
  readonly maskSha: string
  readonly provenanceSha: string | null
  readonly confidenceSha: string | null
  readonly labelled: number
}

export interface NewRoundMask {
  readonly maskSha: string
  readonly provenanceSha?: string | null
  readonly confidenceSha?: string | null
  readonly labelled: number
}

/** Rounds of a run and their pseudo labels; round 0 holds the initial masks. */
export interface Rounds {
  /** Writes the figures given and keeps the others. */
  upsert(runId: number, round: number, figures: Partial<Omit<RoundRow, 'round'>>): void
  get(runId: number, round: number): RoundRow | null
  list(runId: number): RoundRow[]
  saveMask(runId: number, round: number, imageId: number, mask: NewRoundMask): void
  /** In order of image id. */
  masks(runId: number, round: number): RoundMask[]
  mask(runId: number, round: number, imageId: number): RoundMask | null
  /** Forgets a round and all after it, with their masks and what is known of these. */
  removeFrom(runId: number, round: number): void
}

const roundColumns = 'SELECT round, state, threshold, labelled, agreement, duration_ms AS durationMs FROM rounds'
const maskColumns = `SELECT image_id AS imageId, mask_sha AS maskSha, provenance_sha AS provenanceSha, confidence_sha AS confidenceSha, labelled
  FROM round_masks`

export function openRounds(db: Db): Rounds {
  const sql = statements(db)
  const get = (runId: number, round: number) =>
    (sql(`${roundColumns} WHERE run_id = ? AND round = ?`).get(runId, round) ?? null) as RoundRow | null
  const fresh = { state: 'running', threshold: null, labelled: null, agreement: null, durationMs: null }
  return {
    get,
    upsert: db.transaction((runId: number, round: number, figures: Partial<Omit<RoundRow, 'round'>>) => {
      const given = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined))
      sql(`INSERT OR REPLACE INTO rounds (run_id, round, state, threshold, labelled, agreement, duration_ms, saved_at_ms)
        VALUES (@runId, @round, @state, @threshold, @labelled, @agreement, @durationMs, @now)`)
        .run({ ...fresh, ...get(runId, round), ...given, runId, round, now: Date.now() })
    }).immediate,
    list: (runId) => sql(`${roundColumns} WHERE run_id = ? ORDER BY round`).all(runId) as RoundRow[],
    saveMask: (runId, round, imageId, { maskSha, provenanceSha = null, confidenceSha = null, labelled }) => void sql(
      `INSERT OR REPLACE INTO round_masks (run_id, round, image_id, mask_sha, provenance_sha, confidence_sha, labelled, saved_at_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`).run(runId, round, imageId, maskSha, provenanceSha, confidenceSha, labelled, Date.now()),
    masks: (runId, round) => sql(`${maskColumns} WHERE run_id = ? AND round = ? ORDER BY image_id`).all(runId, round) as RoundMask[],
    mask: (runId, round, imageId) =>
      (sql(`${maskColumns} WHERE run_id = ? AND round = ? AND image_id = ?`).get(runId, round, imageId) ?? null) as RoundMask | null,
    removeFrom: db.transaction((runId: number, round: number) => {
      for (const table of ['mask_quality', 'round_masks', 'rounds']) sql(`DELETE FROM ${table} WHERE run_id = ? AND round >= ?`).run(runId, round)
    }).immediate,
  }
}
