import type { LabelMap } from '../core/image/types.ts'
import { databaseOf, statements } from './connection.ts'
import type { Store } from './index.ts'

export interface HintCount {
  readonly photos: number
  readonly pixels: number
}

/** Labels that people painted on photos, of the photo's size; 255 = none. They train only where a run says so. */
export interface Hints {
  /** Replaces the hints of a photo; a map without any forgets them. Gives the number of hinted pixels. */
  save(imageId: number, map: LabelMap): number
  shaOf(imageId: number): string | null
  get(imageId: number): LabelMap | null
  /** Hinted pixels by image id, photos in use. */
  pixels(): Map<number, number>
  count(): HintCount
  /** The hints of a photo for a run: null unless the run was started with hints. */
  ofRun(runId: number, imageId: number): LabelMap | null
}

const none = 255

export function openHints(store: Store): Hints {
  const sql = statements(databaseOf(store))
  const shaOf = (imageId: number) =>
    (sql('SELECT mask_sha AS sha FROM hints WHERE image_id = ?').get(imageId) as { sha: string } | undefined)?.sha ?? null
  const get = (imageId: number) => {
    const sha = shaOf(imageId)
    return sha === null ? null : store.blobs.getLabels(sha)
  }
  const inUse = 'FROM hints JOIN images ON images.id = image_id WHERE removed_at_ms IS NULL'
  return {
    shaOf, get,
    save: (imageId, map) => {
      const pixels = map.data.reduce((n, label) => n + Number(label !== none), 0)
      if (pixels === 0) sql('DELETE FROM hints WHERE image_id = ?').run(imageId)
      else
        sql(`INSERT INTO hints (image_id, mask_sha, pixels, saved_at_ms) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET mask_sha = excluded.mask_sha, pixels = excluded.pixels, saved_at_ms = excluded.saved_at_ms`)
          .run(imageId, store.blobs.putLabels(map), pixels, Date.now())
      return pixels
    },
    pixels: () => new Map(sql(`SELECT image_id, pixels ${inUse}`).raw().all() as [number, number][]),
    count: () => sql(`SELECT count(*) AS photos, coalesce(sum(pixels), 0) AS pixels ${inUse}`).get() as HintCount,
    ofRun: (runId, imageId) =>
      sql('SELECT 1 FROM run_notes WHERE run_id = ? AND use_hints = 1').get(runId) === undefined ? null : get(imageId),
  }
}
