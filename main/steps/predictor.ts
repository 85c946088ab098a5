import type { Settings } from '../../preload/contract/settings.ts'
import type { Program, TensorFunction } from '../core/engine/types.ts'
import { resizeRgb, type ChannelMap } from '../core/image/resize.ts'
import { predictStep, type PredictOptions, type PredictStep } from '../core/train/predict-step.ts'
import type { ImageRow } from '../store/images.ts'
import { classCount } from './classes.ts'
import { graphKey, ofRound, segmentationNetwork } from './networks.ts'
import { frameOf, readPixels, windowOf } from './photos.ts'
import type { Run } from './run.ts'
import { unpackTensors } from './train-loop.ts'
import type { Size } from './worker.ts'

/** Maps of photos, each the mean over the scales and mirrorings asked for. */
export interface Predictor {
  /** In the order of the photos; [height, width, channels] of the frame. */
  predict(photos: readonly ImageRow[]): AsyncGenerator<{ photo: ImageRow; probabilities: ChannelMap }, void>
  dispose(): Promise<void>
}

/** What a prediction of one picture averages within the graph. */
export type Averaging = Pick<PredictOptions, 'flips' | 'scales' | 'names'>

export interface PredictorOptions {
  readonly weights: Record<string, Float32Array>
  /** Sizes at which the photo is read. */
  readonly scales?: readonly number[]
  readonly averaging?: Averaging
  /** Size photos are brought to before; their own where left out. */
  readonly size?: Size
}

/** The averaged weights of a round, as they predict and are exported. Throws RangeError where the round has not been trained. */
export function readWeights({ store, id }: Pick<Run, 'store' | 'id'>, round: number): Record<string, Float32Array> {
  const found = store.artifacts.get(id, 'self-train', `weights/${round}`)
  if (!found) throw new RangeError(`expected weights of round ${round}, got none`)
  return unpackTensors(store.blobs.get(found.sha)) as Record<string, Float32Array>
}

/** The network of a round as it is evaluated and exported. `size` as in the options. */
export const openFinished = (run: Run, round: number, size?: Size): Promise<Predictor> =>
  openPredictor(ofRound(run, round), { weights: readWeights(run, round), averaging: finishedAveraging(run.settings), size })

/** Mirrorings, so many, and the enlargements of a run. */
export const averagingOf = (settings: Settings, flips: number): Averaging => ({ flips: flips >= 4 ? 4 : flips >= 2 ? 2 : 1, scales: settings['predict.enlarge'] })

/** What the finished model averages: mirrorings and enlargements of the photo, and names over the foreground. */
export const finishedAveraging = (settings: Settings): Averaging =>
  ({ ...averagingOf(settings, settings['predict.modelFlips']), names: settings['predict.names'] })

/** The segmentation network, ready to predict. By default one scale and no mirroring. */
export function openPredictor(run: Run, { weights, scales = [1], averaging = {}, size }: PredictorOptions): Promise<Predictor> {
  const window = windowOf(run.store, run.settings)
  const network = segmentationNetwork(run.settings, classCount(run.store), window)
  return openMapper(run, weights, scales, 'probabilities', [averaging, window], (options) => predictStep(network, { ...options, ...averaging }), size)
}

/** Programs of one prediction at several scales, all with output of the frame's size. `words` tell apart what the settings do not. */
export async function openMapper(
  run: Run, weights: Record<string, Float32Array>, scales: readonly number[], output: string, words: readonly unknown[],
  step: (options: { batch: number; height: number; width: number; output: [number, number] }) => PredictStep, given?: Size,
): Promise<Predictor> {
  const frame = frameOf(run.store, run.settings)
  const heads: { size: Size; program: Program }[] = []
  for (const scale of scales) {
    const size = frameOf(run.store, run.settings, scale)
    const { fn, signature, stateOf } = step({ batch: 1, ...size, output: [frame.height, frame.width] })
    const program = await run.executor.compile(only(fn, output), signature, graphKey(run.settings, output, words, frame))
    await program.writeState(stateOf(weights))
    heads.push({ size, program })
  }
  return {
    async *predict(photos) {
      for (const photo of photos) {
        const pixels = readPixels(run, photo, given ?? photo)
        const maps: Float32Array[] = []
        for (const { size, program } of heads) maps.push((await mapOf(program, output, size, pixels)) as Float32Array)
        yield { photo, probabilities: { ...frame, channels: maps[0].length / (frame.width * frame.height), data: meanOf(maps) } }
      }
    },
    async dispose() {
      for (const { program } of heads) await program.dispose()
    },
  }
}

const only = (fn: TensorFunction, name: string): TensorFunction => (tensors) => ({ [name]: fn(tensors)[name] })

async function mapOf(program: Program, output: string, { width, height }: Size, pixels: Parameters<typeof resizeRgb>[0]) {
  return (await program.run({ image: Float32Array.from(resizeRgb(pixels, width, height).data) }))[output]
}

function meanOf(maps: readonly Float32Array[]): Float32Array {
  if (maps.length === 1) return maps[0]
  return maps[0].map((_, i) => maps.reduce((sum, map) => sum + map[i], 0) / maps.length)
}
