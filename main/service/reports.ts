import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Handlers } from '../../preload/contract/api.ts'
import type { Report } from '../../preload/contract/run-data.ts'
import { meanIou, sumConfusion } from '../core/metric/confusion-matrix.ts'
import { scored, scoresOf, type Scored } from '../steps/status.ts'
import type { MetricRow } from '../store/metrics.ts'
import type { Context } from './context.ts'
import type { OpenProject } from './open-projects.ts'
import { checkTarget } from './paths.ts'
import { runJob } from './run-job.ts'
import { runRecord } from './runs.ts'

export function reportCalls(context: Context) {
  const { projects, jobs, host } = context
  return {
    'report:read': async ({ projectId, runId }) => reportOf(context, projects.get(projectId), runId),
    'report:save': async ({ projectId, runId, format, path }) => {
      const { store } = projects.get(projectId)
      store.runs.get(runId)
      const target = checkTarget(path, `.${format}`)
      const work = async (job: Parameters<Parameters<typeof jobs.start>[0]['work']>[0]) => {
        const folder = await mkdtemp(join(tmpdir(), 'maskwright-'))
        try {
          const { html, csv } = await runJob(host, 'report', { project: store.dir, runId, folder }, job)
          if (format === 'pdf') await host.printPdf(html, target)
          else await copyFile(format === 'html' ? html : csv, target)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
        return { path: target }
      }
      return { jobId: jobs.start({ call: 'report:save', projectId, work }) }
    },
  } satisfies Partial<Handlers>
}

type Cell = Report['rows'][number]['mean']

/** The report of a run: the paper's table, initial against final, and where it came from. */
function reportOf(context: Context, project: OpenProject, runId: number): Report {
  const { store } = project
  const run = runRecord(context, project, runId)
  const workpieces = store.workpieces.list()
  const metrics = store.metrics.list(runId).filter(({ kind }) => kind === 'round')
  const lastRound = metrics.at(-1)?.round ?? 0
  const photosOf = (round: number) => metrics.filter((row) => row.round === round).map((row) => ({ row, ...scored(store, row) }))
  const [initial, final] = [photosOf(0), photosOf(lastRound)]
  const groups = [...new Set(final.map(({ group }) => group))].sort()
  const cells = (score: (photos: readonly Scored[]) => number | null): { cells: Cell[]; mean: Cell } => {
    const cell = (keep: (photo: Scored) => boolean) => ({ initial: score(initial.filter(keep)), final: score(final.filter(keep)) })
    return { cells: groups.map((group) => cell((photo) => photo.group === group)), mean: cell(() => true) }
  }
  return {
    run, groups,
    rows: workpieces.map(({ name }) => ({ workpiece: name, ...cells((photos) => scoresOf(photos, workpieces).perWorkpiece[name]) })),
    means: cells((photos) => scoresOf(photos, workpieces).miou.workpieces),
    confusion: final.length > 0 ? confusionOf(final, workpieces) : null,
    photos: final.flatMap(({ row, confusion }) => photoScore(project, row, meanIou(confusion).withBackground)).sort((a, b) => b.miou - a.miou),
    lineage: lineageOf(context, project, runId),
  }
}

function photoScore({ store }: OpenProject, { imageId }: MetricRow, miou: number | null): Report['photos'] {
  return miou === null ? [] : [{ imageId, name: store.images.get(imageId).name, miou }]
}

/** The summed matrix with the background first; classes without a workpiece are left out. */
function confusionOf(photos: readonly Scored[], workpieces: readonly { name: string; classIndex: number }[]): Report['confusion'] {
  const { classes, counts } = sumConfusion(photos.map(({ confusion }) => confusion))
  const shown = [0, ...workpieces.map(({ classIndex }) => classIndex)].filter((index) => index < classes)
  return {
    names: ['', ...workpieces.map(({ name }) => name)].slice(0, shown.length),
    counts: shown.map((row) => shown.map((column) => counts[row * classes + column])),
  }
}

function lineageOf({ host }: Context, { store }: OpenProject, runId: number): Report['lineage'] {
  const { preset, seed, device, inputHash, createdAtMs } = store.runs.get(runId)
  const entries = {
    project: store.name, folder: store.dir, run: String(runId), preset, seed: String(seed), device, inputs: inputHash,
    started: new Date(createdAtMs).toISOString(), program: `Maskwright ${host.version}`,
  }
  return Object.entries(entries).map(([name, value]) => ({ name, value }))
}
