import type { EventData } from '../../preload/contract/api.ts'
import { openCodec, type Codec } from '../core/image/codec.ts'
import { openAssets, type Assets } from './assets.ts'
import { openCameras, type Cameras } from './cameras.ts'
import { openConfig, type Config } from './config.ts'
import type { Host } from './host.ts'
import { openJobs, type Jobs } from './jobs.ts'
import { openProjects, type OpenProject, type OpenProjects } from './open-projects.ts'
import { writeSummary } from './summary.ts'
import { openTraining, type Training } from './training.ts'

/** What every handler works with. */
export interface Context {
  readonly host: Host
  readonly config: Config
  readonly jobs: Jobs
  readonly projects: OpenProjects
  readonly assets: Assets
  readonly cameras: Cameras
  /** Folders being watched, by job. */
  readonly watched: Map<number, { readonly projectId: number; readonly path: string }>
  readonly training: Training
  /** The decoder, opened when first wanted. */
  readonly codec: () => Promise<Codec>
  /** Tells the page to read something again. */
  readonly changed: (projectId: number, what: EventData<'project:changed'>['what']) => void
  /** Notes for the list of recent projects what a project has come to. */
  readonly summarise: (project: OpenProject) => Promise<void>
}

export function openContext(host: Host): Context {
  const jobs = openJobs(host)
  const projects = openProjects()
  const cameras = openCameras(host)
  const assets = openAssets(projects, cameras)
  let codec: Promise<Codec> | undefined
  return {
    host, jobs, projects, assets, cameras, watched: new Map(),
    config: openConfig(host.configDir),
    training: openTraining(jobs.stop),
    codec: () => (codec ??= openCodec()),
    changed: (projectId, what) => host.emit('project:changed', { projectId, what }),
    summarise: (project) => writeSummary(project, assets).catch((error: unknown) => console.error(error)),
  }
}
