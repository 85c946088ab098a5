import { boundary, classBoundary } from '../image/boundary.ts'
import { dilate, rectKernel } from '../image/morphology.ts'
import { IGNORE, type LabelMap, type SegmentMap } from '../image/types.ts'

/** How well superpixels keep to true borders; shares 0..1. */
export interface SuperpixelQuality {
  /** Share of true boundary pixels with a superpixel boundary within 2 pixels (5 x 5 window); null without true boundary. */
  readonly boundaryRecall: number | null
  /** Sum of what superpixels leak over true classes (smaller is better). */
  readonly underSegmentationError: number
  /** Share of pixels right if every superpixel took its best class. */
  readonly achievableAccuracy: number
}

/**
 * Boundary recall, under-segmentation error and achievable segmentation accuracy.
 *
 * Neubert and Protzel, Superpixel Benchmark and Comparison, 2012; Liu et al., CVPR 2011, section 5.
 *
 * @param segments Superpixels, [H, W].
 * @param truth True classes, [H, W]; pixels that are 255 are left out of every count.
 * @throws RangeError if sizes differ or no pixel has a class.
 */
export function superpixelQuality(segments: SegmentMap, truth: LabelMap): SuperpixelQuality {
  if (segments.width !== truth.width || segments.height !== truth.height)
    throw new RangeError(`expected truth of ${segments.width} x ${segments.height}, got ${truth.width} x ${truth.height}`)
  const overlap = new Int32Array(segments.count * IGNORE)
  let n = 0
  for (let i = 0; i < truth.data.length; i++) {
    if (truth.data[i] === IGNORE) continue
    overlap[segments.data[i] * IGNORE + truth.data[i]]++
    n++
  }
  if (n === 0) throw new RangeError('expected truth with labelled pixels, got none')
  let leak = 0
  let best = 0
  for (let s = 0; s < segments.count; s++) {
    const row = overlap.subarray(s * IGNORE, (s + 1) * IGNORE)
    const area = row.reduce((a, b) => a + b, 0)
    best += row.reduce((a, b) => Math.max(a, b), 0)
    leak += row.reduce((sum, inside) => sum + Math.min(inside, area - inside), 0)
  }
  return { boundaryRecall: recall(segments, truth), underSegmentationError: leak / n, achievableAccuracy: best / n }
}

function recall(segments: SegmentMap, truth: LabelMap): number | null {
  const wanted = classBoundary(truth).data
  const near = dilate(boundary(segments), rectKernel(5)).data
  let total = 0
  let hit = 0
  for (let i = 0; i < wanted.length; i++) {
    total += wanted[i]
    hit += wanted[i] & near[i]
  }
  return total > 0 ? hit / total : null
}
