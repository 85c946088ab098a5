import { z } from 'zod'
import { Bytes, Count, DeviceChoice, deviceNames, Id, Label, RunStatus, Share, StepName, Text } from './model.ts'
import { OverridesSchema, presetNames, type PresetName } from './settings.ts'

/** What calls carry about devices, runs, their review, report and export. */

export const DeviceInfo = z.object({
  name: z.enum(deviceNames),
  available: z.boolean(),
  /** Plain words: what it is. */
  description: z.string(),
  /** Training steps a second of the last self-test. */
  stepsPerSecond: z.number().nullable(),
  /** Why it is not used or not faster, in plain words. */
  reason: z.string().nullable(),
  /** What to install to have it. */
  install: z.string().nullable(),
})
export type DeviceInfo = z.output<typeof DeviceInfo>
export const Devices = z.object({ chosen: z.enum(deviceNames), devices: z.array(DeviceInfo) })
export type Devices = z.output<typeof Devices>

/** What a run is started with: a preset, what differs from it, a device, and whether painted hints count as labels. */
export const RunPlan = z.strictObject({
  projectId: Id,
  preset: z.enum(presetNames as [PresetName, ...PresetName[]]),
  overrides: OverridesSchema,
  device: DeviceChoice,
  useHints: z.boolean(),
})
export type RunPlan = z.output<typeof RunPlan>
export const RunRecord = RunStatus.extend({
  startedAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
  /** The settings it ran with, by name, as text. */
  settings: z.record(z.string(), z.string()),
  /** Painted hints it used as labels. */
  hints: z.object({ photos: Count, pixels: Count }),
  /** The job, while one is at it. */
  jobId: Id.nullable(),
  /** What went wrong, in one sentence. */
  failure: z.string().nullable(),
})
export type RunRecord = z.output<typeof RunRecord>
export const Estimate = z.object({
  seconds: z.number(), memoryBytes: Bytes, diskBytes: Bytes,
  steps: z.array(z.object({ step: StepName, seconds: z.number() })),
})
export type Estimate = z.output<typeof Estimate>
/** One curve: points are [x, y]; x counts training steps (loss) or rounds. */
export const Series = z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])).max(4000) })
export type Series = z.output<typeof Series>

export const verdicts = ['open', 'accepted', 'rejected'] as const
export const ReviewItem = z.object({
  imageId: Id,
  name: z.string(),
  tags: z.array(Text),
  /** mIoU of this photo where truth exists. */
  miou: Share.nullable(),
  /** Mean confidence of its labelled pixels. */
  confidence: Share.nullable(),
  /** Share of pixels that changed since the round before. */
  changed: Share.nullable(),
  /** How good the mask is by what can be said without truth, and what that stands on; null while it is not known. */
  quality: z.object({
    estimate: Share, agreement: Share.nullable(), activation: Share.nullable(), tags: Share, contrast: Share.nullable(),
  }).nullable(),
  verdict: z.enum(verdicts),
  hintPixels: Count,
})
export type ReviewItem = z.output<typeof ReviewItem>
/** Where the label of one pixel comes from. */
export const provenances = ['none', 'cam', 'camera', 'superpixel', 'network', 'crf', 'hint'] as const
export const Pixel = z.object({
  label: Label,
  source: z.enum(provenances),
  confidence: Share.nullable(),
  threshold: Share.nullable(),
  /** Strongest class activation map here. */
  cam: z.object({ label: Label, value: Share }).nullable(),
  superpixel: z.object({ index: Count, pixels: Count, votes: z.array(z.object({ label: Label, share: Share })) }).nullable(),
})
export type Pixel = z.output<typeof Pixel>

const Cell = z.object({ initial: Share.nullable(), final: Share.nullable() })
export const Report = z.object({
  run: RunRecord,
  /** The paper's table: one row a workpiece, one cell a group, and the mean over groups. */
  groups: z.array(z.string()),
  rows: z.array(z.object({ workpiece: Text, cells: z.array(Cell), mean: Cell })),
  /** Means over workpieces, one a group, and over all. */
  means: z.object({ cells: z.array(Cell), mean: Cell }),
  /** Pixels by truth (row) and label (column); names[0] is the background. */
  confusion: z.object({ names: z.array(z.string()), counts: z.array(z.array(Count)) }).nullable(),
  /** Photos with truth by mIoU of the last round, best first. */
  photos: z.array(z.object({ imageId: Id, name: z.string(), miou: Share })),
  /** Where it came from: project, seed, device, versions, hashes. */
  lineage: z.array(z.object({ name: z.string(), value: z.string() })),
})
export type Report = z.output<typeof Report>
export const reportFormats = ['html', 'pdf', 'csv'] as const

export const precisions = ['float32', 'float16', 'int8'] as const
/** How often a model looks at a photo: all mirrorings and enlargements of the run, averaged, or one. */
export const looks = ['all', 'one'] as const
export type Looks = (typeof looks)[number]
/** Pictures a run of the model takes: so many, or any number of one size. */
export const BatchChoice = z.union([z.int().min(1).max(64), z.literal('dynamic')])
/** Pixels that a side of a picture may have where a model takes one size alone. */
export const pictureSides = { smallest: 32, largest: 8192 } as const
const Side = z.int().min(pictureSides.smallest).max(pictureSides.largest)
/** The one size of pictures the model takes, or any. */
export const SizeChoice = z.union([z.strictObject({ width: Side, height: Side }), z.literal('dynamic')])
export const ExportCard = z.object({
  precision: z.enum(precisions),
  state: z.enum(['none', 'ready', 'refused']),
  looks: z.enum(looks).default('all'),
  batch: BatchChoice.default(1),
  size: SizeChoice.default('dynamic'),
  bytes: Bytes.nullable(),
  /** Milliseconds a photo on this device, and how many times as fast as in float32 that is. */
  msPerPhoto: z.number().nullable(),
  speedup: z.number().nullable().default(null),
  /** Against the trained network on held-out photos: share of pixels with the same label, and largest difference of a probability. */
  parity: z.object({ agreement: Share, largestDifference: z.number(), photos: Count }).nullable(),
  /** mIoU over workpieces on photos with truth, of the model as written. */
  miou: Share.nullable().default(null),
  /** Why it is refused, with the photos that differ most. */
  reason: z.string().nullable(),
  differing: z.array(Id),
  /** Folder of the last bundle written. */
  path: z.string().nullable(),
})
export type ExportCard = z.output<typeof ExportCard>
