import type { FloatMap, RgbImage } from '../image/types.ts'
import type { Vector } from './camera.ts'
import type { Traced } from './trace.ts'

/** Linear light 0 .. 1 as 8-bit sRGB. IEC 61966-2-1. */
export function toSrgb(light: number): number {
  const x = Math.min(1, Math.max(0, light))
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055))
}

/** 8-bit sRGB as linear light 0 .. 1. IEC 61966-2-1. */
export function fromSrgb(value: number): number {
  const x = value / 255
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4
}

/** Rises like the light itself and bends before white, so that highlights keep their shape. */
function shoulder(x: number): number {
  return x < 0.7 ? x : 0.7 + 0.3 * (1 - Math.exp((0.7 - x) / 0.3))
}

/** Mean linear light of what is covered, before exposure and without what is mirrored of a picture behind; 0 if nothing is. */
export function meanLight({ light, coverage }: Traced): number {
  let sum = 0
  let covered = 0
  for (let i = 0; i < coverage.data.length; i++) {
    sum += (light.data[3 * i] + light.data[3 * i + 1] + light.data[3 * i + 2]) / 3
    covered += coverage.data[i]
  }
  return covered > 0 ? sum / covered : 0
}

/**
 * A traced picture as the camera gives it.
 *
 * @param exposure Factor on the light.
 * @param background sRGB 0 .. 255 behind what is covered.
 */
export function develop({ light, coverage }: Pick<Traced, 'light' | 'coverage'>, exposure: number, background: Vector): RgbImage {
  const { width, height } = light
  const data = new Uint8Array(width * height * 3)
  const behind = background.map(fromSrgb)
  for (let i = 0; i < width * height; i++) {
    const cover = Math.min(1, coverage.data[i])
    for (let k = 0; k < 3; k++) {
      const own = cover > 0 ? shoulder((light.data[3 * i + k] / cover) * exposure) : 0
      data[3 * i + k] = toSrgb(own * cover + behind[k] * (1 - cover))
    }
  }
  return { width, height, data }
}

/**
 * The same before a picture, which is mirrored as light as it is.
 *
 * @param behind Of the same size.
 * @param left Share of its light that shadows leave of it, 0 .. 1.
 */
export function developOver({ light, mirrored, coverage }: Traced, exposure: number, behind: RgbImage, left: FloatMap): RgbImage {
  const { width, height } = light
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const cover = Math.min(1, coverage.data[i])
    if (cover === 0 && left.data[i] === 1) data.set(behind.data.subarray(3 * i, 3 * i + 3), 3 * i)
    else
      for (let k = 0; k < 3; k++) {
        const own = cover > 0 ? shoulder((light.data[3 * i + k] * exposure + mirrored.data[3 * i + k]) / cover) : 0
        data[3 * i + k] = toSrgb(own * cover + linear[behind.data[3 * i + k]] * left.data[i] * (1 - cover))
      }
  }
  return { width, height, data }
}

/** Linear light of every sRGB value. */
export const linear = Float64Array.from({ length: 256 }, (_, grey) => fromSrgb(grey))
