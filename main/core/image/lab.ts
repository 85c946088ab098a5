import type { Raster, RgbImage } from './types.ts'

/** CIELAB, [H, W, 3]; L in 0..100, a and b about -100..100. */
export type LabImage = Raster<Float32Array>

const linear = Float64Array.from({ length: 256 }, (_, i) => {
  const v = i / 255
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
})

/** The CIE function of a ratio to white; below (6/29)^3 a straight line. */
const lightness = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116)

/**
 * Converts sRGB to CIELAB under D65, 2 degree observer.
 *
 * IEC 61966-2-1 (transfer curve and matrix); CIE 15:2004, section 8.2.1.
 *
 * @param image 8-bit sRGB, [H, W, 3].
 * @returns CIELAB, [H, W, 3]; L in 0..100.
 * @throws RangeError if the data is not H * W * 3 long.
 */
export function rgbToLab({ width, height, data }: RgbImage): LabImage {
  const n = width * height * 3
  if (data.length !== n) throw new RangeError(`expected ${n} values, got ${data.length}`)
  const lab = new Float32Array(n)
  for (let i = 0; i < n; i += 3) {
    const r = linear[data[i]], g = linear[data[i + 1]], b = linear[data[i + 2]]
    const fx = lightness((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    const fy = lightness(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
    const fz = lightness((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
    lab[i] = 116 * fy - 16
    lab[i + 1] = 500 * (fx - fy)
    lab[i + 2] = 200 * (fy - fz)
  }
  return { width, height, data: lab }
}
