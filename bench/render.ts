import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { extname } from 'node:path'
import type { RgbImage } from '../main/core/image/types.ts'
import { loadCad, partsOf } from '../main/core/render/load-mesh.ts'
import type { Mesh } from '../main/core/render/mesh.ts'
import { preparePart } from '../main/core/render/render.ts'
import { renderAll } from '../main/steps/render-pool.ts'

/**
 * Renders of a part of 10,000 triangles at 320 x 240 on worker threads; prints renders a second as JSON, in four settings.
 * Arguments: number of renders, threads, a CAD file in place of the drawn part.
 */

const [count = '40', threads = String(availableParallelism()), file] = process.argv.slice(2)

/** A knurled ring with a bore: 72 x 70 quads in two triangles each. */
function drawn(around = 72, along = 70): Mesh {
  const positions: number[] = []
  const indices: number[] = []
  for (let j = 0; j < along; j++)
    for (let i = 0; i < around; i++) {
      const turn = (2 * Math.PI * i) / around, tube = (2 * Math.PI * j) / along
      const radius = 10 + 0.5 * Math.sin(24 * turn), reach = 30 + radius * Math.cos(tube)
      positions.push(reach * Math.cos(turn), reach * Math.sin(turn), radius * Math.sin(tube))
      const right = (i + 1) % around, next = (j + 1) % along
      const a = j * around + i, b = j * around + right, c = next * around + right, d = next * around + i
      indices.push(a, b, c, a, c, d)
    }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) }
}

const mesh = file ? partsOf(await loadCad(readFileSync(file), extname(file).slice(1)), 'one')[0].mesh : drawn()
const startedAt = performance.now()
const part = preparePart(mesh)
const prepareMs = Math.round(performance.now() - startedAt)
const things = [{ part, label: 1, name: 'part' }]
const photo: RgbImage = { width: 320, height: 240, data: new Uint8Array(3 * 320 * 240).fill(140) }
const wishes = Array.from({ length: Number(count) }, (_, number) => ({ thing: 0, number }))
const alone = { things, options: {}, seed: 1, scene: null, maps: [] }
const settings = {
  asBefore: alone,
  camera: { ...alone, options: { slope: 0.3, defocus: 1.5, motion: 4, noise: 4 } },
  beforePhotos: { ...alone, scene: { parts: 1, distractors: 0, background: 'photos' as const, alike: false, photos: [photo] } },
  several: { ...alone, scene: { parts: 4, distractors: 3, background: 'photos' as const, alike: false, photos: [photo] } },
}
const rendersPerSecond: Record<string, number> = {}
/** Of all threads, their start and first steps included. */
const processorMs: Record<string, number> = {}
for (const [name, job] of Object.entries(settings)) {
  const from = performance.now()
  const before = process.cpuUsage()
  await renderAll(job, wishes, { threads: Number(threads) }, async () => undefined)
  rendersPerSecond[name] = Math.round((10_000 * wishes.length) / (performance.now() - from)) / 10
  const { user, system } = process.cpuUsage(before)
  processorMs[name] = Math.round((user + system) / 1000 / wishes.length)
}
console.log(JSON.stringify({
  bench: 'render', width: 320, height: 240, triangles: mesh.indices.length / 3, renders: wishes.length, threads: Number(threads), prepareMs, rendersPerSecond, processorMs,
  device: cpus()[0].model, versions: { node: process.versions.node },
}))
