import { z } from 'zod'
import { Bytes, Count, Id, ImportIssue, Path, Progress, ProjectStatus, Text, Workpiece } from './model.ts'
import { AppSettings, CameraInfo, FolderListing, GapReport, ImageCounts, ImageFilter, ImageRow, importKinds, Project, RecentProject } from './project-data.ts'
import { CadReading, RenderSettingsSchema } from './render-set.ts'
import { BatchChoice, Devices, Estimate, ExportCard, looks, Pixel, precisions, Report, reportFormats, ReviewItem, RunPlan, RunRecord, Series, SizeChoice, verdicts } from './run-data.ts'
import type { Result } from './error.ts'

/**
 * Every call and every event between the page and the main side, once. A long job answers at once with its job id; its progress comes by the
 * event `progress`, its end by `job:done`. Pictures never go through a call but by address, see `assets`.
 */

const Ids = z.array(Id).max(100_000)
const Nothing = z.strictObject({})
const Job = z.object({ jobId: Id })
const OfProject = { projectId: Id }
const OfRun = { projectId: Id, runId: Id }
const OfRound = { ...OfRun, round: z.union([Count, z.literal('crf')]) }
const OfCamera = { projectId: Id, session: Id }
const Tags = z.array(Text).max(254)

export const calls = {
  /** Which program this is; `native` is true where dialogs of the system exist (Electron). */
  'app:info': { input: Nothing, output: z.object({ version: z.string(), native: z.boolean(), locale: z.string() }) },
  'settings:read': { input: Nothing, output: AppSettings },
  'settings:write': { input: AppSettings, output: Nothing },
  /** Every device with its state; quick, uses the last self-test. */
  'device:list': { input: Nothing, output: Devices },
  /** Job: a one-step self-test of every device; the result is Devices. */
  'device:test': { input: Nothing, output: Job },

  /** The system's dialog (Electron only); no paths when closed. */
  'dialog:choose': {
    input: z.strictObject({ kind: z.enum(['project', 'folder', 'pictures', 'cad', 'save']), title: Text, name: z.string().max(200).optional() }),
    output: z.object({ paths: z.array(Path) }),
  },
  /** One folder's content for the page's own chooser; null is the user's home. */
  'folder:list': { input: z.strictObject({ path: Path.nullable() }), output: FolderListing },
  /** Shows a file in the system's file manager. */
  'folder:reveal': { input: z.strictObject({ path: Path }), output: Nothing },

  /** Recent projects, last opened first. */
  'project:recent': { input: Nothing, output: z.array(RecentProject) },
  /** Takes a project off the recent list; its folder stays. */
  'project:forget': { input: z.strictObject({ path: Path }), output: Nothing },
  /** Makes folder/NAME.maskwright and opens it; folder null is the user's documents. */
  'project:create': { input: z.strictObject({ name: Text, folder: Path.nullable() }), output: Project },
  'project:open': { input: z.strictObject({ path: Path }), output: Project },
  'project:close': { input: z.strictObject(OfProject), output: Nothing },
  /** Job: makes the sample project with drawn renders and photos; the result is {path}. */
  'project:sample': { input: Nothing, output: Job },
  'project:status': { input: z.strictObject(OfProject), output: ProjectStatus },

  'workpieces:list': { input: z.strictObject(OfProject), output: z.array(Workpiece) },
  'workpieces:add': { input: z.strictObject({ ...OfProject, name: Text }), output: Workpiece },
  'workpieces:rename': { input: z.strictObject({ ...OfProject, workpieceId: Id, name: Text }), output: Nothing },
  /** Takes a workpiece and its tags away; `workpieces:restore` brings both back. */
  'workpieces:remove': { input: z.strictObject({ ...OfProject, workpieceId: Id }), output: Nothing },
  'workpieces:restore': { input: z.strictObject({ ...OfProject, workpieceId: Id }), output: Nothing },

  /** Ids of the pictures that pass the filter, in order; binned ones only when asked for. */
  'images:find': {
    input: z.strictObject({ ...OfProject, filter: ImageFilter, sort: z.enum(['name', 'added']) }),
    output: z.object({ ids: Ids }),
  },
  /** Up to 500 pictures; unknown ids are left out. */
  'images:read': { input: z.strictObject({ ...OfProject, ids: z.array(Id).max(500) }), output: z.array(ImageRow) },
  'images:counts': { input: z.strictObject(OfProject), output: ImageCounts },
  /** Sets tags exactly: [] background only, null untagged. */
  'images:tag': {
    input: z.strictObject({ ...OfProject, changes: z.array(z.strictObject({ ids: Ids, tags: z.array(Text).max(254).nullable() })).max(10_000) }),
    output: Nothing,
  },
  /** Leaves photos out of training, or takes them in again. */
  'images:reject': { input: z.strictObject({ ...OfProject, ids: Ids, rejected: z.boolean() }), output: Nothing },
  /** Puts pictures in the project's bin for 30 days. */
  'images:bin': { input: z.strictObject({ ...OfProject, ids: Ids }), output: Nothing },
  'images:restore': { input: z.strictObject({ ...OfProject, ids: Ids }), output: Nothing },
  /** Distance between renders and photos, measured on a sample of both, and the settings that would close it. */
  'images:gap': { input: z.strictObject(OfProject), output: GapReport },

  /** Job: imports folders or files; the result is ImportResult. `tags` null: as tags.json or the folders say. */
  'import:files': {
    input: z.strictObject({
      ...OfProject, kind: z.enum(importKinds), paths: z.array(Path).min(1).max(10_000), tags: z.array(Text).max(254).nullable(),
    }),
    output: Job,
  },
  /** Imports one photo by its bytes: a camera picture or a file dropped on the browser. */
  'import:bytes': {
    input: z.strictObject({ ...OfProject, name: Text, base64: z.base64().max(64_000_000), tags: z.array(Text).max(254).nullable() }),
    output: z.object({ imageId: Id.nullable(), duplicate: z.boolean(), issue: ImportIssue.nullable() }),
  },
  /** Job: what a CAD file holds, with pictures of it; the result is CadContent. */
  'cad:read': { input: z.strictObject({ path: Path, reading: CadReading }), output: Job },
  /** Job: renders CAD files with exact masks, one workpiece a file or one a part; the result is ImportResult. */
  'import:cad': {
    input: z.strictObject({
      ...OfProject, paths: z.array(Path).min(1).max(254), reading: CadReading, settings: RenderSettingsSchema, count: z.int().min(1).max(5000),
      /** Folder for a mask of each workpiece in a picture apart: WORKPIECE/NAME_instances.png. */
      instances: Path.optional(),
    }),
    output: Job,
  },
  /** Job: takes the photos that another program writes into a folder, until it is stopped; `folder`: the folder a photo lies in is its tag. */
  'watch:start': { input: z.strictObject({ ...OfProject, path: Path, tags: z.union([Tags, z.null(), z.literal('folder')]) }), output: Job },
  /** Folders that are being watched. */
  'watch:list': { input: z.strictObject(OfProject), output: z.array(z.object({ jobId: Id, path: Path })) },

  /** Cameras that GStreamer reaches, and what is not installed. */
  'camera:list': {
    input: z.strictObject(OfProject),
    output: z.object({ cameras: z.array(CameraInfo), missing: z.array(z.object({ part: z.string(), message: z.string(), advice: z.string() })) }),
  },
  /** Lets a camera send; `null` leaves exposure or gain to it, `lock` keeps both where they are. What it sees is at `assets.camera`. */
  'camera:open': {
    input: z.strictObject({
      ...OfProject, camera: z.string().min(1).max(1100), exposureUs: z.number().min(1).max(1e8).nullable(), gain: z.number().min(0).max(500).nullable(), lock: z.boolean(),
    }),
    output: z.object({ session: Id, exposureUs: z.number().nullable(), gain: z.number().nullable() }),
  },
  /** Takes what the camera sees as a photo into the project. */
  'camera:snap': {
    input: z.strictObject({ ...OfCamera, tags: Tags.nullable() }),
    output: z.object({ imageId: Id.nullable(), duplicate: z.boolean(), issue: ImportIssue.nullable() }),
  },
  'camera:close': { input: z.strictObject(OfCamera), output: Nothing },
  /** Files the imports did not take, newest first. */
  'import:issues': { input: z.strictObject(OfProject), output: z.array(ImportIssue) },
  'import:dismiss': { input: z.strictObject(OfProject), output: Nothing },

  /** Runs, newest first. */
  'run:list': { input: z.strictObject(OfProject), output: z.array(RunRecord) },
  'run:estimate': { input: RunPlan, output: Estimate },
  /** Job: a run from its first step to its last; the result is {runId}. */
  'run:start': { input: RunPlan, output: z.object({ runId: Id, jobId: Id }) },
  'run:pause': { input: z.strictObject(OfRun), output: Nothing },
  /** Job: goes on where a paused, stopped or failed run was; the result is {runId}. */
  'run:resume': { input: z.strictObject(OfRun), output: Job },
  /** Ends the run; its finished rounds stay. */
  'run:stop': { input: z.strictObject(OfRun), output: Nothing },
  'run:curves': { input: z.strictObject(OfRun), output: z.array(Series) },

  'review:list': {
    input: z.strictObject({ ...OfRound, sort: z.enum(['worst', 'estimate', 'uncertain', 'name']) }),
    output: z.array(ReviewItem),
  },
  /** Accepts photos, rejects them (they leave training), or takes either back. */
  'review:judge': { input: z.strictObject({ ...OfProject, imageIds: Ids, verdict: z.enum(verdicts) }), output: Nothing },
  'review:pixel': { input: z.strictObject({ ...OfRound, imageId: Id, x: Count, y: Count }), output: Pixel },
  /** Replaces the hints of a photo: run lengths [label, length, ...] row by row, label 255 = no hint. */
  'review:paint': {
    input: z.strictObject({
      ...OfProject, imageId: Id, width: z.int().positive().max(32768), height: z.int().positive().max(32768),
      runs: z.array(Count).max(4_000_000),
    }),
    output: z.object({ pixels: Count }),
  },
  /** How many hints the project holds. */
  'review:hints': { input: z.strictObject(OfProject), output: z.object({ photos: Count, pixels: Count }) },

  'report:read': { input: z.strictObject(OfRun), output: Report },
  /** Job: writes the report; the result is {path}. */
  'report:save': { input: z.strictObject({ ...OfRun, format: z.enum(reportFormats), path: Path }), output: Job },

  /** The three bundles of a round, as far as they have been made. */
  'export:list': { input: z.strictObject({ ...OfRun, round: Count }), output: z.array(ExportCard) },
  /** Job: makes a bundle and checks it against the trained network; the result is an ExportCard. */
  'export:make': { input: z.strictObject({ ...OfRun, round: Count, precision: z.enum(precisions), looks: z.enum(looks), batch: BatchChoice, size: SizeChoice, folder: Path }), output: Job },
  /** Job: writes masks of the photos of a folder beside an overlay of each; the result is {path, photos}. */
  'export:predict': { input: z.strictObject({ ...OfRun, round: Count, input: Path, output: Path }), output: Job },

  /** Jobs at work, for a page that has just opened. */
  'job:list': { input: Nothing, output: z.array(z.object({ jobId: Id, projectId: Id.nullable(), call: z.string(), progress: Progress.nullable() })) },
  'job:stop': { input: z.strictObject({ jobId: Id }), output: Nothing },
} as const

const ErrorData = z.object({ code: z.string(), message: z.string(), advice: z.string(), subject: z.string().optional() })
export const events = {
  /** At most ten a second for each job. */
  progress: z.object({ jobId: Id, projectId: Id.nullable(), atMs: z.number(), progress: Progress }),
  /** The end of a job: its result, or what went wrong (code `aborted` when stopped). */
  'job:done': z.object({ jobId: Id, projectId: Id.nullable(), result: z.unknown().optional(), error: ErrorData.optional() }),
  /** Something of the project has changed and should be read again. */
  'project:changed': z.object({ projectId: Id, what: z.enum(['images', 'workpieces', 'runs', 'review', 'issues']) }),
  /** Masks of a round are ready. */
  'round:done': z.object({ projectId: Id, runId: Id, round: Count }),
  /** The trainer died and goes on by itself from its last checkpoint. */
  'trainer:restarted': z.object({ projectId: Id, runId: Id, round: Count }),
  /** What the trainer uses, about once a second while it works. */
  'device:load': z.object({ description: z.string(), stepsPerSecond: z.number().nullable(), memoryBytes: Bytes.nullable() }),
  /** A camera sends, has stopped and is tried again (why), or cannot be used (why). */
  'camera:news': z.object({ session: Id, state: z.enum(['live', 'waiting', 'failed']), reason: z.string() }),
  /** A command of the application menu. */
  menu: z.object({ command: z.enum(['new', 'open', 'home', 'import', 'settings', 'keys', 'undo', 'redo']) }),
  /** A project folder was opened from the system (double click, command line). */
  'project:requested': z.object({ path: Path }),
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
export type Input<K extends CallName> = z.input<Calls[K]['input']>
export type Output<K extends CallName> = z.output<Calls[K]['output']>
/** A missing handler is a compile error. */
export type Handlers = { [K in CallName]: (input: z.output<Calls[K]['input']>) => Promise<Output<K>> }
export type EventName = keyof typeof events
export type EventData<K extends EventName> = z.output<(typeof events)[K]>

/**
 * Addresses of pictures, relative to the page: the page and its pictures are served from one origin (`maskwright://app/` in Electron,
 * `http://127.0.0.1:PORT/` through the second door). Label pictures are 8-bit grey PNG whose value is the class index, 255 = ignore.
 */
export const assets = {
  /** A photo or render, upright: JPEG, PNG or WebP. */
  image: (projectId: number, id: number) => `project/${projectId}/image/${id}`,
  /** The same, long side 256: JPEG. */
  thumbnail: (projectId: number, id: number) => `project/${projectId}/thumbnail/${id}`,
  /** Exact labels of a render. */
  renderMask: (projectId: number, id: number) => `project/${projectId}/render-mask/${id}`,
  /** Truth of a photo, for evaluation only. */
  truth: (projectId: number, id: number) => `project/${projectId}/truth/${id}`,
  /** Labels of a photo after a round (0 = initial), or of the last round behind the dense CRF (`crf`). */
  mask: (projectId: number, runId: number, round: number | 'crf', id: number) => `project/${projectId}/mask/${runId}/${round}/${id}`,
  /** Superpixel index per pixel as red + 256 green + 65536 blue: 8-bit RGB PNG. */
  superpixels: (projectId: number, runId: number, id: number) => `project/${projectId}/superpixels/${runId}/${id}`,
  /** Painted hints, 255 = none; 404 where there are none. */
  hints: (projectId: number, id: number) => `project/${projectId}/hints/${id}`,
  /** What an open camera sees, PNG; `serial` makes each look an address of its own. 404 before its first picture. */
  camera: (projectId: number, session: number, serial: number) => `project/${projectId}/camera/${session}/${serial}`,
} as const

/** What the preload puts on the window. */
export interface Door {
  call<K extends CallName>(name: K, input: Input<K>): Promise<Result<Output<K>>>
  /** Gives back the way to stop listening. */
  on<K extends EventName>(name: K, listener: (data: EventData<K>) => void): () => void
  /** The path of a dropped file. */
  pathOf(file: File): string
}
