import type { Gap, GapReport, GapRow } from '../../preload/contract/project-data.ts'
import { measureGap } from '../steps/gap.ts'
import { parse } from './arguments.ts'
import type { Answer } from './commands.ts'
import { withProject } from './project-commands.ts'
import { percent, table } from './table.ts'

/** Tells how far renders are from photos, and what would bring them nearer. */
export async function gap(args: readonly string[]): Promise<Answer> {
  const { positionals: [project] } = parse(args, {}, 'gap P', 1)
  const data = await withProject(project, ({ store, codec, signal }) => measureGap(store, codec, signal))
  return { data, text: gapText(data) }
}

function gapText({ masks, rows }: GapReport): string {
  if (rows.length === 0) return 'There is no photo to compare renders with.'
  const head = masks ? `Workpieces on photos by the pseudo labels of run ${masks.runId}, round ${masks.round}.`
    : 'No run has made pseudo labels yet: whole pictures are compared, and the size of workpieces on photos is not known.'
  return [head, ...rows.map((row) => `\n${rowText(row)}`)].join('\n')
}

function rowText({ workpiece, region, photos, renders, gaps, match }: GapRow): string {
  const title = `${workpiece ?? 'The whole line'}: ${renders} renders, ${photos} photos, ${region === 'mask' ? 'the workpiece by its masks' : 'whole pictures'}`
  const body = gaps.length === 0 ? ['No render yet.'] : [table([['measure', 'gap %', 'photos', 'renders', 'closed by'], ...gaps.map(cells)])]
  return [title, ...body, `match: ${settingWords(match)}`].join('\n')
}

const cells = ({ name, gap: value, photos, renders, settings }: Gap) => [unitNames[name], percent(value), figure(name, photos), figure(name, renders), settingWords(settings) || '-']
/** Settings as `--set` takes them. */
export const settingWords = (settings: Gap['settings']) => Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(' ')
const figure = (name: Gap['name'], value: number | null) => (value === null ? '-' : name === 'size' ? percent(value) : value.toFixed(name === 'sharpness' ? 2 : 1))

const unitNames: Record<Gap['name'], string> = {
  size: 'apparent size, % of the picture', brightness: 'brightness, CIE L', contrast: 'contrast, CIE L', colour: 'colour', sharpness: 'blur of edges, px',
  noise: 'noise, grey levels', background: 'background', features: 'features of patches',
}
