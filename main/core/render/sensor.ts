import type { FloatMap, RgbImage } from '../image/types.ts'
import type { Random } from '../random.ts'

/** The nearest grey level. */
const grey = (value: number) => Math.min(255, Math.max(0, Math.round(value)))

/**
 * Adds what a sensor adds: noise of reading, and of light that grows with its root.
 *
 * EMVA standard 1288, release 4.0, section 2.
 *
 * @param level Standard deviation at white, in grey levels of 255.
 * @param share Share of it that each pixel gets, 0 .. 1; without, all of it.
 */
export function addNoise({ width, height, data }: RgbImage, level: number, rng: Random, share?: FloatMap): RgbImage {
  const sigma = Float64Array.from({ length: 256 }, (_, value) => level * Math.sqrt(0.15 + (0.85 * value) / 255))
  const out = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) out[i] = grey(data[i] + sigma[data[i]] * rng.normal() * (share ? Math.min(1, share.data[(i / 3) | 0]) : 1))
  return { width, height, data: out }
}

/**
 * Adds the grain of places that little light reaches, mostly of brightness.
 *
 * @param level Standard deviation in grey levels of 255 where no light is left.
 * @param left Share of the light that is left, 0 .. 1.
 */
export function addDarkNoise({ width, height, data }: RgbImage, level: number, left: FloatMap, rng: Random): RgbImage {
  const out = data.slice()
  for (let i = 0; i < width * height; i++) {
    if (left.data[i] === 1) continue
    const sigma = level * (1 - left.data[i]), common = 0.9 * rng.normal()
    for (let o = 3 * i; o < 3 * i + 3; o++) out[o] = grey(data[o] + sigma * (common + 0.4 * rng.normal()))
  }
  return { width, height, data: out }
}
