import { databaseOf, statements } from './connection.ts'
import type { HintCount } from './hints.ts'
import type { Store } from './index.ts'

export interface RunNote {
  /** The device it was asked to train on. */
  readonly device: string
  readonly useHints: boolean
  /** Hints there were when it started; none unless it uses them. */
  readonly hints: HintCount
  /** What went wrong, in one sentence. */
  readonly failure: string | null
  readonly finishedAtMs: number | null
}

/** What is known of a run beside what it takes to repeat it. */
export interface RunNotes {
  create(runId: number, note: Pick<RunNote, 'device' | 'useHints' | 'hints'>): void
  get(runId: number): RunNote | null
  /** Notes how a stretch of work on the run ended. */
  end(runId: number, failure: string | null): void
}

type Raw = { device: string; useHints: number; photos: number; pixels: number; failure: string | null; finishedAtMs: number | null }

export function openRunNotes(store: Store): RunNotes {
  const sql = statements(databaseOf(store))
  return {
    create: (runId, { device, useHints, hints }) => void sql(`INSERT OR REPLACE INTO run_notes (run_id, device, use_hints, hint_photos, hint_pixels)
      VALUES (?, ?, ?, ?, ?)`).run(runId, device, Number(useHints), useHints ? hints.photos : 0, useHints ? hints.pixels : 0),
    get: (runId) => {
      const raw = sql(`SELECT device, use_hints AS useHints, hint_photos AS photos, hint_pixels AS pixels, failure, finished_at_ms AS finishedAtMs
        FROM run_notes WHERE run_id = ?`).get(runId) as Raw | undefined
      if (!raw) return null
      const { device, useHints, photos, pixels, failure, finishedAtMs } = raw
      return { device, useHints: useHints === 1, hints: { photos, pixels }, failure, finishedAtMs }
    },
    end: (runId, failure) => void sql('UPDATE run_notes SET failure = ?, finished_at_ms = ? WHERE run_id = ?').run(failure, Date.now(), runId),
  }
}
