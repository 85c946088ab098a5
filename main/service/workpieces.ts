import type { Handlers } from '../../preload/contract/api.ts'
import { AppError } from '../../preload/contract/error.ts'
import type { Context } from './context.ts'

export function workpieceCalls({ projects, changed }: Context) {
  const after = (projectId: number) => {
    changed(projectId, 'workpieces')
    changed(projectId, 'images')
    return {}
  }
  return {
    'workpieces:list': async ({ projectId }) => projects.get(projectId).store.workpieces.list(),
    'workpieces:add': async ({ projectId, name }) => {
      const { workpieces } = projects.get(projectId).store
      const tidy = tidyName(name)
      if (workpieces.find(tidy)) throw taken(tidy)
      workpieces.ensure(tidy)
      changed(projectId, 'workpieces')
      return workpieces.find(tidy)!
    },
    'workpieces:rename': async ({ projectId, workpieceId, name }) => {
      projects.get(projectId).store.workpieces.rename(workpieceId, tidyName(name))
      return after(projectId)
    },
    'workpieces:remove': async ({ projectId, workpieceId }) => {
      projects.get(projectId).bin.remove(workpieceId)
      return after(projectId)
    },
    'workpieces:restore': async ({ projectId, workpieceId }) => {
      projects.get(projectId).bin.restore(workpieceId)
      return after(projectId)
    },
  } satisfies Partial<Handlers>
}

function tidyName(name: string): string {
  const tidy = name.trim().normalize('NFC')
  if (tidy === '') throw new AppError({ code: 'invalid-input', message: 'A workpiece needs a name.', advice: 'Write one, such as "gear".' })
  return tidy
}

const taken = (name: string) => new AppError({
  code: 'already-exists', subject: name,
  message: `There already is a workpiece called ${name}.`,
  advice: 'Choose another name.',
})
