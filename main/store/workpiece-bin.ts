import { AppError } from '../../preload/contract/error.ts'
import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

/** Workpieces taken away, with their tags, until they are wanted again. */
export interface WorkpieceBin {
  /**
   * Takes a workpiece and its tags away. Renders that show nothing else go to the bin with it; photos that bore no other tag count as
   * untagged, not as background.
   *
   * @throws AppError not-found.
   */
  remove(workpieceId: number): void
  /** @throws AppError not-found, or already-exists where the name has been given anew. */
  restore(workpieceId: number): void
}

const onlyTag = `SELECT t.image_id FROM image_tags t WHERE t.workpiece_id = @id
  AND NOT EXISTS (SELECT 1 FROM image_tags o WHERE o.image_id = t.image_id AND o.workpiece_id <> @id)`

export function openWorkpieceBin(store: Store): WorkpieceBin {
  const sql = statements(databaseOf(store))
  return {
    remove: (id) => store.transaction(() => {
      const now = Date.now()
      const moved = sql(`INSERT INTO binned_workpieces (id, name, class_index, created_at_ms, binned_at_ms)
        SELECT id, name, class_index, created_at_ms, @now FROM workpieces WHERE id = @id`).run({ id, now })
      if (moved.changes === 0) throw notFound(id)
      sql(`UPDATE images SET removed_at_ms = @now WHERE kind = 'render' AND removed_at_ms IS NULL AND id IN (${onlyTag})`).run({ id, now })
      sql(`INSERT OR IGNORE INTO untagged (image_id) SELECT id FROM images WHERE kind = 'photo' AND id IN (${onlyTag})`).run({ id })
      sql('INSERT INTO binned_tags (workpiece_id, image_id) SELECT workpiece_id, image_id FROM image_tags WHERE workpiece_id = @id').run({ id })
      sql('DELETE FROM image_tags WHERE workpiece_id = @id').run({ id })
      sql('DELETE FROM workpieces WHERE id = @id').run({ id })
    }),
    restore: (id) => store.transaction(() => {
      const binned = sql('SELECT name, binned_at_ms AS atMs FROM binned_workpieces WHERE id = ?').get(id) as { name: string; atMs: number } | undefined
      if (!binned) throw notFound(id)
      if (store.workpieces.find(binned.name)) throw taken(binned.name)
      sql('INSERT INTO workpieces (id, name, class_index, created_at_ms) SELECT id, name, class_index, created_at_ms FROM binned_workpieces WHERE id = @id').run({ id })
      sql('INSERT OR IGNORE INTO image_tags (image_id, workpiece_id) SELECT image_id, workpiece_id FROM binned_tags WHERE workpiece_id = @id').run({ id })
      sql('DELETE FROM untagged WHERE image_id IN (SELECT image_id FROM image_tags WHERE workpiece_id = @id)').run({ id })
      sql(`UPDATE images SET removed_at_ms = NULL WHERE kind = 'render' AND removed_at_ms = @atMs
        AND id IN (SELECT image_id FROM image_tags WHERE workpiece_id = @id)`).run({ id, atMs: binned.atMs })
      sql('DELETE FROM binned_workpieces WHERE id = @id').run({ id })
    }),
  }
}

const notFound = (id: number) => new AppError({
  code: 'not-found', subject: String(id),
  message: `There is no workpiece ${id}.`,
  advice: 'Choose one from the list.',
})

const taken = (name: string) => new AppError({
  code: 'already-exists', subject: name,
  message: `There already is another workpiece called ${name}.`,
  advice: 'Rename that one first.',
})
