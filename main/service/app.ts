import type { Handlers } from '../../preload/contract/api.ts'
import type { Context } from './context.ts'

export function appCalls({ host, config, jobs }: Context) {
  return {
    'app:info': async () => ({ version: host.version, native: host.native, locale: host.locale }),
    'settings:read': async () => config.settings(),
    'settings:write': async (settings) => {
      config.writeSettings(settings)
      return {}
    },
    'job:list': async () => jobs.list(),
    'job:stop': async ({ jobId }) => {
      jobs.stop(jobId)
      return {}
    },
  } satisfies Partial<Handlers>
}
