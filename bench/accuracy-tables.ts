/** The tables of `bench/accuracy.ts`, in Markdown. */
import type { Line } from './accuracy-data.ts'
import { stages, type Outcome, type Stage } from './accuracy-run.ts'

/** What is known of one row. */
export interface Measured {
  readonly name: string
  readonly line?: Line
  readonly outcomes: readonly Outcome[]
}

/** Mean and, of several, standard deviation, in %. */
export const percent = (list: readonly (number | null | undefined)[]) => {
  const known = list.flatMap((value) => (value === null || value === undefined ? [] : [100 * value]))
  if (known.length === 0) return '-'
  const mean = known.reduce((a, b) => a + b, 0) / known.length
  const spread = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length)
  return known.length > 1 ? `${mean.toFixed(1)} ± ${spread.toFixed(1)}` : mean.toFixed(1)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i ? '---:' : '---'))), ...rows.map(line)].join('\n')
}

/** Workpiece x background, and their means. */
export function backgroundTable(outcomes: readonly Outcome[]): string {
  const groups = Object.keys(outcomes[0].groups)
  const names = Object.keys(outcomes[0].whole.final.perWorkpiece)
  const columns = groups.flatMap((group) => stages.map((stage) => ({ group, stage })))
  return table(['workpiece', ...columns.map(({ group, stage }) => `${group}, ${stage}`)], [
    ...names.map((name) => [name, ...columns.map(({ group, stage }) => percent(outcomes.map((o) => o.groups[group]?.[stage].perWorkpiece[name])))]),
    ['mIoU', ...columns.map(({ group, stage }) => percent(outcomes.map((o) => o.groups[group]?.[stage].miou.workpieces)))],
  ])
}

/** Workpiece x background of lines of their own, and their means. */
export function linesTable(lines: readonly Measured[]): string {
  const groups = [...new Set(lines.flatMap(({ outcomes }) => Object.keys(outcomes[0].groups)))]
  const names = [...new Set(lines.map(({ line }) => line!.workpiece))]
  const cell = (stage: Stage, group: string, workpiece?: string) => percent(lines
    .filter(({ line }) => !workpiece || line!.workpiece === workpiece)
    .flatMap(({ outcomes }) => outcomes.map(({ groups: found }) => found[group]?.[stage].miou.workpieces)))
  const row = (label: string, workpiece?: string) => [label, ...groups.flatMap((group) => stages.map((stage) => cell(stage, group, workpiece)))]
  return table(['workpiece', ...groups.flatMap((group) => stages.map((stage) => `${group}, ${stage}`))], [...names.map((name) => row(name, name)), row('mean')])
}

export function rowTable(rows: readonly Measured[]): string {
  const groups = Object.keys(rows[0].outcomes[0].groups)
  const cells = (outcomes: readonly Outcome[], stage: Stage) => [
    ...groups.map((group) => percent(outcomes.map((o) => o.groups[group]?.[stage].miou.workpieces))),
    percent(outcomes.map((o) => o.whole[stage].miou.workpieces)), percent(outcomes.map((o) => o.whole[stage].miou.withBackground)),
  ]
  const more = (outcomes: readonly Outcome[]) => [percent(outcomes.map((o) => o.several.final)), percent(outcomes.map((o) => o.labels))]
  const cost = (outcomes: readonly Outcome[]) => [
    String(Math.round(outcomes.reduce((sum, o) => sum + o.seconds, 0) / outcomes.length)), (Math.max(...outcomes.map((o) => o.peakBytes)) / 1e9).toFixed(2),
  ]
  return table(['', ...groups, 'all', 'with background', 'several tags', 'pseudo labels', 's', 'GB'], [
    ['initial mask', ...cells(rows[0].outcomes, 'initial'), '', '', '', ''],
    ...rows.map(({ name, outcomes }) => [name, ...cells(outcomes, 'final'), ...more(outcomes), ...cost(outcomes)]),
    [`${rows.at(-1)!.name}, + CRF`, ...cells(rows.at(-1)!.outcomes, 'final + CRF'), '', '', '', ''],
  ])
}
