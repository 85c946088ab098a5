import { cpus } from 'node:os'
import { denseCrf } from '../main/core/image/dense-crf.ts'
import type { ChannelMap } from '../main/core/image/resize.ts'
import type { RgbImage } from '../main/core/image/types.ts'
import { random } from '../main/core/random.ts'

/** Dense CRF on a drawn photo; prints milliseconds (median of 5 after 2 to warm up) as JSON. Arguments: width height classes iterations. */

const [width = 640, height = 480, classes = 9, iterations = 10] = process.argv.slice(2).map(Number)

function drawn(): { image: RgbImage; probabilities: ChannelMap } {
  const { uniform, below } = random('bench')
  const spots = Array.from({ length: 40 }, () => ({ x: below(width), y: below(height), r: 10 + below(60), grey: below(256), label: below(classes) }))
  const image = new Uint8Array(width * height * 3)
  const data = new Float32Array(width * height * classes)
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width)
    const spot = spots.find((s) => Math.hypot(x - s.x, y - s.y) < s.r)
    for (let c = 0; c < 3; c++) image[3 * i + c] = Math.min(255, Math.max(0, (spot?.grey ?? 120) + 10 * c + 20 * (uniform() - 0.5)))
    data.fill(0.5 / classes, i * classes, (i + 1) * classes)
    data[i * classes + (uniform() < 0.8 ? (spot?.label ?? 0) : below(classes))] += 0.5
  }
  return { image: { width, height, data: image }, probabilities: { width, height, channels: classes, data } }
}

const { image, probabilities } = drawn()
const times = Array.from({ length: 7 }, () => {
  const start = performance.now(), before = process.cpuUsage()
  denseCrf(probabilities, image, {
    iterations, gaussian: { width: 3, weight: 3 }, bilateral: { width: 80, colour: 13, weight: 10 },
  })
  const used = process.cpuUsage(before)
  return { wall: performance.now() - start, cpu: (used.user + used.system) / 1000 }
}).slice(2)
const median = (values: number[]) => Math.round(values.sort((a, b) => a - b)[2])
console.log(JSON.stringify({
  bench: 'dense-crf', width, height, classes, iterations, ms: median(times.map((t) => t.wall)), cpuMs: median(times.map((t) => t.cpu)),
  device: `${cpus()[0].model}, one thread`, versions: { node: process.versions.node },
}))
