import type { Mask } from '../core/train/initial-mask.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { readScoreMaps } from './cam.ts'
import { cameraViews } from './camera-seeds.ts'
import { photosOf } from './photos.ts'
import type { Run } from './run.ts'
import { readSuperpixels } from './superpixels.ts'
import { IGNORE } from '../core/image/types.ts'

/** Step: score maps, superpixels, seeds of the camera -> masks of round 0. Finished photos are skipped. */
export async function makeInitialMasks(run: Run): Promise<void> {
  const { store, settings } = run
  const startedAt = performance.now()
  const photos = photosOf(store)
  const missing = photos.filter((photo) => !store.rounds.mask(run.id, 0, photo.id))
  const options = {
    share: settings['initial.share'], positive: settings['initial.positive'], background: settings['initial.background'],
  }
  const viewOf = await cameraViews(run)
  await run.pool.each(missing, 'initial', (photo) => ({
    scores: readScoreMaps(store, run.id, photo), segments: readSuperpixels(store, run.id, 'initial', photo.id), options,
    camera: viewOf(photo),
  }), async (photo, mask, i) => {
    saveMask(store, run.id, 0, photo, mask)
    await run.report({ step: 'initial-mask', done: i + 1, total: missing.length, unit: 'photos' })
  }, run.signal)
  if (store.rounds.get(run.id, 0)?.state === 'done') return
  store.rounds.upsert(run.id, 0, { state: 'done', labelled: meanLabelled(store, run.id, 0), durationMs: performance.now() - startedAt })
}

/** Keeps a mask with where its labels come from and how sure they are (0..255). */
export function saveMask(store: Store, runId: number, round: number, photo: ImageRow, { labels, provenance }: Mask, confidence?: Uint8Array): void {
  const { width, height, data } = labels
  store.rounds.saveMask(runId, round, photo.id, {
    maskSha: store.blobs.putLabels(labels),
    provenanceSha: store.blobs.putArray(provenance, [height, width]),
    confidenceSha: confidence ? store.blobs.putArray(confidence, [height, width]) : null,
    labelled: data.reduce((n, label) => n + (label === IGNORE ? 0 : 1), 0) / data.length,
  })
}

/** Mean share of labelled pixels over the masks of a round. */
export function meanLabelled(store: Store, runId: number, round: number): number {
  const masks = store.rounds.masks(runId, round)
  return masks.reduce((sum, mask) => sum + mask.labelled, 0) / Math.max(1, masks.length)
}
