import { resizeLabels } from '../core/image/resize.ts'
import { IGNORE } from '../core/image/types.ts'
import type { RoundMask } from '../store/rounds.ts'
import { openMaskFigures } from '../store/mask-figures.ts'
import type { Store } from '../store/index.ts'

/** Step: masks of a round -> their mean confidence and what changed since the round before. Known ones are skipped. */
export async function measureMasks(store: Store, runId: number, round: number, signal: AbortSignal): Promise<void> {
  const figures = openMaskFigures(store)
  const known = figures.list(runId, round)
  const before = new Map(round > 0 ? store.rounds.masks(runId, round - 1).map((mask) => [mask.imageId, mask]) : [])
  for (const mask of store.rounds.masks(runId, round)) {
    if (known.has(mask.imageId)) continue
    signal.throwIfAborted()
    const previous = before.get(mask.imageId)
    figures.save(runId, round, mask.imageId, mask.maskSha, {
      confidence: confidenceOf(store, mask), changed: previous ? changedShare(store, mask, previous) : null,
    })
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function confidenceOf(store: Store, { maskSha, confidenceSha }: RoundMask): number | null {
  if (confidenceSha === null) return null
  const { data: labels } = store.blobs.getLabels(maskSha)
  const { data } = store.blobs.getArray(confidenceSha)
  let sum = 0
  let count = 0
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === IGNORE) continue
    sum += data[i]
    count++
  }
  return count > 0 ? sum / count / 255 : null
}

function changedShare(store: Store, mask: RoundMask, previous: RoundMask): number {
  const now = store.blobs.getLabels(mask.maskSha)
  const then = resizeLabels(store.blobs.getLabels(previous.maskSha), now.width, now.height)
  return now.data.reduce((n, label, i) => n + Number(label !== then.data[i]), 0) / now.data.length
}
