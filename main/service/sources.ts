import type { Handlers } from '../../preload/contract/api.ts'
import { AppError } from '../../preload/contract/error.ts'
import { cameraOf, listCameras, settingsFor } from '../steps/cameras.ts'
import { importPhoto } from '../steps/import-photo.ts'
import type { Context } from './context.ts'
import { checkFolder } from './paths.ts'
import { startWatching } from './watching.ts'

/** Where photos come from by themselves: folders that are watched, and cameras. */
export function sourceCalls(context: Context) {
  const { projects, changed, cameras, watched } = context
  return {
    'watch:start': async ({ projectId, path, tags }) => {
      const project = projects.get(projectId)
      const folder = checkFolder(path)
      if ([...watched.values()].some((watch) => watch.projectId === projectId && watch.path === folder)) throw watchedAlready(folder)
      return { jobId: startWatching(context, project, { path: folder, tags }, false) }
    },
    'watch:list': async ({ projectId }) => {
      projects.get(projectId)
      return [...watched].filter(([, watch]) => watch.projectId === projectId).map(([jobId, { path }]) => ({ jobId, path }))
    },
    'camera:list': async ({ projectId }) => {
      projects.get(projectId)
      const { cameras: found, missing } = await listCameras()
      return { cameras: [...found], missing: [...missing] }
    },
    'camera:open': async ({ projectId, camera, exposureUs, gain, lock }) => {
      projects.get(projectId)
      const source = cameraOf(camera)
      const settings = await settingsFor(source, { exposureUs: exposureUs ?? undefined, gain: gain ?? undefined, lock })
      return { session: cameras.open(source, settings), exposureUs: settings.exposureUs ?? null, gain: settings.gain ?? null }
    },
    'camera:snap': async ({ projectId, session, tags }) => {
      const { store, issues } = projects.get(projectId)
      const picture = cameras.newest(session)
      if (!picture) throw noPicture(session)
      const name = `camera/${new Date().toISOString().replace(/[:.]/g, '-')}.png`
      const result = await importPhoto(store, await context.codec(), { name, group: 'camera', tags, bytes: picture.bytes })
      if (result.issue) issues.add([result.issue])
      for (const what of result.issue ? ['issues'] as const : ['images', 'workpieces'] as const) changed(projectId, what)
      return result
    },
    'camera:close': async ({ projectId, session }) => {
      projects.get(projectId)
      await cameras.close(session)
      return {}
    },
  } satisfies Partial<Handlers>
}

const watchedAlready = (path: string) => new AppError({
  code: 'already-exists', subject: path, message: `The folder ${path} is being watched already.`, advice: 'Stop that first, or choose another folder.',
})

const noPicture = (session: number) => new AppError({
  code: 'camera-unavailable', subject: String(session), message: 'The camera has not sent a picture.', advice: 'Wait until its picture is seen, then take the photo.',
})
