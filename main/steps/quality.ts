import type { QualityRow } from '../store/quality.ts'
import { openQuality } from '../store/quality.ts'
import type { ImageRow } from '../store/images.ts'
import { readScoreMaps } from './cam.ts'
import { classIndices } from './classes.ts'
import { evaluatedKey } from './evaluated.ts'
import { trainable } from './refine.ts'
import type { Run } from './run.ts'

/** A mask to judge, with the one of the round before where that came of a network too; blobs by hash. */
interface Wish {
  readonly round: number
  readonly photo: ImageRow
  readonly maskSha: string
  readonly beforeSha: string | null
  readonly provenanceSha: string | null
}

/** Part of a step: masks of a round -> what can be said of them without truth. Known ones are skipped. */
export function estimateMasks(run: Run, round: number): Promise<void> {
  const { rounds } = run.store
  return estimate(run, trainable(run.store).flatMap((photo) => {
    const mask = rounds.mask(run.id, round, photo.id)
    if (!mask) return []
    const { maskSha, provenanceSha } = mask
    return [{ round, photo, maskSha, provenanceSha, beforeSha: round > 1 ? (rounds.mask(run.id, round - 1, photo.id)?.maskSha ?? null) : null }]
  }))
}

/** The same for what evaluation has kept of a round's network on photos with truth; the truth itself is not looked at. */
export function estimateEvaluated(run: Run, round: number, photos: readonly ImageRow[]): Promise<void> {
  const sha = (at: number, photo: ImageRow) => run.store.artifacts.get(run.id, 'evaluate', evaluatedKey(at, 'round', photo.id))?.sha ?? null
  return estimate(run, photos.flatMap((photo) => {
    const maskSha = sha(round, photo)
    return maskSha === null ? [] : [{ round, photo, maskSha, provenanceSha: null, beforeSha: round > 1 ? sha(round - 1, photo) : null }]
  }))
}

async function estimate(run: Run, wishes: readonly Wish[]): Promise<void> {
  const { store } = run
  const quality = openQuality(store)
  const classes = classIndices(store)
  const known = new Map(wishes.length > 0 ? quality.list(run.id, wishes[0].round).map(({ imageId, maskSha }) => [imageId, maskSha]) : [])
  const missing = wishes.filter(({ photo, maskSha }) => known.get(photo.id) !== maskSha)
  await run.pool.each(missing, 'quality', ({ photo, maskSha, beforeSha, provenanceSha }) => ({
    mask: store.blobs.getLabels(maskSha),
    before: beforeSha === null ? null : store.blobs.getLabels(beforeSha),
    provenance: provenanceSha === null ? null : (store.blobs.getArray(provenanceSha).data as Uint8Array),
    scores: readScoreMaps(store, run.id, photo),
    tags: photo.tags.map((tag) => classes.get(tag)!),
    bytes: store.images.bytes(photo.id),
  }), async ({ round, photo, maskSha }, found: Omit<QualityRow, 'round' | 'imageId' | 'maskSha'>, i) => {
    quality.save(run.id, { round, imageId: photo.id, maskSha, ...found })
    await run.report({ step: 'quality', round, done: i + 1, total: missing.length, unit: 'photos' })
  }, run.signal)
}
