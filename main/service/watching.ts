import type { ImportResult } from '../../preload/contract/model.ts'
import type { WatchedFolder } from '../store/watched-folders.ts'
import type { Context } from './context.ts'
import { closing } from './jobs.ts'
import type { OpenProject } from './open-projects.ts'
import { runJob } from './run-job.ts'

/**
 * Watches a folder as a job. The project remembers it until a person stops the job; when the service closes or the job fails, it stays remembered.
 *
 * @param waits Whether a folder that is not there yet is waited for.
 */
export function startWatching({ jobs, host, changed, watched }: Context, { projectId, store, folders }: OpenProject, { path, tags }: WatchedFolder, waits: boolean): number {
  const news = () => { for (const what of ['images', 'workpieces', 'issues'] as const) changed(projectId, what) }
  const jobId = jobs.start({
    call: 'watch:start', projectId,
    work: async (job): Promise<ImportResult> => {
      const report: typeof job.report = (progress) => {
        job.report(progress)
        news()
      }
      try {
        return await runJob(host, 'watch', { project: store.dir, path, tags, waits }, { signal: job.signal, report })
      } finally {
        watched.delete(job.jobId)
        if (job.signal.aborted && job.signal.reason !== closing) folders.forget(path)
        news()
      }
    },
  })
  folders.remember({ path, tags })
  watched.set(jobId, { projectId, path })
  return jobId
}

/** Goes on watching the folders that a project remembers. */
export function resumeWatching(context: Context, project: OpenProject): void {
  const busy = [...context.watched.values()].filter(({ projectId }) => projectId === project.projectId).map(({ path }) => path)
  for (const folder of project.folders.list()) if (!busy.includes(folder.path)) startWatching(context, project, folder, true)
}
