import { basename } from 'node:path'
import type { Handlers } from '../../preload/contract/api.ts'
import type { ImportResult } from '../../preload/contract/model.ts'
import { importPhoto } from '../steps/import-photo.ts'
import type { Context } from './context.ts'
import type { JobContext } from './jobs.ts'
import type { OpenProject } from './open-projects.ts'
import { checkFolder, checkPath } from './paths.ts'
import { runJob } from './run-job.ts'

export function importCalls(context: Context) {
  const { projects, jobs, host, changed } = context

  /** Notes what an import left out, and tells the page what is new while it goes on. */
  const importing = (project: OpenProject, work: (job: JobContext) => Promise<ImportResult>) => async (job: JobContext) => {
    const { projectId, issues } = project
    const timer = setInterval(() => changed(projectId, 'images'), 2000)
    try {
      const result = await work(job)
      issues.add(result.issues)
      issues.addDuplicates(result.duplicates)
      return result
    } finally {
      clearInterval(timer)
      for (const what of ['images', 'workpieces', 'issues'] as const) changed(projectId, what)
      void context.summarise(project)
    }
  }
  return {
    'import:files': async ({ projectId, kind, paths, tags }) => {
      const project = projects.get(projectId)
      const input = { project: project.store.dir, kind, paths: paths.map(checkPath), tags }
      return { jobId: jobs.start({ call: 'import:files', projectId, work: importing(project, (job) => runJob(host, 'import', input, job)) }) }
    },
    'cad:read': async ({ path, reading }) => {
      const input = { path: checkPath(path), reading }
      return { jobId: jobs.start({ call: 'cad:read', projectId: null, work: (job) => runJob(host, 'readCad', input, job) }) }
    },
    'import:cad': async ({ projectId, paths, reading, settings, count, instances }) => {
      const project = projects.get(projectId)
      const map = settings['light.map']
      const input = {
        project: project.store.dir, paths: paths.map(checkPath), reading, count, settings: map ? { ...settings, 'light.map': checkPath(map) } : settings,
        instances: instances === undefined ? undefined : checkFolder(instances),
      }
      return { jobId: jobs.start({ call: 'import:cad', projectId, work: importing(project, (job) => runJob(host, 'cad', input, job)) }) }
    },
    'import:bytes': async ({ projectId, name, base64, tags }) => {
      const { store, issues } = projects.get(projectId)
      const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
      const result = await importPhoto(store, await context.codec(), { name: basename(name.replaceAll('\\', '/')), group: '', tags, bytes })
      if (result.issue) issues.add([result.issue])
      for (const what of result.issue ? ['issues'] as const : ['images', 'workpieces'] as const) changed(projectId, what)
      return result
    },
    'import:issues': async ({ projectId }) => projects.get(projectId).issues.list(),
    'import:dismiss': async ({ projectId }) => {
      projects.get(projectId).issues.clear()
      changed(projectId, 'issues')
      return {}
    },
  } satisfies Partial<Handlers>
}
