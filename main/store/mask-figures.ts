import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

export interface MaskFigure {
  /** Mean confidence of labelled pixels, 0 .. 1. */
  readonly confidence: number | null
  /** Share of pixels whose label is another than in the round before. */
  readonly changed: number | null
}

/** Figures of masks that take all their pixels to know, kept beside them. */
export interface MaskFigures {
  save(runId: number, round: number, imageId: number, maskSha: string, figure: MaskFigure): void
  /** By image id; those of masks that have been replaced since are left out. */
  list(runId: number, round: number): Map<number, MaskFigure>
}

export function openMaskFigures(store: Store): MaskFigures {
  const sql = statements(databaseOf(store))
  return {
    save: (runId, round, imageId, maskSha, { confidence, changed }) => void sql(
      'INSERT OR REPLACE INTO mask_figures (run_id, round, image_id, mask_sha, confidence, changed) VALUES (?, ?, ?, ?, ?, ?)')
      .run(runId, round, imageId, maskSha, confidence, changed),
    list: (runId, round) => {
      const rows = sql(`SELECT f.image_id AS imageId, confidence, changed FROM mask_figures f
        JOIN round_masks m ON m.run_id = f.run_id AND m.round = f.round AND m.image_id = f.image_id AND m.mask_sha = f.mask_sha
        WHERE f.run_id = ? AND f.round = ?`).all(runId, round) as (MaskFigure & { imageId: number })[]
      return new Map(rows.map(({ imageId, confidence, changed }) => [imageId, { confidence, changed }]))
    },
  }
}
