import { pieces } from '../core/image/components.ts'
import { contours, ringArea, simplifyRing, type Point, type Ring } from '../core/image/contours.ts'
import { IGNORE, type FloatMap, type LabelMap } from '../core/image/types.ts'

/** One connected piece of one workpiece. Points and boxes are in pixels of the picture, pixel (0, 0) covering 0 .. 1. */
export interface Instance {
  readonly workpiece: string
  readonly classIndex: number
  /** Pixels. */
  readonly area: number
  /** Of the picture, 0 .. 1. */
  readonly share: number
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  readonly centroid: Point
  /** Mean over its pixels, 0 .. 1. */
  readonly confidence: number
  readonly polygon: Ring
  readonly holes: readonly Ring[]
}

export interface InstanceOptions {
  /** Smaller pieces, and smaller holes, are passed over: a share of the picture. */
  readonly minShare: number
  /** Pixels by which a polygon may leave the edge of its pixels; 0 keeps the edge itself. */
  readonly tolerance: number
}

interface Sums { label: number; area: number; x: number; y: number; confidence: number; left: number; right: number; top: number; bottom: number }

/**
 * The workpieces of a label map, one by one.
 *
 * @param labels Class index per pixel, [H, W]; 0 and 255 are nothing. @param confidence [H, W], 0 .. 1.
 * @param classes Names by class index.
 * @returns Largest first.
 */
export function instancesOf(labels: LabelMap, confidence: FloatMap, classes: Readonly<Record<string, string>>, options: InstanceOptions): Instance[] {
  const pixels = labels.width * labels.height
  const smallest = Math.max(1, options.minShare * pixels)
  const map = pieces(labels)
  const sums = sumsOf(map.data, map.count, labels, confidence)
  const rings = contours(map, (piece) => piece !== 0 && isPiece(sums[piece], smallest))
  return [...rings].map(([piece, [outer, ...holes]]) => {
    const { label, area, x, y, confidence: sum, left, right, top, bottom } = sums[piece]
    return {
      workpiece: classes[label] ?? `class ${label}`, classIndex: label,
      area, share: rounded(area / pixels, 6),
      box: { x: left, y: top, width: right - left + 1, height: bottom - top + 1 },
      centroid: [rounded(x / area + 0.5, 2), rounded(y / area + 0.5, 2)] as const,
      confidence: rounded(sum / area, 4),
      polygon: simplifyRing(outer, options.tolerance),
      holes: holes.filter((ring) => -ringArea(ring) >= smallest).map((ring) => simplifyRing(ring, options.tolerance)),
    }
  }).sort((a, b) => b.area - a.area)
}

const isPiece = ({ label, area }: Sums, smallest: number) => label !== IGNORE && area >= smallest
const rounded = (value: number, digits: number) => Number(value.toFixed(digits))

function sumsOf(piece: Int32Array, count: number, labels: LabelMap, confidence: FloatMap): Sums[] {
  const sums: Sums[] = Array.from({ length: count + 1 }, () => (
    { label: 0, area: 0, x: 0, y: 0, confidence: 0, left: Infinity, right: 0, top: Infinity, bottom: 0 }
  ))
  for (let y = 0, i = 0; y < labels.height; y++)
    for (let x = 0; x < labels.width; x++, i++) {
      if (piece[i] === 0) continue
      const s = sums[piece[i]]
      s.label = labels.data[i]
      s.area++
      s.x += x
      s.y += y
      s.confidence += confidence.data[i]
      s.left = Math.min(s.left, x)
      s.right = Math.max(s.right, x)
      s.top = Math.min(s.top, y)
      s.bottom = y
    }
  return sums
}
