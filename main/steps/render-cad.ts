import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { loadMesh, meshFormats, type MeshFormat } from '../core/render/load-mesh.ts'
import { preparePart, type Part, type Render, type RenderOptions } from '../core/render/render.ts'
import type { Store } from '../store/index.ts'
import type { ImportOptions } from './import-folder.ts'
import { entryUrl } from './pool.ts'
import type { RenderJob } from './render-worker.ts'

/** Millimetres in one of each. */
const millimetres = { mm: 1, cm: 10, m: 1000, inch: 25.4 } as const

export interface RenderCadOptions extends ImportOptions {
  /** Name of the workpiece; made when there is none. */
  readonly workpiece: string
  /** Renders wanted. */
  readonly count: number
  readonly seed: number
  /** Unit of the file's coordinates, to tell a size that cannot be. */
  readonly unit?: keyof typeof millimetres
  /** Worker threads; without, one for every processor core. */
  readonly threads?: number
  readonly render?: Partial<Omit<RenderOptions, 'label' | 'environments'>>
}

const maxBytes = 512 * 1024 * 1024
const maxTriangles = 4_000_000
const batch = 16
const quality = 92

/**
 * Step: a CAD file -> renders with exact masks. What the same file, seed and number gave before is skipped, so a job that was
 * cut short goes on.
 *
 * @throws AppError mesh-unreadable or mesh-too-large; nothing is stored then.
 */
export async function renderCad(store: Store, codec: Codec, file: string, options: RenderCadOptions): Promise<ImportResult> {
  const bytes = await readMeshFile(file)
  const part = prepare(file, bytes)
  const { id, classIndex } = store.workpieces.ensure(options.workpiece)
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  const nameOf = (number: number) => `${options.workpiece}/${version}-${options.seed}-${String(number).padStart(4, '0')}.jpg`
  const missing = Array.from({ length: options.count }, (_, i) => i).filter((i) => store.images.findByName('render', nameOf(i)).length === 0)
  const skipped = options.count - missing.length
  const result = { added: 0, duplicates: skipped, issues: sizeIssues(file, part, options.unit ?? 'mm') }

  let rows: (() => boolean)[] = []
  const flush = () => {
    const batchOfRows = rows
    rows = []
    store.transaction(() => {
      for (const write of batchOfRows) if (write()) result.added++
      else result.duplicates++
    })
  }
  const keep = async (number: number, { image, mask }: Pick<Render, 'image' | 'mask'>, done: number) => {
    const { width, height } = image
    const sha256 = store.blobs.put(codec.encodeJpeg(image, quality))
    const maskSha = store.blobs.putLabels({ ...mask, data: mask.data.map((label) => (label ? classIndex : 0)) })
    const row = { kind: 'render', name: nameOf(number), group: options.workpiece, width, height, sha256, workpieceIds: [id] } as const
    rows.push(() => store.images.take(row, (imageId) => store.masks.save(imageId, maskSha)))
    if (rows.length >= batch) flush()
    await options.report?.({ step: 'render-cad', done: skipped + done, total: options.count, unit: 'renders' })
  }
  try {
    await renderAll({ part, options: options.render ?? {}, seed: options.seed }, missing, options, keep)
  } finally {
    flush()
  }
  return result
}

async function readMeshFile(file: string): Promise<Uint8Array> {
  const size = await stat(file).then((info) => info.size).catch(() => undefined)
  if (size === undefined) throw unreadable(file, 'there is no such file')
  if (size > maxBytes) throw tooLarge(file, `${Math.round(size / 1e6)} MB`)
  return readFile(file)
}

function prepare(file: string, bytes: Uint8Array): Part {
  const format = extname(file).slice(1).toLowerCase()
  if (!meshFormats.includes(format as MeshFormat)) throw unreadable(file, `its kind (${format || 'none'}) is not read`)
  try {
    const mesh = loadMesh(bytes, format as MeshFormat)
    if (mesh.indices.length / 3 > maxTriangles) throw tooLarge(file, `${mesh.indices.length / 3} triangles`)
    return preparePart(mesh)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(file, error.message, error)
    throw error
  }
}

/** Hands numbers to workers and their renders, in order, to `keep`; a worker is at most a few renders ahead. */
async function renderAll(
  job: RenderJob, numbers: readonly number[], { threads, signal }: RenderCadOptions,
  keep: (number: number, render: Pick<Render, 'image' | 'mask'>, done: number) => Promise<void>,
): Promise<void> {
  const size = Math.min(numbers.length, Math.max(1, threads ?? availableParallelism()))
  const workers = Array.from({ length: size }, () => new Worker(entryUrl('render-worker'), { workerData: job }))
  const stop = new Promise<never>((_, reject) => {
    for (const worker of workers) worker.once('error', reject)
    if (signal) signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  stop.catch(() => undefined)
  const render = (worker: Worker, number: number) => new Promise<Pick<Render, 'image' | 'mask'>>((resolve) => {
    worker.once('message', resolve)
    worker.postMessage(number)
  })
  try {
    signal?.throwIfAborted()
    const pending = workers.map((worker, w) => render(worker, numbers[w]))
    for (let i = 0; i < numbers.length; i++) {
      const w = i % size
      const done = await Promise.race([pending[w], stop])
      if (i + size < numbers.length) pending[w] = render(workers[w], numbers[i + size])
      await keep(numbers[i], done, i + 1)
      signal?.throwIfAborted()
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function sizeIssues(file: string, { extent }: Part, unit: keyof typeof millimetres): ImportIssue[] {
  const across = 2 * extent.radius * millimetres[unit]
  if (across >= 0.5 && across <= 20_000) return []
  return [{
    code: 'invalid-input', file: basename(file),
    message: `${basename(file)} would be ${Number(across.toPrecision(2))} mm across if its unit were ${unit}.`,
    advice: 'Its renders are in and good; choose the right unit next time.',
  }]
}

const unreadable = (file: string, why: string, cause?: unknown) => new AppError({
  code: 'mesh-unreadable', subject: file,
  message: `${basename(file)} cannot be rendered: ${why}.`,
  advice: `Save the part anew from your CAD system as ${meshFormats.map((format) => format.toUpperCase()).join(', ')}.`,
}, { cause })

const tooLarge = (file: string, size: string) => new AppError({
  code: 'mesh-too-large', subject: file,
  message: `${basename(file)} is too large to render (${size}).`,
  advice: 'Save it with a coarser mesh: 100,000 triangles are plenty.',
})
