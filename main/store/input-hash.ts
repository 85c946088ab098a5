import { createHash } from 'node:crypto'
import type { Db } from './connection.ts'

/**
 * A SHA-256 over all that trains: workpieces, renders with their masks, photos with their tags, in order. The same hash, seed,
 * settings and device give the same run.
 */
export function inputHash(db: Db): string {
  const hash = createHash('sha256')
  const workpieces = db.prepare('SELECT class_index, name FROM workpieces ORDER BY class_index').raw().all()
  const images = db.prepare(`
    SELECT kind, sha256, mask_sha,
      (SELECT json_group_array(class_index ORDER BY class_index) FROM image_tags JOIN workpieces w ON w.id = workpiece_id WHERE image_id = images.id)
    FROM images LEFT JOIN render_masks m ON m.image_id = images.id
    WHERE removed_at_ms IS NULL AND rejected = 0 AND has_truth = 0 AND id NOT IN (SELECT image_id FROM untagged) ORDER BY id`).raw()
  hash.update(JSON.stringify(workpieces))
  for (const row of images.iterate()) hash.update(JSON.stringify(row))
  return hash.digest('hex')
}
