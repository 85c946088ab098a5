import { z } from 'zod'
import { Count, DeviceChoice, Id, ImageInfo, ImportIssue, Path, RunState, Share, Text, imageKinds } from './model.ts'
import { cadUnits, RenderSettingsSchema, upAxes } from './render-set.ts'

/** What calls carry about the app, its projects and what comes into them. */

export const languages = ['en', 'zh', 'de'] as const
export const AppSettings = z.strictObject({
  language: z.enum(['system', ...languages]),
  theme: z.enum(['system', 'light', 'dark']),
  device: DeviceChoice,
  /** The first-run guide has been put away. */
  guideSeen: z.boolean(),
})
export type AppSettings = z.output<typeof AppSettings>

/** An open project: `projectId` holds while the app runs. */
export const Project = z.object({ projectId: Id, path: Path, name: Text })
export type Project = z.output<typeof Project>

export const RecentProject = z.object({
  path: Path,
  name: Text,
  openedAtMs: z.number(),
  /** The folder is not there any more. */
  missing: z.boolean(),
  workpieces: Count,
  photos: Count,
  /** State, number of finished rounds and best mIoU with background of the last run. */
  lastRun: z.object({ state: RunState, round: Count, miou: Share.nullable() }).nullable(),
  /** Up to four small photos as data: addresses. */
  mosaic: z.array(z.string()).max(4),
})
export type RecentProject = z.output<typeof RecentProject>

/** A picture of the project. `tagged` false: nobody has said yet what is on it; true without tags: background only. */
export const ImageRow = ImageInfo.extend({ tagged: z.boolean(), hasMask: z.boolean(), binnedAtMs: z.number().nullable() })
export type ImageRow = z.output<typeof ImageRow>
export const imageStates = ['untagged', 'background', 'truth', 'rejected', 'binned'] as const
export const ImageFilter = z.strictObject({
  kind: z.enum(imageKinds).optional(),
  /** Name of a workpiece: bears its tag. */
  workpiece: Text.optional(),
  state: z.enum(imageStates).optional(),
  group: z.string().max(200).optional(),
  /** Part of the name. */
  text: z.string().max(200).optional(),
})
export type ImageFilter = z.output<typeof ImageFilter>
export const ImageCounts = z.object({
  photos: Count, renders: Count, untagged: Count, background: Count, truth: Count, rejected: Count, binned: Count,
  issues: Count, duplicates: Count,
})
export type ImageCounts = z.output<typeof ImageCounts>

export const gapNames = ['size', 'brightness', 'contrast', 'colour', 'sharpness', 'noise', 'background', 'features'] as const
/** How far renders are from photos in one measure: 0 alike, 1 worlds apart. */
export const Gap = z.object({
  name: z.enum(gapNames),
  gap: Share,
  /** Mean over photos and over renders; null where the measure is a distance alone. */
  photos: z.number().nullable(),
  renders: z.number().nullable(),
  /** Settings of a set of renders that would close it, with the values they would take. */
  settings: RenderSettingsSchema,
})
export type Gap = z.output<typeof Gap>
export const GapRow = z.object({
  /** Null: the whole line. */
  workpiece: Text.nullable(),
  /** What is compared: the workpiece by its masks, or the whole picture where photos have no masks yet. */
  region: z.enum(['mask', 'picture']),
  photos: Count,
  renders: Count,
  /** Empty where there are no renders. */
  gaps: z.array(Gap),
  /** What a set of renders takes to look like the photos. */
  match: RenderSettingsSchema,
})
export type GapRow = z.output<typeof GapRow>
/** The whole line first, then each workpiece with photos; none where there is no photo. `masks`: the run and round whose pseudo labels told the workpiece. */
export const GapReport = z.object({ masks: z.object({ runId: Id, round: Count }).nullable(), rows: z.array(GapRow) })
export type GapReport = z.output<typeof GapReport>

export const FolderListing = z.object({
  path: Path, parent: Path.nullable(),
  entries: z.array(z.object({ name: z.string(), path: Path, kind: z.enum(['folder', 'project', 'file']) })),
})
export type FolderListing = z.output<typeof FolderListing>
/** A number of a camera, with its range where it tells. */
const Feature = z.object({ value: z.number(), min: z.number().nullable(), max: z.number().nullable() })
/** A camera beside those of the browser; exposure in microseconds, gain in dB or the camera's own unit. */
export const CameraInfo = z.object({ id: z.string(), name: z.string(), exposure: Feature.nullable(), gain: Feature.nullable(), locked: z.boolean().nullable() })
export type CameraInfo = z.output<typeof CameraInfo>

export const importKinds = ['auto', 'renders', 'photos', 'truth'] as const

/** A CAD file as read. Sizes are in millimetres; figures of a mesh are bytes of float32 corners and uint32 indices in base64. */
export const CadContent = z.object({
  format: z.string(),
  unit: z.enum(cadUnits),
  unitFrom: z.enum(['file', 'guess', 'asked']),
  up: z.enum(upAxes),
  /** Solids in the file, copies counted. */
  solids: Count,
  parts: z.array(z.object({
    name: z.string(), count: Count, triangles: Count, size: z.tuple([z.number(), z.number(), z.number()]), openEdges: Count, volume: z.number(),
    positions: z.base64(), indices: z.base64(),
    /** A JPEG as a data: address. */
    still: z.string(),
  })),
  issues: z.array(ImportIssue),
})
export type CadContent = z.output<typeof CadContent>
