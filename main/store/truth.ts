import { AppError } from '../../preload/contract/error.ts'
import type { LabelMap } from '../core/image/types.ts'
import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

/**
 * Drawn masks of photos, for evaluation alone. A store does not carry them: only evaluation, the report and the import of
 * truth may open them, and a photo that has one never trains.
 */
export interface Truth {
  /** Keeps the mask of a photo, in class indices of the project; from then on the photo does not train. */
  save(imageId: number, sha: string): void
  get(imageId: number): string | null
  /** @throws TypeError when the photo has none. */
  labels(imageId: number): LabelMap
  /** Photos in use that have truth, in order of id. */
  list(): { imageId: number; sha: string }[]
  /** Forgets the mask of a photo; it may train again. */
  remove(imageId: number): void
}

export function openTruth(store: Store): Truth {
  const db = databaseOf(store)
  const sql = statements(db)
  const get = (imageId: number) =>
    (sql('SELECT mask_sha AS sha FROM truths WHERE image_id = ?').get(imageId) as { sha: string } | undefined)?.sha ?? null
  return {
    get,
    save: db.transaction((imageId: number, sha: string) => {
      const marked = sql(`UPDATE images SET has_truth = 1 WHERE id = ? AND kind = 'photo'`).run(imageId)
      if (marked.changes === 0) throw noPhoto(imageId)
      sql(`INSERT INTO truths (image_id, mask_sha, saved_at_ms) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET mask_sha = excluded.mask_sha, saved_at_ms = excluded.saved_at_ms`).run(imageId, sha, Date.now())
    }),
    labels: (imageId) => {
      const sha = get(imageId)
      if (sha === null) throw new TypeError(`expected a photo with truth, got image ${imageId}`)
      return store.blobs.getLabels(sha)
    },
    list: () => sql(`SELECT image_id AS imageId, mask_sha AS sha FROM truths JOIN images ON images.id = image_id
      WHERE removed_at_ms IS NULL ORDER BY image_id`).all() as { imageId: number; sha: string }[],
    remove: db.transaction((imageId: number) => {
      sql('DELETE FROM truths WHERE image_id = ?').run(imageId)
      sql('UPDATE images SET has_truth = 0 WHERE id = ?').run(imageId)
    }),
  }
}

const noPhoto = (id: number) => new AppError({
  code: 'truth-without-photo',
  message: `There is no photo ${id} for a drawn mask.`,
  advice: 'Import the photo first.',
  subject: String(id),
})
