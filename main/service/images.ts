import type { Handlers } from '../../preload/contract/api.ts'
import type { Context } from './context.ts'
import { runJob } from './run-job.ts'

export function imageCalls({ projects, changed, host }: Context) {
  const after = (projectId: number) => {
    changed(projectId, 'images')
    changed(projectId, 'workpieces')
    return {}
  }
  return {
    'images:find': async ({ projectId, filter, sort }) => ({ ids: projects.get(projectId).desk.find(filter, sort) }),
    'images:read': async ({ projectId, ids }) => projects.get(projectId).desk.read(ids),
    'images:counts': async ({ projectId }) => {
      const { desk, issues } = projects.get(projectId)
      return { ...desk.counts(), ...issues.counts() }
    },
    'images:tag': async ({ projectId, changes }) => {
      const { desk, store } = projects.get(projectId)
      store.transaction(() => changes.forEach(({ ids, tags }) => desk.tag(ids, tags)))
      return after(projectId)
    },
    'images:reject': async ({ projectId, ids, rejected }) => {
      projects.get(projectId).desk.reject(ids, rejected)
      return after(projectId)
    },
    'images:bin': async ({ projectId, ids }) => {
      projects.get(projectId).store.images.remove(ids)
      return after(projectId)
    },
    'images:restore': async ({ projectId, ids }) => {
      projects.get(projectId).store.images.restore(ids)
      return after(projectId)
    },
    'images:gap': async ({ projectId }) => {
      const { store } = projects.get(projectId)
      return runJob(host, 'gap', { project: store.dir }, { signal: new AbortController().signal, report: () => undefined })
    },
  } satisfies Partial<Handlers>
}
