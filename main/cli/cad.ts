import { AppError } from '../../preload/contract/error.ts'
import { cadUnits, upAxes } from '../../preload/contract/render-set.ts'
import { millimetres, type CadUnit } from '../core/render/file-kind.ts'
import { isFlat, isWatertight, type MeshFacts } from '../core/render/measure.ts'
import { cadIssues, openCad, readCad } from '../steps/cad-file.ts'
import { matchFor, measureGap } from '../steps/gap.ts'
import { renderCad } from '../steps/render-cad.ts'
import { parse, whole } from './arguments.ts'
import type { Answer, Say } from './commands.ts'
import { settingWords } from './gap.ts'
import { importText, withProject } from './project-commands.ts'
import { oneOf } from './run.ts'
import { parseRenderSettings } from './settings.ts'
import { table } from './table.ts'

/** Tells what a CAD file holds: its parts, how large they are, and what is wrong with them. */
export async function cad(args: readonly string[]): Promise<Answer> {
  const { values, positionals: [file] } = parse(args, { unit: { type: 'string' } }, 'cad FILE [--unit mm|cm|m|inch]', 1)
  const asked = values.unit === undefined ? undefined : oneOf(cadUnits, values.unit, 'unit')
  const read = await openCad(file, await readCad(file), { parts: 'each', want: 'facts' })
  const unit = asked ?? read.unit
  const parts = read.parts.map(({ name, count, facts }) => ({ name, count, ...factsIn(facts, unit), issues: cadIssues(file, name, facts, unit) }))
  const data = {
    file, format: read.format, unit, unitFrom: asked ? 'asked' : read.unitFrom, drawnIn: read.drawnIn, up: read.up, solids: read.solids,
    whole: factsIn(read.whole, unit), parts,
  }
  const rows = [...data.parts.map((part) => rowOf(part.name || '(no name)', part.count, part)), ...(parts.length > 1 ? [rowOf('all together', 1, data.whole)] : [])]
  const lines = [
    `${file}: ${read.format.toUpperCase()}, ${read.solids === 1 ? 'one solid' : `${read.solids} solids, ${parts.length} different`}, ${read.up} is up.`,
    unitText(unit, data.unitFrom, read.drawnIn),
    table([['part', 'times', 'triangles', 'size in mm', 'volume in cm3', 'open edges', 'watertight'], ...rows]),
    ...parts.flatMap(({ issues }) => issues.map(({ message, advice }) => `${message} ${advice}`)),
  ]
  return { data, text: lines.join('\n') }
}

/** Measures in millimetres. */
function factsIn(facts: MeshFacts, unit: CadUnit) {
  const mm = millimetres[unit]
  return {
    triangles: facts.triangles, size: facts.size.map((side) => Number((side * mm).toPrecision(4))), volume: Number((facts.volume * mm ** 3).toPrecision(4)),
    openEdges: facts.openEdges, watertight: isWatertight(facts) && !isFlat(facts),
  }
}

const rowOf = (name: string, count: number, { triangles, size, volume, openEdges, watertight }: ReturnType<typeof factsIn>) =>
  [name, String(count), String(triangles), size.join(' x '), String(Number((volume / 1000).toPrecision(3))), String(openEdges), watertight ? 'yes' : 'no']

function unitText(unit: CadUnit, from: string, drawnIn: string | null): string {
  switch (from) {
    case 'asked': return `Unit: ${unit}, as asked.`
    case 'file': return drawnIn ? `Unit: drawn in ${drawnIn}, as the file says; read in ${unit}.` : `Unit: ${unit}, as the file says.`
    default: return `Unit: the file does not say; taken as ${unit} by its size. Give --unit if that is wrong.`
  }
}

export const renderUsage = 'render P FILE... [--workpiece NAME] [--count N] [--seed N] [--parts one|each] [--unit mm|cm|m|inch] [--up x|-x|y|-y|z|-z]\n'
  + '      [--scale N] [--instances DIR] [--match] [--set key=value]...'

/** Makes renders of CAD files. */
export async function render(args: readonly string[], say: Say): Promise<Answer> {
  const { values, positionals: [project, ...files] } = parse(args, {
    workpiece: { type: 'string' }, count: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' }, parts: { type: 'string', default: 'one' },
    unit: { type: 'string' }, up: { type: 'string' }, scale: { type: 'string' }, instances: { type: 'string' }, match: { type: 'boolean' }, set: { type: 'string', multiple: true, default: [] },
  }, renderUsage, 2, Infinity)
  const parts = oneOf(['one', 'each'], values.parts, 'way to take parts')
  if (files.length > 1 && values.workpiece) throw new AppError({ code: 'invalid-input', message: 'One name cannot stand for several files.', advice: 'Leave out --workpiece; each file then gives its name to its workpiece.' })
  const reading = {
    parts, scale: scaleOf(values.scale),
    unit: values.unit === undefined ? undefined : oneOf(cadUnits, values.unit, 'unit'), up: values.up === undefined ? undefined : oneOf(upAxes, values.up, 'axis'),
  }
  const asked = parseRenderSettings(values.set)
  const { workpiece, instances } = values
  const result = await withProject(project, async ({ store, codec, signal, report }) => {
    const matched = values.match ? matchFor(await measureGap(store, codec, signal), parts === 'one' ? workpiece : undefined) : {}
    if (values.match) say(`Matched to the photos: ${settingWords(matched)}`)
    return renderCad(store, codec, files, {
      workpiece, instances, reading, settings: { ...matched, ...asked }, count: whole(values.count, '--count')!, seed: whole(values.seed, '--seed')!, signal, report,
    })
  })
  for (const issue of result.issues) say(`${issue.file}: ${issue.message} ${issue.advice}`)
  return { data: result, text: importText('renders', result) }
}

function scaleOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (value > 0 && value <= 1e6) return value
  throw new AppError({ code: 'invalid-input', subject: '--scale', message: `"${text}" is no scale.`, advice: 'Write --scale as a number such as 0.001.' })
}
