import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import { exportGraph, openModel, type Model } from '../core/engine/export-graph.ts'
import { resizeChannels } from '../core/image/resize.ts'
import { compressWeights } from '../core/onnx/compress.ts'
import { argmax } from '../core/train/pseudo-label.ts'
import { predictStep } from '../core/train/predict-step.ts'
import type { ImageRow } from '../store/images.ts'
import { classCount } from './classes.ts'
import { segmentationNetwork } from './networks.ts'
import { frameOf, readPixels } from './photos.ts'
import { mirrorings, openFinished, readWeights } from './predictor.ts'
import type { Run } from './run.ts'
import { runStatus } from './status.ts'

/** How the written file keeps its weights, and the share of pixels that may differ from the trained network. */
const tolerances = { float32: 0.001, float16: 0.001, int8: 0.01 } as const
export type Precision = keyof typeof tolerances
/** Photos beside those with truth on which the two are compared. */
const otherPhotos = 50

export interface ExportResult {
  readonly model: string
  readonly bytes: number
  readonly parity: Parity
}
export interface Parity {
  readonly photos: number
  /** Share of pixels whose label differs. */
  readonly disagreement: number
  /** Largest difference of a pixel's probability of its label. */
  readonly largestDifference: number
  readonly differing: readonly string[]
}

/**
 * Step: weights of a round -> model.onnx, labels.json and model-card.json in a folder.
 *
 * The written file is loaded afresh and compared with the trained network on all photos with truth and up to 50 others.
 * @param precision What weights are kept in; they are widened to float32 where they are used.
 * @throws AppError `export-refused` where they differ on more than 0.1 % of the pixels (1 % for int8); the file is taken away again.
 */
export async function exportModel(run: Run, round: number, dir: string, precision: Precision = 'float32'): Promise<ExportResult> {
  const { store, settings } = run
  const weights = readWeights(run, round)
  const whole = await graphOf(run, weights, round)
  const bytes = precision === 'float32' ? whole : compressWeights(whole, precision)
  const file = join(dir, 'model.onnx')
  mkdirSync(dir, { recursive: true })
  writeFileSync(file, bytes)
  const parity = await compare(run, round, file, tolerances[precision])
  if (parity.disagreement > tolerances[precision]) {
    rmSync(file)
    throw refused(parity)
  }
  const workpieces = store.workpieces.list()
  const labels = Object.fromEntries([['0', 'background'], ...workpieces.map(({ name, classIndex }) => [String(classIndex), name])])
  writeFileSync(join(dir, 'labels.json'), `${JSON.stringify(labels, null, 2)}\n`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const scores = runStatus(store, run.id).rounds.find((r) => r.round === round)
  const { preset, seed, device, inputHash } = store.runs.get(run.id)
  const card = {
    format: 'maskwright-model-1', project: store.name, classes: labels, sha256, precision,
    input: { name: 'image', type: 'uint8', shape: ['N', 'H', 'W', 3], colour: 'RGB' },
    outputs: { labels: 'uint8 [N, H, W], class index', confidence: 'float32 [N, H, W], 0..1' },
    lineage: { run: run.id, round, preset, seed, device, inputHash, settings },
    metrics: scores, parity,
  }
  writeFileSync(join(dir, 'model-card.json'), `${JSON.stringify(card, null, 2)}\n`)
  return { model: file, bytes: bytes.length, parity }
}

async function graphOf({ store, settings, id }: Run, weights: Record<string, Float32Array>, round: number): Promise<Uint8Array> {
  const frame = frameOf(store, settings)
  const { fn, signature, stateOf } = predictStep(segmentationNetwork(settings, classCount(store)), { batch: 1, ...frame, flips: mirrorings(settings['predict.modelFlips']) })
  const classes = Object.fromEntries([['0', 'background'], ...store.workpieces.list().map(({ name, classIndex }) => [String(classIndex), name])])
  return exportGraph(fn, signature, stateOf(weights), { output: 'probabilities', metadata: { classes: JSON.stringify(classes), project: store.name, run: String(id), round: String(round) } })
}

async function compare(run: Run, round: number, file: string, tolerance: number): Promise<Parity> {
  const photos = photosToCompare(run)
  const predictor = await openFinished(run, round)
  const model: Model = await openModel(readFileSync(file), { threads: run.pool.size })
  let different = 0
  let largestDifference = 0
  let pixels = 0
  let done = 0
  const differing: string[] = []
  try {
    for await (const { photo, probabilities } of predictor.predict(photos)) {
      run.signal.throwIfAborted()
      const map = resizeChannels(probabilities, photo.width, photo.height)
      const expected = argmax(map)
      const { labels, confidence } = await model.predict(readPixels(run, photo))
      for (let i = 0; i < expected.length; i++)
        if (expected[i] === labels.data[i]) largestDifference = Math.max(largestDifference, Math.abs(map.data[i * map.channels + expected[i]] - confidence.data[i]))
      const wrong = expected.reduce((n, label, i) => n + (label === labels.data[i] ? 0 : 1), 0)
      different += wrong
      pixels += expected.length
      if (wrong > tolerance * expected.length) differing.push(photo.name)
      await run.report({ step: 'export', done: ++done, total: photos.length, unit: 'photos' })
    }
  } finally {
    await predictor.dispose()
    await model.dispose()
  }
  return { photos: photos.length, disagreement: different / Math.max(1, pixels), largestDifference, differing }
}

/** Photos with truth and an even choice of the others. */
function photosToCompare({ store }: Run): ImageRow[] {
  const photos = store.images.list({ kind: 'photo' })
  const others = photos.filter((photo) => !photo.hasTruth)
  const every = Math.max(1, Math.floor(others.length / otherPhotos))
  return [...photos.filter((photo) => photo.hasTruth), ...others.filter((_, i) => i % every === 0).slice(0, otherPhotos)]
}

const refused = ({ disagreement, photos, differing }: Parity) => new AppError({
  code: 'export-refused',
  message: `The written model differs from the trained network on ${(disagreement * 100).toFixed(2)} % of the pixels of ${photos} photos, most on ${differing.slice(0, 5).join(', ')}.`,
  advice: 'Nothing was written. Export again; if it stays, report it with the project.',
})
