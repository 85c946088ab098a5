import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from './connection.ts'

const dayMs = 86_400_000
/** A blob is written before its row: a young one may be waiting for it. */
const graceMs = dayMs
const binMs = 30 * dayMs

/**
 * Empties the bin of images that went there over 30 days ago and that no run used, and deletes blobs that no row names any more.
 * @param nowMs Time to measure ages against.
 */
export function collect(db: Db, dir: string, nowMs = Date.now()): { images: number; blobs: number; bytes: number } {
  const images = db.prepare(`DELETE FROM images WHERE removed_at_ms < ?
    AND id NOT IN (SELECT image_id FROM round_masks) AND id NOT IN (SELECT image_id FROM metrics)`).run(nowMs - binMs).changes
  const named = namedBlobs(db)
  const found = { images, blobs: 0, bytes: 0 }
  const root = join(dir, 'blobs')
  for (const folder of readdirSync(root).filter((name) => name.length === 2)) {
    for (const sha of readdirSync(join(root, folder))) {
      const file = join(root, folder, sha)
      const { mtimeMs, size } = statSync(file)
      if (named.has(sha) || nowMs - mtimeMs < graceMs) continue
      rmSync(file)
      found.blobs++
      found.bytes += size
    }
  }
  return found
}

const columns = [
  ['images', 'sha256'], ['render_masks', 'mask_sha'], ['truths', 'mask_sha'], ['artifacts', 'sha'],
  ['round_masks', 'mask_sha'], ['round_masks', 'provenance_sha'], ['round_masks', 'confidence_sha'],
  ['hints', 'mask_sha'],
]

function namedBlobs(db: Db): Set<string> {
  const text = columns.map(([table, column]) => `SELECT ${column} AS sha FROM ${table}`).join(' UNION ')
  return new Set(db.prepare(text).pluck().all() as string[])
}

/** Whether some row names a blob. */
export function isNamed(db: Db, sha: string): boolean {
  return columns.some(([table, column]) => db.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ? LIMIT 1`).get(sha) !== undefined)
}
