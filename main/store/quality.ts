import type { MaskQuality } from '../core/metric/mask-quality.ts'
import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

export interface QualityRow extends MaskQuality {
  readonly round: number
  readonly imageId: number
  /** The mask it is of: that of the round, or the evaluated one of a photo with truth. */
  readonly maskSha: string
  /** All of it in one, 0..1. */
  readonly estimate: number
}

/** Estimates of masks without truth; they go with their round. */
export interface Quality {
  save(runId: number, row: QualityRow): void
  /** In order of round and image id. */
  list(runId: number, round?: number): QualityRow[]
}

export function openQuality(store: Store): Quality {
  const sql = statements(databaseOf(store))
  return {
    save: (runId, row) => void sql(`INSERT OR REPLACE INTO mask_quality (run_id, round, image_id, mask_sha, agreement, activation, tags, contrast, estimate)
      VALUES (@runId, @round, @imageId, @maskSha, @agreement, @activation, @tags, @contrast, @estimate)`).run({ runId, ...row }),
    list: (runId, round) => sql(`SELECT round, image_id AS imageId, mask_sha AS maskSha, agreement, activation, tags, contrast, estimate FROM mask_quality
      WHERE run_id = @runId AND (@round IS NULL OR round = @round) ORDER BY round, image_id`).all({ runId, round: round ?? null }) as QualityRow[],
  }
}
