import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Handlers } from '../../preload/contract/api.ts'
import { ExportCard, precisions } from '../../preload/contract/run-data.ts'
import type { Store } from '../store/index.ts'
import type { Context } from './context.ts'
import { checkFolder, checkPath } from './paths.ts'
import { runJob } from './run-job.ts'

type Precision = ExportCard['precision']

/** Step under which cards are kept with the run. */
const step = 'export'

export function exportCalls({ projects, jobs, host, changed }: Context) {
  return {
    'export:list': async ({ projectId, runId, round }) => {
      const { store } = projects.get(projectId)
      return precisions.map((precision) => readCard(store, runId, round, precision))
    },
    'export:make': async ({ projectId, folder, ...wanted }) => {
      const { store } = projects.get(projectId)
      const { runId, round, precision, looks } = wanted
      store.runs.get(runId)
      const parent = checkFolder(folder)
      const work = async (job: Parameters<Parameters<typeof jobs.start>[0]['work']>[0]) => {
        const target = join(parent, `${store.name}-run-${runId}-round-${round}-${precision}${looks === 'one' ? '-one-look' : ''}`)
        const card = await runJob(host, 'export', { project: store.dir, ...wanted, folder: target }, job)
        store.artifacts.put(runId, step, keyOf(round, precision), store.blobs.put(new TextEncoder().encode(JSON.stringify(card))))
        changed(projectId, 'runs')
        return card
      }
      return { jobId: jobs.start({ call: 'export:make', projectId, work }) }
    },
    'export:predict': async ({ projectId, runId, round, input, output }) => {
      const { store } = projects.get(projectId)
      const folders = { input: checkPath(input), output: checkPath(output) }
      const made = precisions.map((precision) => readCard(store, runId, round, precision)).find(({ state, looks, size, path }) => state === 'ready' && looks === 'all' && size === 'dynamic' && path !== null && existsSync(path))
      const wish = { project: store.dir, runId, round, model: made?.path ?? null, ...folders }
      return { jobId: jobs.start({ call: 'export:predict', projectId, work: (job) => runJob(host, 'predict', wish, job) }) }
    },
  } satisfies Partial<Handlers>
}

const keyOf = (round: number, precision: Precision) => `${round}/${precision}`

function readCard(store: Store, runId: number, round: number, precision: Precision): ExportCard {
  const found = store.artifacts.get(runId, step, keyOf(round, precision))
  const none: ExportCard = { precision, looks: 'all', batch: 1, size: 'dynamic', state: 'none', bytes: null, msPerPhoto: null, speedup: null, parity: null, miou: null, reason: null, differing: [], path: null }
  return found ? ExportCard.catch(none).parse(JSON.parse(new TextDecoder().decode(store.blobs.get(found.sha)))) : none
}
