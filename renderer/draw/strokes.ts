import type { Labels } from './labels.ts'

/** One stroke of a tool: the pixels it changed, what they were and what they are. */
export interface Stroke {
  readonly pixels: Int32Array
  readonly before: Uint8Array
  readonly label: number
}

/** A stroke being drawn. */
export interface OpenStroke {
  readonly label: number
  readonly touched: Map<number, number>
}
export const openStroke = (label: number): OpenStroke => ({ label, touched: new Map() })

function mark(labels: Labels, stroke: OpenStroke, pixel: number): void {
  if (labels.data[pixel] === stroke.label) return
  if (!stroke.touched.has(pixel)) stroke.touched.set(pixel, labels.data[pixel])
  labels.data[pixel] = stroke.label
}

/** Paints a disc; centre and radius in pixels of the photo. */
function disc(labels: Labels, stroke: OpenStroke, cx: number, cy: number, radius: number): void {
  const { width, height } = labels
  const y0 = Math.max(0, Math.ceil(cy - radius - 0.5))
  const y1 = Math.min(height - 1, Math.floor(cy + radius - 0.5))
  for (let y = y0; y <= y1; y++) {
    const half = Math.sqrt(Math.max(0, radius * radius - (y + 0.5 - cy) ** 2))
    const x0 = Math.max(0, Math.ceil(cx - half - 0.5))
    const x1 = Math.min(width - 1, Math.floor(cx + half - 0.5))
    for (let x = x0; x <= x1; x++) mark(labels, stroke, y * width + x)
  }
}

/** Paints a line of discs from one point to the next. */
export function paintLine(labels: Labels, stroke: OpenStroke, from: readonly [number, number], to: readonly [number, number], radius: number): void {
  const distance = Math.hypot(to[0] - from[0], to[1] - from[1])
  const count = Math.max(1, Math.ceil(distance / Math.max(0.5, radius / 2)))
  for (let i = 0; i <= count; i++) {
    const t = i / count
    disc(labels, stroke, from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, Math.max(0.5, radius))
  }
}

/** Paints every pixel of one superpixel. */
export function paintSegment(labels: Labels, stroke: OpenStroke, segments: Int32Array, segment: number): void {
  for (let pixel = 0; pixel < segments.length; pixel++) if (segments[pixel] === segment) mark(labels, stroke, pixel)
}

/** Ends a stroke; undefined when it changed nothing. */
export function closeStroke({ label, touched }: OpenStroke): Stroke | undefined {
  if (touched.size === 0) return undefined
  return { pixels: Int32Array.from(touched.keys()), before: Uint8Array.from(touched.values()), label }
}

export function undoStroke(labels: Labels, { pixels, before }: Stroke): void {
  pixels.forEach((pixel, i) => { labels.data[pixel] = before[i] })
}

export function redoStroke(labels: Labels, { pixels, label }: Stroke): void {
  for (const pixel of pixels) labels.data[pixel] = label
}
