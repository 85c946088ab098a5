import { cadUnits, millimetres, type CadUnit } from '../core/render/file-kind.ts'
import { isFlat, isWatertight, type MeshFacts } from '../core/render/measure.ts'
import { cadIssues, openCad, readCad } from '../steps/cad-file.ts'
import { parse } from './arguments.ts'
import type { Answer } from './commands.ts'
import { oneOf } from './run.ts'
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
