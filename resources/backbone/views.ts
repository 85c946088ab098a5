import type { RgbImage } from '../../main/core/image/types.ts'
import { toSrgb } from '../../main/core/render/develop.ts'
import { mapSky } from '../../main/core/render/environment.ts'

/** The maps are no finer. */
const width = 160
const height = 120
const slope = 0.6

/** What a camera in the middle of a light map sees in eight directions, by turns level and downwards; each as bright as pictures are. */
export function viewsOf(maps: readonly Uint8Array[]): RgbImage[] {
  return maps.flatMap((bytes) => {
    const sky = mapSky(bytes)
    return Array.from({ length: 8 }, (_, i) => view(sky, (i * Math.PI) / 4, i % 2 ? -0.7 : -0.15))
  })
}

function view(sky: ReturnType<typeof mapSky>, heading: number, tilt: number): RgbImage {
  const light = new Float64Array(3)
  const linear = new Float32Array(3 * width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const u = slope * ((2 * (x + 0.5)) / width - 1), v = slope * (1 - (2 * (y + 0.5)) / height) * (height / width)
      const ahead = Math.cos(tilt) - v * Math.sin(tilt), up = Math.sin(tilt) + v * Math.cos(tilt)
      const long = Math.hypot(ahead, u, up)
      sky((ahead * Math.cos(heading) - u * Math.sin(heading)) / long, (ahead * Math.sin(heading) + u * Math.cos(heading)) / long, up / long, light)
      linear.set(light, 3 * (y * width + x))
    }
  const exposure = 0.25 / [...linear].map((value) => Math.min(value, 4)).sort((a, b) => a - b)[linear.length >> 1]
  return { width, height, data: Uint8Array.from(linear, (value) => toSrgb(exposure * value)) }
}
