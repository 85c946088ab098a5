import type { LabelMap } from '../core/image/types.ts'
import type { Blobs } from './blobs.ts'
import { statements } from './connection.ts'
import type { Db } from './connection.ts'

/** Exact masks of renders, in class indices of the project. */
export interface RenderMasks {
  save(imageId: number, sha: string): void
  shaOfRender(imageId: number): string | null
  /** @throws TypeError when the image has none, as no photo has. */
  ofRender(imageId: number): LabelMap
}

export function openMasks(db: Db, blobs: Blobs): RenderMasks {
  const sql = statements(db)
  const shaOfRender = (imageId: number) =>
    (sql('SELECT mask_sha AS sha FROM render_masks WHERE image_id = ?').get(imageId) as { sha: string } | undefined)?.sha ?? null
  return {
    save: (imageId, sha) => void sql(`INSERT INTO render_masks (image_id, mask_sha)
      SELECT id, @sha FROM images WHERE id = @imageId AND kind = 'render'
      ON CONFLICT DO UPDATE SET mask_sha = excluded.mask_sha`).run({ imageId, sha }),
    shaOfRender,
    ofRender: (imageId) => {
      const sha = shaOfRender(imageId)
      if (sha === null) throw new TypeError(`expected a render, got image ${imageId} without a mask`)
      return blobs.getLabels(sha)
    },
  }
}
