import { parentPort } from 'node:worker_threads'
import { openCodec, type Codec } from '../core/image/codec.ts'
import { denseCrf, type CrfOptions } from '../core/image/dense-crf.ts'
import { resizeChannels, resizeMap, resizeRgb, type ChannelMap } from '../core/image/resize.ts'
import { rgbToLab } from '../core/image/lab.ts'
import { tryDecode, type Decoded, type DecodeForm } from '../core/image/try-decode.ts'
import { slic, type SlicOptions } from '../core/image/slic.ts'
import type { FloatMap, LabelMap, RgbImage, SegmentMap } from '../core/image/types.ts'
import { initialMask, type InitialMaskOptions, type Mask } from '../core/train/initial-mask.ts'
import { argmax, refinePrediction, type Prediction, type PredictionRules } from '../core/train/pseudo-label.ts'

/** Thread entry: pure array work, one job at a time. */

export interface Size {
  readonly width: number
  readonly height: number
}

const codec: Promise<Codec> = openCodec()

/** A photo file as pixels of a wanted size. */
async function photo(bytes: Uint8Array, { width, height }: Size): Promise<RgbImage> {
  return resizeRgb((await codec).decodeRgb(bytes), width, height)
}

/** Size or labels of a file that an import takes. */
async function decode({ bytes, form }: { bytes: Uint8Array; form: DecodeForm }): Promise<Decoded> {
  return tryDecode(await codec, bytes, form)
}

/** SLIC over a photo file. */
async function superpixels({ bytes, size, options }: { bytes: Uint8Array; size: Size; options: SlicOptions }): Promise<SegmentMap> {
  return slic(rgbToLab(await photo(bytes, size)), options)
}

/** Mask of round 0 from score maps of any size. */
async function initial({ scores, segments, options }: {
  scores: readonly { classIndex: number; map: FloatMap }[]; segments: SegmentMap; options: InitialMaskOptions
}): Promise<Mask> {
  const maps = scores.map(({ classIndex, map }) => ({ classIndex, map: resizeMap(map, segments.width, segments.height) }))
  return initialMask(maps, segments, options)
}

export interface RefineInput {
  /** Probabilities of the network, at its own size. */
  readonly probabilities: ChannelMap
  readonly size: Size
  readonly rules: Pick<PredictionRules, 'tags' | 'tagRule' | 'fold' | 'minShare' | 'blend'>
  /** The photo file and the CRF's settings, where one is wanted. */
  readonly crf?: { readonly bytes: Uint8Array; readonly options: CrfOptions }
}

/** Pass 1 of label refinement. */
async function refine({ probabilities, size, rules, crf }: RefineInput): Promise<Prediction> {
  const image = crf && (await photo(crf.bytes, size))
  return refinePrediction(resizeChannels(probabilities, size.width, size.height), {
    ...rules,
    ...(crf && image && { crf: (map) => denseCrf(map, image, crf.options) }),
  })
}

/** Labels of a photo with the dense CRF behind the network. */
async function crfLabels({ probabilities, bytes, size, options }: {
  probabilities: ChannelMap; bytes: Uint8Array; size: Size; options: CrfOptions
}): Promise<LabelMap> {
  const map = denseCrf(resizeChannels(probabilities, size.width, size.height), await photo(bytes, size), options)
  return { ...size, data: argmax(map) }
}

const jobs = { decode, superpixels, initial, refine, crfLabels }
type Running = typeof jobs
/** The jobs by name; a pool waits for their answers. */
export type Jobs = { [K in keyof Running]: (input: Parameters<Running[K]>[0]) => Awaited<ReturnType<Running[K]>> }

parentPort?.on('message', async ({ job, input }: { job: keyof Jobs; input: never }) => {
  try {
    parentPort!.postMessage({ ok: true, value: await jobs[job](input) })
  } catch (error) {
    parentPort!.postMessage({ ok: false, message: error instanceof Error ? error.message : String(error) })
  }
})
