import { join } from 'node:path'
import { openModel } from '../core/engine/export-graph.ts'
import { overlay } from '../core/image/overlay.ts'
import { resizeRgb } from '../core/image/resize.ts'
import type { LabelMap, RgbImage } from '../core/image/types.ts'
import { encodeModel } from '../core/onnx/model.ts'
import { inPrecision, labelsOf, lookingAs, wholeModel, type Form } from './export-model/build.ts'
import { cardFile, requireFree, writeFiles, writeFolder } from './export-model/files.ts'
import { cardHtml } from './export-model/card-html.ts'
import { makeCard } from './export-model/card.ts'
import { consumers } from './export-model/consumers.ts'
import { timeInTurns } from './export-model/costs.ts'
import { disagreementLimits, faults, type Costs } from './export-model/gate.ts'
import { compare, photosToCompare, type Parity } from './export-model/parity.ts'
import type { ImageRow } from '../store/images.ts'
import { readPixels } from './photos.ts'
import type { Run } from './run.ts'

export interface ExportResult {
  /** Why nothing was written, in sentences; none where it was. */
  readonly why: readonly string[]
  readonly model: string
  readonly bytes: number
  readonly parity: Parity
  readonly costs: Costs
}

/** Photos that go with the model. */
const sampleCount = 4
const picturedWidth = 320

/**
 * Step: weights of a round -> a folder with model.onnx, its card, labels, sample photos with their masks, consumer programs and checksums.
 *
 * The model is loaded afresh and compared with the trained network before anything appears in its place: where it differs too much, or int8
 * brings too little, nothing is written and the result says why. See export-model/gate.ts.
 * @throws AppError `already-exists` where the folder holds other things.
 */
export async function exportModel(trained: Run, round: number, dir: string, form: Form): Promise<ExportResult> {
  requireFree(dir)
  const run = lookingAs(trained, form.looks)
  const model = wholeModel(run, round, form)
  const bytes = await inPrecision(run, model, form)
  const parity = await compare(run, round, bytes, form, disagreementLimits[form.precision])
  const photos = samplePhotos(run).map((photo) => readPixels(run, photo, form.size === 'dynamic' ? photo : form.size))
  const costs = await costsOf(run, bytes, encodeModel(model), photos)
  const result = { why: faults(form, parity, costs), model: join(dir, 'model.onnx'), bytes: bytes.length, parity, costs }
  if (result.why.length > 0) return result
  const masks = await masksOf(run, bytes, photos)
  const samples = photos.map((_, i) => ({ photo: `samples/${i + 1}.png`, mask: `samples/${i + 1}_mask.png` }))
  const labels = labelsOf(run)
  const card = makeCard({ run: trained, round, form, model: bytes, parity, costs, labels, samples })
  const pictures = photos.map((photo, i) => `data:image/jpeg;base64,${Buffer.from(pictured(run, photo, masks[i])).toString('base64')}`)
  return writeFolder(dir, async (folder) => {
    writeFiles(folder, {
      'model.onnx': bytes,
      [cardFile]: `${JSON.stringify(card, null, 2)}\n`,
      'model-card.html': cardHtml(card, pictures),
      'labels.json': `${JSON.stringify(labels, null, 2)}\n`,
      ...Object.fromEntries(samples.flatMap(({ photo, mask }, i) => [[photo, run.codec.encodePng(photos[i])], [mask, run.codec.encodePng(masks[i])]])),
      ...consumers,
    })
    return result
  })
}

/** An even choice of photos with truth, or of all where those are too few. */
function samplePhotos(run: Run): ImageRow[] {
  const photos = photosToCompare(run)
  const withTruth = photos.filter(({ hasTruth }) => hasTruth)
  const from = withTruth.length >= sampleCount ? withTruth : photos
  const count = Math.min(sampleCount, from.length)
  return Array.from({ length: count }, (_, i) => from[Math.floor(((i + 0.5) * from.length) / count)])
}

async function costsOf(run: Run, bytes: Uint8Array, whole: Uint8Array, photos: readonly RgbImage[]): Promise<Costs> {
  const [ms, wholeMs] = await timeInTurns([bytes, whole], photos, run.pool.size)
  return { bytes: bytes.length, wholeBytes: whole.length, ms, wholeMs }
}

async function masksOf(run: Run, bytes: Uint8Array, photos: readonly RgbImage[]): Promise<LabelMap[]> {
  const model = await openModel(bytes, { threads: run.pool.size })
  try {
    const masks: LabelMap[] = []
    for (const photo of photos) masks.push((await model.predict(photo)).labels)
    return masks
  } finally {
    await model.dispose()
  }
}

/** A photo with its mask on it, small enough for the card. */
function pictured(run: Run, photo: RgbImage, mask: LabelMap): Uint8Array {
  const shown = overlay(photo, mask)
  const height = Math.max(1, Math.round((picturedWidth * photo.height) / photo.width))
  return run.codec.encodeJpeg(photo.width <= picturedWidth ? shown : resizeRgb(shown, picturedWidth, height), 85)
}
