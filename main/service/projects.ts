import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Handlers } from '../../preload/contract/api.ts'
import type { Project } from '../../preload/contract/project-data.ts'
import { AppError } from '../../preload/contract/error.ts'
import { projectStatus } from '../steps/status.ts'
import type { Context } from './context.ts'
import type { OpenProject } from './open-projects.ts'
import { checkFolder, checkName, checkPath } from './paths.ts'
import { runJob } from './run-job.ts'
import { readSummary } from './summary.ts'
import { resumeWatching } from './watching.ts'

const ending = '.maskwright'

export function projectCalls(context: Context) {
  const { config, projects, jobs, host } = context

  const enter = (project: OpenProject): Project => {
    const { projectId, store } = project
    void context.summarise(project)
    resumeWatching(context, project)
    config.remember({ path: store.dir, name: store.name, openedAtMs: Date.now() })
    return { projectId, path: store.dir, name: store.name }
  }
  return {
    'project:recent': async () => config.recent().map((project) => ({
      ...project, missing: !existsSync(join(project.path, 'project.db')), ...readSummary(project.path),
    })),
    'project:forget': async ({ path }) => {
      config.forget(path)
      return {}
    },
    'project:create': async ({ name, folder }) => {
      const tidy = checkName(name.replace(/\.maskwright$/i, ''))
      if (folder === null) await mkdir(host.documentsDir, { recursive: true })
      return enter(projects.open(join(checkFolder(folder ?? host.documentsDir), `${tidy}${ending}`), { name: tidy }))
    },
    'project:open': async ({ path }) => enter(projects.open(checkPath(path))),
    'project:close': async ({ projectId }) => {
      const project = projects.get(projectId)
      await context.summarise(project)
      if (!jobs.busyWith(projectId)) projects.close(projectId)
      return {}
    },
    'project:sample': async () => {
      await mkdir(host.documentsDir, { recursive: true })
      const path = freePath(host.documentsDir, 'Sample')
      return { jobId: jobs.start({ call: 'project:sample', projectId: null, work: (job) => runJob(host, 'sample', { path, sample: host.sampleDir }, job) }) }
    },
    'project:status': async ({ projectId }) => projectStatus(projects.get(projectId).store),
  } satisfies Partial<Handlers>
}

function freePath(folder: string, name: string): string {
  for (let n = 1; n < 1000; n++) {
    const path = join(folder, `${n === 1 ? name : `${name} ${n}`}${ending}`)
    if (!existsSync(path)) return path
  }
  throw new AppError({ code: 'already-exists', subject: folder, message: 'There are too many sample projects.', advice: 'Delete some of them.' })
}
