/** How a photo lies in its frame: px of the frame per pixel of the photo, and where the photo's corner is. */
export interface Viewport {
  readonly scale: number
  readonly x: number
  readonly y: number
}
export interface Size {
  readonly width: number
  readonly height: number
}

const largest = 64

/** The whole photo, centred; with `cover` the frame is filled and the photo's edges are cut. */
export function fit(photo: Size, frame: Size, cover = false): Viewport {
  const scale = Math[cover ? 'max' : 'min'](frame.width / photo.width, frame.height / photo.height)
  return { scale, x: (frame.width - photo.width * scale) / 2, y: (frame.height - photo.height * scale) / 2 }
}

/** Zooms about a point of the frame, not below the whole photo and not beyond 64 px a pixel. */
export function zoom(view: Viewport, factor: number, x: number, y: number, photo: Size, frame: Size): Viewport {
  const whole = fit(photo, frame)
  const scale = Math.min(largest, Math.max(whole.scale, view.scale * factor))
  if (scale === whole.scale) return whole
  const ratio = scale / view.scale
  return clamp({ scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio }, photo, frame)
}

/** Keeps the photo in its frame. */
export function clamp(view: Viewport, photo: Size, frame: Size): Viewport {
  const axis = (at: number, length: number, room: number) =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at))
  return {
    scale: view.scale,
    x: axis(view.x, photo.width * view.scale, frame.width),
    y: axis(view.y, photo.height * view.scale, frame.height),
  }
}

/** The point of the photo under a point of the frame, in pixels with fractions. */
export const toPhoto = (view: Viewport, x: number, y: number): [number, number] => [(x - view.x) / view.scale, (y - view.y) / view.scale]
