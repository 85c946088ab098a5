import type { ProjectStatus, RunStatus } from '../../preload/contract/model.ts'
import { percent, table } from './table.ts'

/** The state of a project in words and a table a run. */
export function statusText(status: ProjectStatus): string {
  const { images } = status
  const head = [
    `${status.project}: ${status.workpieces.length} workpieces (${status.workpieces.join(', ') || 'none'})`,
    `${images.renders} renders, ${images.photos} photos (${images.trainingPhotos} train, ${images.truths} with truth, ${images.backgroundPhotos} background only, ${images.rejected} rejected)`,
  ]
  return [...head, ...status.runs.map((run) => `\n${runText(run, status.workpieces)}`)].join('\n')
}

/** The table of the paper for one run: a row a round, a column a workpiece and a group; mIoU in percent. */
export function runText(run: RunStatus, workpieces: readonly string[]): string {
  const title = `Run ${run.id}: ${run.state}, preset ${run.preset}, seed ${run.seed}${run.device ? `, ${run.device}` : ''}`
  if (run.rounds.length === 0) return `${title}\n  nothing finished yet`
  const groups = [...new Set(run.rounds.flatMap((round) => Object.keys(round.perGroup)))].sort()
  const last = run.rounds.length - 1
  const rows = run.rounds.map((round, i) => [
    i === 0 ? 'initial' : i === last ? `final (round ${round.round})` : `round ${round.round}`,
    percent(round.masks.labelled), percent(round.masks.agreement), percent(round.quality.mean), round.quality.follows?.toFixed(2) ?? '-', ...scoreCells(round, workpieces, groups),
  ])
  if (run.crf) rows.push(['final + CRF', '-', '-', '-', '-', ...scoreCells(run.crf, workpieces, groups)])
  const header = ['mIoU %', 'labelled', 'agreement', 'estimate', 'follows IoU', 'workpieces', 'with background', ...workpieces, ...groups.map((group) => `[${group}]`)]
  return [title, ...seedsText(run), table([header, ...rows])].join('\n')
}

function seedsText({ seeds }: RunStatus): string[] {
  if (seeds === null) return []
  const left = seeds.cam === 0 ? '' : `; ${seeds.cam} from activation maps, since they do not agree with other photos as those of a fixed camera do`
  return [`  Initial masks of ${seeds.camera} tagged photos from the fixed camera${left}`]
}

const scoreCells = (scores: Pick<RunStatus['rounds'][number], 'miou' | 'perWorkpiece' | 'perGroup'>, workpieces: readonly string[], groups: readonly string[]) => [
  percent(scores.miou.workpieces), percent(scores.miou.withBackground),
  ...workpieces.map((name) => percent(scores.perWorkpiece[name])), ...groups.map((group) => percent(scores.perGroup[group])),
]
