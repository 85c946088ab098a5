import { cpus } from 'node:os'
import { rgbToLab } from '../main/core/image/lab.ts'
import { slic } from '../main/core/image/slic.ts'
import type { RgbImage } from '../main/core/image/types.ts'
import { random } from '../main/core/random.ts'

/** SLIC on a drawn photo; prints milliseconds (median of 7) as JSON. Arguments: width height segments. */

const [width = 640, height = 480, segments = 600] = process.argv.slice(2).map(Number)

function drawn(): RgbImage {
  const { uniform, below } = random('bench')
  const spots = Array.from({ length: 40 }, () => ({ x: below(width), y: below(height), r: 10 + below(60), grey: below(256) }))
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width)
    const spot = spots.find((s) => Math.hypot(x - s.x, y - s.y) < s.r)
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.min(255, Math.max(0, (spot?.grey ?? 120) + 10 * c + 20 * (uniform() - 0.5)))
  }
  return { width, height, data }
}

function median(run: () => void): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.round(times.sort((a, b) => a - b)[3] * 10) / 10
}

const image = drawn()
const lab = rgbToLab(image)
console.log(JSON.stringify({
  bench: 'slic', width, height, segments, found: slic(lab, { segments, compactness: 10 }).count,
  labMs: median(() => rgbToLab(image)), slicMs: median(() => slic(lab, { segments, compactness: 10, iterations: 10 })),
  device: `${cpus()[0].model}, one thread`, versions: { node: process.versions.node },
}))
