import type { Handlers } from '../../preload/contract/api.ts'
import type { RunPlan, RunRecord, Series } from '../../preload/contract/run-data.ts'
import { AppError } from '../../preload/contract/error.ts'
import type { RunStatus } from '../../preload/contract/model.ts'
import { presets, settingNames, type Settings } from '../../preload/contract/settings.ts'
import { checkTrainable, prepareRun } from '../steps/prepare-run.ts'
import { runStatus } from '../steps/status.ts'
import type { Context } from './context.ts'
import { estimateRun } from './estimate.ts'
import type { OpenProject } from './open-projects.ts'
import { startTraining } from './training.ts'

/** Most points of one curve. */
const maxPoints = 2000

export function runCalls(context: Context) {
  const { projects, training, changed } = context
  const settingsOf = (plan: RunPlan): Settings => ({ ...presets[plan.preset], ...plan.overrides })
  const refuseIfBusy = ({ store }: OpenProject) => {
    if (training.current || store.isRunning()) throw busy()
  }
  return {
    'run:list': async ({ projectId }) => {
      const project = projects.get(projectId)
      return project.store.runs.list().map((run) => runRecord(context, project, run.id)).reverse()
    },
    'run:estimate': async (plan) => estimateRun(projects.get(plan.projectId).store, settingsOf(plan), context.config.devices(), plan.device),
    'run:start': async (plan) => {
      const project = projects.get(plan.projectId)
      const { store, hints, notes } = project
      refuseIfBusy(project)
      checkTrainable(store)
      const { id: runId } = prepareRun(store, { preset: plan.preset, settings: settingsOf(plan), fresh: true })
      notes.create(runId, { device: plan.device, useHints: plan.useHints, hints: hints.count() })
      return { runId, jobId: startTraining(context, project, runId, 'run:start') }
    },
    'run:pause': async ({ projectId, runId }) => {
      training.end(projectId, runId, 'pause')
      return {}
    },
    'run:resume': async ({ projectId, runId }) => {
      const project = projects.get(projectId)
      refuseIfBusy(project)
      project.store.runs.get(runId)
      return { jobId: startTraining(context, project, runId, 'run:resume') }
    },
    'run:stop': async ({ projectId, runId }) => {
      if (training.isAt(projectId, runId)) training.end(projectId, runId, 'stop')
      else {
        projects.get(projectId).store.runs.setState(runId, 'finished')
        changed(projectId, 'runs')
      }
      return {}
    },
    'run:curves': async ({ projectId, runId }) => curvesOf(context, projects.get(projectId), runId),
  } satisfies Partial<Handlers>
}

const finished = new WeakMap<object, Map<string, RunStatus>>()

/** A run as the page shows it. The scores of a finished one are worked out once. */
export function runRecord({ training }: Context, { projectId, store, notes }: OpenProject, runId: number): RunRecord {
  const run = store.runs.get(runId)
  const known = finished.get(store) ?? new Map<string, RunStatus>()
  finished.set(store, known)
  const key = `${runId}/${run.updatedAtMs}`
  const status = known.get(key) ?? runStatus(store, runId)
  if (run.state === 'finished') known.set(key, status)
  const note = notes.get(runId)
  return {
    ...status,
    startedAtMs: run.createdAtMs,
    finishedAtMs: run.state === 'finished' ? (note?.finishedAtMs ?? run.updatedAtMs) : null,
    settings: Object.fromEntries(settingNames.map((name) => [name, String(run.settings[name])])),
    hints: note?.hints ?? { photos: 0, pixels: 0 },
    jobId: training.isAt(projectId, runId) ? training.current!.jobId : null,
    failure: run.state === 'failed' ? (note?.failure ?? 'It ended unexpectedly.') : null,
  }
}

/** Losses over the training steps of the classifier and of all rounds one after the other, then figures of the masks round by round. */
function curvesOf(context: Context, project: OpenProject, runId: number): Series[] {
  const points = project.store.curves.list(runId)
  const classifier = points.filter(({ key }) => key === 'classifier')
  let before = 0
  const rounds = [...new Set(points.filter(({ round }) => round > 0).map(({ round }) => round))].flatMap((round) => {
    const mine = points.filter((point) => point.round === round && point.key !== 'classifier').map(({ step, values }): [number, number] => [before + step, values.loss])
    before = mine.at(-1)?.[0] ?? before
    return mine
  })
  const status = runRecord(context, project, runId).rounds
  const byRound = (name: string, value: (round: RunRecord['rounds'][number]) => number | null): Series =>
    ({ name, points: status.flatMap((round): [number, number][] => (value(round) === null ? [] : [[round.round, value(round)!]])) })
  return [
    { name: 'classifierLoss', points: thin(classifier.map(({ step, values }) => [step, values.loss])) },
    { name: 'loss', points: thin(rounds) },
    byRound('labelled', ({ masks }) => masks.labelled), byRound('agreement', ({ masks }) => masks.agreement), byRound('miou', ({ miou }) => miou.withBackground),
    byRound('estimate', ({ quality }) => quality.mean),
  ]
}

function thin(points: [number, number][]): [number, number][] {
  const every = Math.ceil(points.length / maxPoints)
  return every <= 1 ? points : points.filter((_, i) => i % every === 0 || i === points.length - 1)
}

const busy = () => new AppError({
  code: 'project-busy',
  message: 'Another run is at work.',
  advice: 'Wait for it to finish, or pause it.',
})
