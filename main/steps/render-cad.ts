import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Render, RenderOptions } from '../core/render/render.ts'
import type { Store } from '../store/index.ts'
import { cadIssues, openCad, readCad, type CadUnit } from './cad-file.ts'
import type { ImportOptions } from './import-folder.ts'
import { entryUrl } from './pool.ts'
import type { RenderJob } from './render-worker.ts'

export interface RenderCadOptions extends ImportOptions {
  /** Name of the workpiece; made when there is none. */
  readonly workpiece: string
  /** Renders wanted. */
  readonly count: number
  readonly seed: number
  /** Unit of the file's coordinates, to tell a size that cannot be. */
  readonly unit?: CadUnit
  /** Worker threads; without, one for every processor core. */
  readonly threads?: number
  readonly render?: Partial<Omit<RenderOptions, 'label' | 'environments'>>
}

const batch = 16
const quality = 92

/**
 * Step: a CAD file -> renders with exact masks. What the same file, seed and number gave before is skipped, so a job that was
 * cut short goes on.
 *
 * @throws AppError mesh-unreadable or mesh-too-large; nothing is stored then.
 */
export async function renderCad(store: Store, codec: Codec, file: string, options: RenderCadOptions): Promise<ImportResult> {
  const bytes = await readCad(file)
  const cad = await openCad(file, bytes, { parts: 'one', want: 'part' }, options)
  const [{ facts, part }] = cad.parts
  const { id, classIndex } = store.workpieces.ensure(options.workpiece)
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  const nameOf = (number: number) => `${options.workpiece}/${version}-${options.seed}-${String(number).padStart(4, '0')}.jpg`
  const missing = Array.from({ length: options.count }, (_, i) => i).filter((i) => store.images.findByName('render', nameOf(i)).length === 0)
  const skipped = options.count - missing.length
  const result = { added: 0, duplicates: skipped, issues: cadIssues(file, '', facts, options.unit ?? cad.unit) }

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
    await renderAll({ part: part!, options: options.render ?? {}, seed: options.seed }, missing, options, keep)
  } finally {
    flush()
  }
  return result
}

/** Hands numbers to workers and their renders, in order, to `keep`; a worker is at most a few renders ahead. */
async function renderAll(
  job: RenderJob, numbers: readonly number[], { threads, signal }: RenderCadOptions,
  keep: (number: number, render: Pick<Render, 'image' | 'mask'>, done: number) => Promise<void>,
): Promise<void> {
  const size = Math.min(numbers.length, Math.max(1, threads ?? availableParallelism()))
  const workers = Array.from({ length: size }, () => new Worker(entryUrl('render-worker'), { workerData: job }))
  const { promise: stop, reject } = Promise.withResolvers<never>()
  stop.catch(() => undefined)
  for (const worker of workers) worker.once('error', reject)
  const onAbort = () => reject(signal!.reason as Error)
  signal?.addEventListener('abort', onAbort)
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
    signal?.removeEventListener('abort', onAbort)
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
