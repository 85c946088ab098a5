import type { Raster } from './types.ts'

/** A structuring element: 1 where it reaches, row-major; its anchor is (width >> 1, height >> 1). */
export type Kernel = Raster<Uint8Array>

/** A full rectangle of size x size. Throws RangeError if size is not a positive integer. */
export function rectKernel(size: number): Kernel {
  requireSize(size)
  return { width: size, height: size, data: new Uint8Array(size * size).fill(1) }
}

/**
 * An ellipse in a box of size x size, the same as OpenCV's MORPH_ELLIPSE.
 *
 * @throws RangeError if size is not a positive integer.
 */
export function ellipseKernel(size: number): Kernel {
  requireSize(size)
  const r = size >> 1
  const data = new Uint8Array(size * size)
  for (let y = 0; y < size; y++) {
    const dx = r === 0 ? 0 : roundHalfEven(r * Math.sqrt((r * r - (y - r) * (y - r)) / (r * r)))
    for (let x = Math.max(r - dx, 0); x < Math.min(r + dx + 1, size); x++) data[y * size + x] = 1
  }
  return { width: size, height: size, data }
}

/** All pixels whose centre lies within radius pixels. Throws RangeError if radius is negative. */
export function discKernel(radius: number): Kernel {
  if (!(radius >= 0)) throw new RangeError(`expected a radius of 0 or more, got ${radius}`)
  const r = Math.floor(radius)
  const size = 2 * r + 1
  const data = new Uint8Array(size * size)
  for (let y = -r; y <= r; y++) for (let x = -r; x <= r; x++) data[(y + r) * size + x + r] = x * x + y * y <= radius * radius ? 1 : 0
  return { width: size, height: size, data }
}

/**
 * Grey dilation: each pixel becomes the largest value under the kernel; outside the picture counts as nothing.
 *
 * @param image [H, W]. Pixels that are 0 cost nothing: made for edge maps.
 * @returns [H, W], equal to OpenCV's dilate with its default border.
 */
export function dilate({ width, height, data }: Raster<Uint8Array>, kernel: Kernel): Raster<Uint8Array> {
  const out = data.slice()
  const reach: number[] = []
  for (let ky = 0; ky < kernel.height; ky++)
    for (let kx = 0; kx < kernel.width; kx++)
      if (kernel.data[ky * kernel.width + kx]) reach.push((kernel.width >> 1) - kx, (kernel.height >> 1) - ky)
  if (!kernel.data[(kernel.height >> 1) * kernel.width + (kernel.width >> 1)]) out.fill(0)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = data[y * width + x]
      if (v === 0) continue
      for (let k = 0; k < reach.length; k += 2) {
        const u = x + reach[k], w = y + reach[k + 1]
        if (u < 0 || w < 0 || u >= width || w >= height) continue
        if (out[w * width + u] < v) out[w * width + u] = v
      }
    }
  }
  return { width, height, data: out }
}

function roundHalfEven(v: number): number {
  const floor = Math.floor(v)
  if (v - floor !== 0.5) return Math.round(v)
  return floor % 2 === 0 ? floor : floor + 1
}

function requireSize(size: number): void {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`expected a kernel size of 1 or more, got ${size}`)
}
