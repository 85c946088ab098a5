import type { Looks } from '../../../preload/contract/run-data.ts'
import { measureRanges } from '../../core/engine/calibrate.ts'
import { exportGraph } from '../../core/engine/export-graph.ts'
import { foldBiases } from '../../core/onnx/fold-bias.ts'
import { halveWeights } from '../../core/onnx/halve.ts'
import { encodeModel, type OnnxModel } from '../../core/onnx/model.ts'
import { quantise, valuesToMeasure } from '../../core/onnx/quantise.ts'
import { predictStep } from '../../core/train/predict-step.ts'
import { classCount } from '../classes.ts'
import { ofRound, segmentationNetwork } from '../networks.ts'
import { frameOf, readPixels, windowOf } from '../photos.ts'
import { finishedAveraging, readWeights } from '../predictor.ts'
import type { Run } from '../run.ts'
import type { Size } from '../worker.ts'

/** Photos on which ranges are measured. */
const calibrationPhotos = 32

export type Precision = 'float32' | 'float16' | 'int8'

/** The form of the model that is written. */
export interface Form {
  readonly precision: Precision
  readonly looks: Looks
  /** Pictures a run takes; any number of one size where dynamic. */
  readonly batch: number | 'dynamic'
  /** The one size of pictures it takes; any where dynamic. */
  readonly size: Size | 'dynamic'
}

/** A run as its model looks at a photo. */
export const lookingAs = <T extends Pick<Run, 'settings'>>(run: T, looks: Looks): T =>
  (looks === 'all' ? run : { ...run, settings: { ...run.settings, 'predict.modelFlips': 1, 'predict.enlarge': [1] } })

/** Names of the classes by index, as text. */
export const labelsOf = ({ store }: Pick<Run, 'store'>): Record<string, string> =>
  Object.fromEntries([['0', 'background'], ...store.workpieces.list().map(({ name, classIndex }) => [String(classIndex), name])])

/** The network of a round as a model of float32. */
export function wholeModel(run: Run, round: number, { batch, size }: Pick<Form, 'batch' | 'size'>): OnnxModel {
  const { store, settings, id } = ofRound(run, round)
  const { fn, signature, stateOf } = predictStep(segmentationNetwork(settings, classCount(store), windowOf(store, settings)), {
    batch: 1, ...frameOf(store, settings), ...finishedAveraging(settings),
  })
  return exportGraph(fn, signature, stateOf(readWeights(run, round)), {
    output: 'probabilities', batch, ...(size !== 'dynamic' && { size }),
    metadata: { classes: JSON.stringify(labelsOf(run)), project: store.name, run: String(id), round: String(round) },
  })
}

/** The same model with its weights as asked: whole, as half floats, or in integers by ranges measured on training photos. */
export async function inPrecision(run: Run, whole: OnnxModel, { precision, batch, size }: Form): Promise<Uint8Array> {
  if (precision === 'float32') return encodeModel(whole)
  if (precision === 'float16') return encodeModel(halveWeights(whole))
  const folded = foldBiases(whole)
  const options = { threads: run.pool.size, batch: batch === 'dynamic' ? 1 : batch }
  const ranges = await measureRanges(folded, valuesToMeasure(folded), calibrationPictures(run, size), options)
  return encodeModel(halveWeights(quantise(folded, ranges)))
}

/** An even choice of the photos that train. */
async function* calibrationPictures(run: Run, size: Form['size']) {
  const photos = run.store.images.list({ kind: 'photo', rejected: false }).filter((photo) => !photo.hasTruth)
  const every = Math.max(1, Math.floor(photos.length / calibrationPhotos))
  const chosen = photos.filter((_, i) => i % every === 0).slice(0, calibrationPhotos)
  for (const [i, photo] of chosen.entries()) {
    run.signal.throwIfAborted()
    yield readPixels(run, photo, size === 'dynamic' ? photo : size)
    await run.report({ step: 'export', done: i + 1, total: chosen.length, unit: 'photos' })
  }
}
