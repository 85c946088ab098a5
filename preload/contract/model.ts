import { z } from 'zod'

/** The nouns that cross borders. */

export const Id = z.int().positive()
export const Text = z.string().min(1).max(200)
export const Path = z.string().min(1).max(4096)
export const Share = z.number().min(0).max(1)
export const Count = z.int().nonnegative()
export const Bytes = z.number().nonnegative()
export const Label = z.int().min(0).max(255)

export const deviceNames = ['cpu', 'webgpu', 'dml', 'cuda', 'coreml', 'tfjs-node-gpu'] as const
export const DeviceChoice = z.enum(['auto', ...deviceNames])
export type DeviceChoice = z.output<typeof DeviceChoice>

/** The corridor, in order. */
export const stepNames = [
  'train-classifier', 'cam', 'superpixels', 'initial-mask', 'self-train', 'evaluate',
] as const
export const StepName = z.enum(stepNames)
export type StepName = z.output<typeof StepName>

export const Workpiece = z.object({
  id: Id,
  name: Text,
  /** Class index in masks: 1 .. 254. */
  classIndex: z.int().min(1).max(254),
  renders: Count,
  photos: Count,
  truths: Count,
})
export type Workpiece = z.output<typeof Workpiece>

export const imageKinds = ['render', 'photo'] as const
export const ImageInfo = z.object({
  id: Id,
  kind: z.enum(imageKinds),
  /** Path below the imported folder, with forward slashes. */
  name: z.string(),
  /** Group of the report: the top folder, or what groups.json says. */
  group: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  sha256: z.string(),
  tags: z.array(Text),
  hasTruth: z.boolean(),
  /** Left out of training by a person. */
  rejected: z.boolean(),
})
export type ImageInfo = z.output<typeof ImageInfo>

export const runStates = ['running', 'paused', 'finished', 'failed'] as const
export const RunState = z.enum(runStates)

export const Progress = z.object({
  runId: Id.optional(),
  /** A step of the corridor, or another long job such as `import`. */
  step: z.string(),
  round: Count.optional(),
  done: Count,
  total: Count,
  /** What `done` counts: photos, steps, files. */
  unit: z.string(),
  /** Figures worth a curve: loss, learningRate ... */
  values: z.record(z.string(), z.number()).optional(),
})
export type Progress = z.output<typeof Progress>

export const Scores = z.object({
  miou: z.object({ workpieces: Share.nullable(), withBackground: Share.nullable() }),
  perWorkpiece: z.record(z.string(), Share.nullable()),
  perGroup: z.record(z.string(), Share.nullable()),
  boundaryF: Share.nullable(),
})
export type Scores = z.output<typeof Scores>

/** What is guessed of masks without their truth, and whether that can be trusted here. */
export const QualityGuess = z.object({
  /** Mean estimate of tagged photos that train; nothing but a rank, no IoU. */
  mean: Share.nullable(),
  photos: Count,
  /** Spearman's rank correlation with IoU over workpieces, over tagged photos with truth. */
  follows: z.number().min(-1).max(1).nullable(),
  truths: Count,
})
export type QualityGuess = z.output<typeof QualityGuess>

export const RoundStatus = Scores.extend({
  round: Count,
  masks: z.object({ labelled: Share.nullable(), agreement: Share.nullable() }),
  quality: QualityGuess,
  threshold: z.number().nullable(),
  durationMs: z.number().nullable(),
})
export type RoundStatus = z.output<typeof RoundStatus>

export const RunStatus = z.object({
  id: Id,
  state: RunState,
  preset: z.string(),
  seed: z.int(),
  device: z.string(),
  rounds: z.array(RoundStatus),
  /** The last round's network with the dense CRF behind it. */
  crf: Scores.nullable(),
  /** Photos whose initial mask a fixed camera gives, and those left to activation maps; null where the run does not ask the camera. */
  seeds: z.object({ camera: z.int(), cam: z.int() }).nullable(),
})
export type RunStatus = z.output<typeof RunStatus>

export const ProjectStatus = z.object({
  project: z.string(),
  workpieces: z.array(z.string()),
  images: z.object({
    renders: z.int(), photos: z.int(), trainingPhotos: z.int(), backgroundPhotos: z.int(), truths: z.int(), rejected: z.int(),
  }),
  runs: z.array(RunStatus),
})
export type ProjectStatus = z.output<typeof ProjectStatus>

/** One file an import did not take, and why. */
export const ImportIssue = z.object({ file: z.string(), code: z.string(), message: z.string(), advice: z.string() })
export type ImportIssue = z.output<typeof ImportIssue>
export const ImportResult = z.object({
  added: z.int(), duplicates: z.int(), issues: z.array(ImportIssue),
})
export type ImportResult = z.output<typeof ImportResult>
