import { colourOf, haloOf, rgbOf } from '../palette.ts'
import { NONE, outlinesOf, type Labels } from './labels.ts'
import type { Viewport } from './viewport.ts'

/** A mask made ready to be drawn at any zoom: its colours, its ignored pixels, its outlines. */
export interface Overlay {
  readonly fill: OffscreenCanvas
  readonly ignored: OffscreenCanvas | null
  readonly outlines: readonly { readonly colour: string; readonly halo: string; readonly path: Path2D }[]
}
export interface Style {
  readonly colourOf: (label: number) => string
  readonly haloOf: (colour: string) => string
  /** Strength of the fill at a pixel, 0 .. 255; full when absent. */
  readonly grain?: (label: number, x: number, y: number) => number
}
export const maskStyle: Style = { colourOf, haloOf }

/** Colours of change: gained is full, lost is striped, flipped is chequered, so that none is told by colour alone. */
export const changeColours = ['#1a9850', '#d73027', '#f0a202'] as const
export const changeStyle: Style = {
  colourOf: (label) => changeColours[label - 1] ?? changeColours[0],
  haloOf: () => 'rgba(10, 12, 16, 0.75)',
  grain: (label, x, y) => (label === 1 || (label === 2 ? (x + y) % 8 < 4 : ((x >> 2) + (y >> 2)) % 2 === 0) ? 255 : 70),
}

function canvasOf(width: number, height: number, paint: (pixels: Uint8ClampedArray) => void): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('expected a canvas context, got none')
  const picture = context.createImageData(width, height)
  paint(picture.data)
  context.putImageData(picture, 0, 0)
  return canvas
}

function pathOf(segments: readonly number[]): Path2D {
  const path = new Path2D()
  for (let i = 0; i < segments.length; i += 4) {
    path.moveTo(segments[i], segments[i + 1])
    path.lineTo(segments[i + 2], segments[i + 3])
  }
  return path
}

export function overlayOf(labels: Labels, style: Style = maskStyle, hideIgnored = false): Overlay {
  const { width, height, data } = labels
  const colours = new Map<number, readonly [number, number, number]>()
  let ignores = false
  const fill = canvasOf(width, height, (pixels) => {
    for (let i = 0; i < data.length; i++) {
      const label = data[i]
      if (label === NONE) ignores = true
      if (label === 0 || label === NONE) continue
      let rgb = colours.get(label)
      if (rgb === undefined) colours.set(label, rgb = rgbOf(style.colourOf(label)))
      pixels.set(rgb, i * 4)
      pixels[i * 4 + 3] = style.grain?.(label, i % width, Math.floor(i / width)) ?? 255
    }
  })
  const ignored = !ignores || hideIgnored ? null : canvasOf(width, height, (pixels) => {
    for (let i = 0; i < data.length; i++) if (data[i] === NONE) pixels[i * 4 + 3] = 255
  })
  const outlines = [...outlinesOf(labels)].map(([label, segments]) => {
    const colour = style.colourOf(label)
    return { colour, halo: style.haloOf(colour), path: pathOf(segments) }
  })
  return { fill, ignored, outlines }
}

/** Diagonal hatch, dark and light, that reads on every photo. */
function hatch(context: CanvasRenderingContext2D, ratio: number): CanvasPattern | null {
  const size = Math.round(8 * ratio)
  const tile = new OffscreenCanvas(size, size)
  const pen = tile.getContext('2d')
  if (pen === null) return null
  for (const [offset, colour] of [[0, 'rgba(10, 12, 16, 0.6)'], [ratio * 1.4, 'rgba(255, 255, 255, 0.65)']] as const) {
    pen.strokeStyle = colour
    pen.lineWidth = ratio
    pen.beginPath()
    for (const shift of [-size, 0, size]) {
      pen.moveTo(shift + offset - 1, size + 1)
      pen.lineTo(shift + size + offset + 1, -1)
    }
    pen.stroke()
  }
  return context.createPattern(tile, 'repeat')
}

export interface Look {
  /** Of the fill, 0 .. 1. */
  readonly opacity: number
  /** Width of outlines in px of the screen; 0 for none. */
  readonly line: number
  /** Device pixels per px. */
  readonly ratio: number
}

/** Draws an overlay over the photo that lies in the frame as `view` says. */
export function drawOverlay(context: CanvasRenderingContext2D, overlay: Overlay, view: Viewport, { opacity, line, ratio }: Look): void {
  const place = () => context.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio)
  if (overlay.ignored) drawHatch(context, overlay.ignored, view, ratio, Math.min(1, opacity / 0.45))
  place()
  context.imageSmoothingEnabled = false
  context.globalAlpha = opacity
  context.drawImage(overlay.fill, 0, 0)
  context.globalAlpha = 1
  context.lineCap = 'square'
  if (line > 0) {
    for (const { halo, path } of overlay.outlines) stroke(context, path, halo, (line + 1.5) / view.scale)
    for (const { colour, path } of overlay.outlines) stroke(context, path, colour, line / view.scale)
  }
  context.setTransform(1, 0, 0, 1, 0, 0)
}

function stroke(context: CanvasRenderingContext2D, path: Path2D, colour: string, width: number): void {
  context.strokeStyle = colour
  context.lineWidth = width
  context.stroke(path)
}

function drawHatch(context: CanvasRenderingContext2D, ignored: OffscreenCanvas, view: Viewport, ratio: number, strength: number): void {
  const { width, height } = context.canvas
  const layer = new OffscreenCanvas(width, height)
  const pen = layer.getContext('2d')
  const pattern = hatch(context, ratio)
  if (pen === null || pattern === null) return
  pen.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio)
  pen.imageSmoothingEnabled = false
  pen.drawImage(ignored, 0, 0)
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.globalCompositeOperation = 'source-in'
  pen.fillStyle = pattern
  pen.fillRect(0, 0, width, height)
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.globalAlpha = strength
  context.drawImage(layer, 0, 0)
  context.globalAlpha = 1
}
