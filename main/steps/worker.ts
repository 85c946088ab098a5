import { parentPort } from 'node:worker_threads'
import { openCodec, type Codec } from '../core/image/codec.ts'
import { denseCrf, type CrfOptions } from '../core/image/dense-crf.ts'
import { resizeChannels, resizeLabels, resizeMap, resizeRgb, type ChannelMap } from '../core/image/resize.ts'
import { rgbToLab } from '../core/image/lab.ts'
import { tryDecode, type Decoded, type DecodeForm } from '../core/image/try-decode.ts'
import { slic, type SlicOptions } from '../core/image/slic.ts'
import type { FloatMap, LabelMap, RgbImage, SegmentMap } from '../core/image/types.ts'
import { activationOf, agreementOf, contrastOf, qualityEstimate, tagsOf, type MaskQuality } from '../core/metric/mask-quality.ts'
import { onMessages } from '../core/threads.ts'
import { cameraMask, largestLook } from '../core/train/camera-mask.ts'
import { cameraSeed, type CameraSeed } from '../core/train/camera-seeds.ts'
import { initialMask, type InitialMaskOptions, type Mask, type TagScores } from '../core/train/initial-mask.ts'
import type { PieceLook } from '../core/train/piece-look.ts'
import { provenance as codes } from '../core/train/provenance.ts'
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

/** A photo file, small. */
async function thumbnail({ bytes, size }: { bytes: Uint8Array; size: Size }): Promise<RgbImage> {
  return photo(bytes, size)
}

/** SLIC over a photo file. */
async function superpixels({ bytes, size, options }: { bytes: Uint8Array; size: Size; options: SlicOptions }): Promise<SegmentMap> {
  return slic(rgbToLab(await photo(bytes, size)), options)
}

/** Difference of a photo file to files of the same camera. */
async function camera({ bytes, frames, size }: { bytes: Uint8Array; frames: readonly Uint8Array[]; size: Size }): Promise<CameraSeed> {
  return cameraSeed(await photo(bytes, size), await Promise.all(frames.map((frame) => photo(frame, size))))
}

/** The look of the largest piece that the camera's score shows on a photo file. */
async function look({ bytes, score }: { bytes: Uint8Array; score: FloatMap }): Promise<PieceLook | null> {
  return largestLook(rgbToLab(await photo(bytes, score)), score)
}

/** A camera's score of a photo file and, for each tag, looks of that workpiece alone. */
export interface CameraView {
  readonly score: FloatMap
  readonly bytes: Uint8Array
  readonly examples: readonly (readonly PieceLook[])[]
}

async function fromCamera(maps: readonly TagScores[], { score, bytes, examples }: CameraView): Promise<Mask | null> {
  return cameraMask(maps, score, maps.length > 1 ? { photo: rgbToLab(await photo(bytes, score)), examples } : undefined)
}

/** Mask of round 0 from score maps of any size; from the camera where it is given and shows something. */
async function initial({ scores, segments, options, camera }: {
  scores: readonly { classIndex: number; map: FloatMap }[]; segments: SegmentMap; options: InitialMaskOptions; camera?: CameraView | null
}): Promise<Mask> {
  const maps = scores.map(({ classIndex, map }) => ({ classIndex, map: resizeMap(map, segments.width, segments.height) }))
  return (camera && maps.length > 0 ? await fromCamera(maps, camera) : null) ?? initialMask(maps, segments, options)
}

export interface RefineInput {
  /** Probabilities of the network, at its own size. */
  readonly probabilities: ChannelMap
  readonly size: Size
  readonly rules: Pick<PredictionRules, 'tags' | 'tagRule' | 'fold' | 'minShare' | 'pieceRatio' | 'blend'>
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

export interface QualityInput {
  readonly mask: LabelMap
  /** The mask of the round before, of any size. */
  readonly before: LabelMap | null
  /** Where labels come from, at the mask's size, as far as that is known. */
  readonly provenance: Uint8Array | null
  readonly scores: readonly TagScores[]
  readonly tags: readonly number[]
  readonly bytes: Uint8Array
}

/** Long side, in pixels, at which masks are judged: their shape still shows, and a photo takes milliseconds. */
const judgedSide = 240

/** What can be said of a mask without truth. */
async function quality({ mask, before, provenance, scores, tags, bytes }: QualityInput): Promise<MaskQuality & { estimate: number }> {
  const scale = Math.min(1, judgedSide / Math.max(mask.width, mask.height))
  const [width, height] = [mask.width, mask.height].map((side) => Math.max(1, Math.round(side * scale)))
  const labels = resizeLabels(mask, width, height)
  const forced = provenance && resizeLabels({ ...mask, data: provenance }, width, height).data.map((code) => Number(code === codes.tags))
  const found = {
    agreement: before && agreementOf(labels, resizeLabels(before, width, height)),
    activation: activationOf(labels, scores.map(({ classIndex, map }) => ({ classIndex, map: resizeMap(map, width, height) }))),
    tags: tagsOf(labels, tags, forced ?? undefined),
    contrast: contrastOf(labels, rgbToLab(await photo(bytes, { width, height }))),
  }
  return { ...found, estimate: qualityEstimate(found) }
}

const jobs = { decode, thumbnail, superpixels, camera, look, initial, refine, crfLabels, quality }
type Running = typeof jobs
/** The jobs by name; a pool waits for their answers. */
export type Jobs = { [K in keyof Running]: (input: Parameters<Running[K]>[0]) => Awaited<ReturnType<Running[K]>> }

async function take({ job, input }: { job: keyof Jobs; input: never }) {
  try {
    parentPort!.postMessage({ ok: true, value: await jobs[job](input) })
  } catch (error) {
    parentPort!.postMessage({ ok: false, message: error instanceof Error ? error.message : String(error) })
  }
}

onMessages(take, async () => (await codec).close())
