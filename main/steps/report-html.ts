import type { ProjectStatus, RoundStatus, RunStatus, Scores } from '../../preload/contract/model.ts'
import type { MaskQuality } from '../core/metric/mask-quality.ts'

/** A row of pictures of one photo, as data addresses or file names. */
export interface Figure {
  readonly title: string
  readonly pictures: readonly { readonly caption: string; readonly source: string }[]
}

export interface ReportContent {
  readonly status: ProjectStatus
  readonly run: RunStatus
  /** Losses by stretch of training. */
  readonly curves: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[]
  readonly figures: readonly Figure[]
  readonly settings: readonly (readonly [string, string])[]
  /** Photos whose masks are worst by their estimate, and what it stands on. */
  readonly worst: readonly (MaskQuality & { readonly name: string; readonly estimate: number })[]
  /** Painted hints that trained: their number says how far the result stands on tags alone. */
  readonly hints: number
}

export const escape = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
const percent = (share: number | null | undefined) => (share === null || share === undefined ? '–' : (share * 100).toFixed(1))

/** The report as one page without scripts or anything from outside. */
export function reportHtml(content: ReportContent): string {
  const { status, run } = content
  const final = run.rounds[run.rounds.length - 1]
  const initial = run.rounds[0]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(status.project)} – run ${run.id}</title><style>${style}</style></head><body><main>
<header><h1>${escape(status.project)}</h1>
<p>Run ${run.id}, preset ${escape(run.preset)}, seed ${run.seed}, ${escape(run.device)}. ${status.images.renders} renders, ${status.images.trainingPhotos} training
photos, ${status.images.truths} photos with truth (evaluation only). Labels painted by hand: ${content.hints === 0 ? 'none' : content.hints}.</p></header>
${headline(initial, final)}
<section><h2>mIoU by workpiece and group</h2>${scoreTable(status, run)}
<p class="note">A workpiece's column is the IoU of its class over the truth photos that bear its tag; a group's is the mIoU over workpieces of its photos.
Initial: class activation maps and superpixels${seeds(run)}. Rounds: the network alone, one photo, no tags.</p></section>
<section><h2>Rounds</h2>${roundTable(run.rounds)}${roundCurves(run.rounds)}</section>
${estimates(content)}
${content.figures.length > 0 ? `<section><h2>Photos with truth</h2>${content.figures.map(figure).join('')}</section>` : ''}
${content.curves.length > 0 ? `<section><h2>Loss</h2><div class="curves">${content.curves.map((line) => curve(line)).join('')}</div></section>` : ''}
<section><h2>Settings</h2><table class="settings"><tbody>${content.settings.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`).join('')}</tbody></table></section>
</main></body></html>
`
}

const seeds = ({ seeds }: RunStatus) =>
  seeds === null ? '' : ` on ${seeds.cam} tagged photos, the difference to other photos of the fixed camera on ${seeds.camera}`

function headline(initial: RoundStatus | undefined, final: RoundStatus | undefined): string {
  if (!initial || !final || final.miou.workpieces === null) return '<p class="note">No photo with truth: nothing was measured against drawn masks.</p>'
  const card = (value: string, label: string) => `<div><b>${value}</b><span>${label}</span></div>`
  return `<section class="cards">${card(percent(initial.miou.workpieces), 'initial mIoU over workpieces, %')}${card(percent(final.miou.workpieces), 'final mIoU over workpieces, %')}
${card(percent(final.miou.withBackground), 'final mIoU with background, %')}${card(percent(final.boundaryF), 'boundary F-score at 2 px, %')}</section>`
}

function scoreTable(status: ProjectStatus, run: RunStatus): string {
  const groups = [...new Set(run.rounds.flatMap((round) => Object.keys(round.perGroup)))].sort()
  const head = ['', 'workpieces', 'with background', ...status.workpieces, ...groups.map((g) => `group ${g}`)]
  const cells = (scores: Pick<Scores, 'miou' | 'perWorkpiece' | 'perGroup'>) => [
    scores.miou.workpieces, scores.miou.withBackground,
    ...status.workpieces.map((name) => scores.perWorkpiece[name]), ...groups.map((group) => scores.perGroup[group]),
  ]
  const last = run.rounds.length - 1
  const rows = run.rounds.map((round, i) => row(i === 0 ? 'initial' : i === last ? `final (round ${round.round})` : `round ${round.round}`, cells(round)))
  if (run.crf) rows.push(row('final + CRF', cells(run.crf)))
  return `<table><thead><tr>${head.map((h) => `<th>${escape(h)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

const row = (name: string, shares: readonly (number | null | undefined)[]) =>
  `<tr><th>${escape(name)}</th>${shares.map((share) => `<td><i style="width:${share ? (share * 100).toFixed(1) : 0}%"></i><span>${percent(share)}</span></td>`).join('')}</tr>`

function roundTable(rounds: readonly RoundStatus[]): string {
  const rows = rounds.map((r) => `<tr><th>${r.round}</th><td>${percent(r.masks.labelled)}</td><td>${percent(r.masks.agreement)}</td><td>${
    r.threshold === null ? '–' : r.threshold.toFixed(3)}</td><td>${percent(r.quality.mean)}</td><td>${correlation(r.quality.follows)}</td><td>${r.durationMs === null ? '–' : (r.durationMs / 1000).toFixed(0)}</td></tr>`)
  return `<table class="narrow"><thead><tr><th>round</th><th>labelled pixels, %</th><th>agreement with the round before, %</th><th>threshold</th><th>estimate without truth, %</th><th>its rank correlation with IoU</th><th>time, s</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

const correlation = (value: number | null) => (value === null ? '–' : value.toFixed(2))

/** What the masks are guessed to be worth without truth, and the photos to look at first. */
function estimates({ run, worst }: ReportContent): string {
  const last = run.rounds[run.rounds.length - 1]
  if (!last || worst.length === 0) return ''
  const { quality } = last
  const head = ['photo', 'estimate', 'same as the round before', 'activation on the mask', 'tags found', 'border on an edge']
  const rows = worst.map((photo) => row(photo.name, [photo.estimate, photo.agreement, photo.activation, photo.tags, photo.contrast]))
  return `<section><h2>Estimate without truth</h2><p class="note">${percent(quality.mean)} % on average over ${quality.photos} tagged photos that trained. It says which masks to
look at first and whether rounds get better; it is no IoU and does not compare lines. ${quality.follows === null ? 'Without photos with truth nobody can say how well it follows the true IoU here.'
    : `Its rank correlation with the true IoU is ${correlation(quality.follows)} over ${quality.truths} photos with truth (1: the same order, 0: none).`} Below: the lowest, in percent.</p>
<table><thead><tr>${head.map((h) => `<th>${h}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

/** Shares by round as lines. */
function roundCurves(rounds: readonly RoundStatus[]): string {
  if (rounds.length < 2) return ''
  const lines: [string, (round: RoundStatus) => number | null][] = [
    ['mIoU over workpieces', (r) => r.miou.workpieces], ['boundary F-score', (r) => r.boundaryF], ['labelled pixels', (r) => r.masks.labelled],
    ['agreement with the round before', (r) => r.masks.agreement], ['estimate without truth', (r) => r.quality.mean],
  ]
  const drawn = lines.map(([name, value]) => ({ name, points: rounds.flatMap((r) => (value(r) === null ? [] : [[r.round, value(r)! * 100] as const])) }))
  return `<div class="curves">${drawn.filter(({ points }) => points.length > 1).map((line) => curve(line, { top: 100, unit: 'rounds' })).join('')}</div>`
}

const figure = ({ title, pictures }: Figure) => `<figure><figcaption>${escape(title)}</figcaption><div class="strip">${
  pictures.map(({ caption, source }) => `<div><img src="${escape(source)}" alt="${escape(`${title}: ${caption}`)}"><span>${escape(caption)}</span></div>`).join('')}</div></figure>`

/** A small line chart as SVG; `top` is the upper end of its values where that is fixed. */
function curve({ name, points }: ReportContent['curves'][number], { top, unit = 'steps' }: { top?: number; unit?: string } = {}): string {
  const [w, h, left, bottom] = [320, 140, 36, 20]
  const xMax = Math.max(...points.map(([x]) => x), 1)
  const yMax = top ?? Math.max(...points.map(([, y]) => y), 1e-9)
  const at = ([x, y]: readonly [number, number]) => `${(left + (x / xMax) * (w - left - 4)).toFixed(1)},${(4 + (1 - y / yMax) * (h - bottom - 4)).toFixed(1)}`
  return `<figure><figcaption>${escape(name)}</figcaption><svg viewBox="0 0 ${w} ${h}" role="img" aria-label="${escape(name)}">
<path d="M${left} 4V${h - bottom}H${w - 4}" class="axis"/><polyline points="${points.map(at).join(' ')}"/>
<text x="${left - 4}" y="12" text-anchor="end">${top ?? yMax.toPrecision(2)}</text><text x="${left - 4}" y="${h - bottom}" text-anchor="end">0</text>
<text x="${w - 4}" y="${h - 4}" text-anchor="end">${xMax} ${unit}</text></svg></figure>`
}

/** Calm, legible, light and dark, on screen and on paper. */
export const style = `
:root{color-scheme:light dark;--surface:#fff;--panel:#f6f7f8;--line:#e1e4e8;--text:#1c2127;--quiet:#5b6570;--accent:#1f6feb}
@media(prefers-color-scheme:dark){:root{--surface:#16191d;--panel:#1e2227;--line:#30363d;--text:#e6e9ec;--quiet:#9aa4af;--accent:#4c8dff}}
body{margin:0;background:var(--surface);color:var(--text);font:13px/1.5 system-ui,sans-serif}main{max-width:1120px;margin:0 auto;padding:24px}
h1{font-size:20px;margin:0 0 4px}h2{font-size:16px;margin:32px 0 8px}header p,.note{color:var(--quiet);margin:0 0 8px;max-width:80ch}
.cards{display:flex;gap:12px;flex-wrap:wrap;margin-top:16px}.cards div{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:12px 16px;min-width:150px}
.cards b{display:block;font-size:24px;font-weight:600;font-variant-numeric:tabular-nums}.cards span{color:var(--quiet)}
section{overflow-x:auto}table{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums;width:100%}table.narrow,table.settings{width:auto}
th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap;position:relative}th:first-child,.settings th,.settings td{text-align:left}
thead th{color:var(--quiet);font-weight:600}td i{position:absolute;left:0;bottom:0;height:3px;background:var(--accent);opacity:.7}
figure{margin:0 0 16px}figcaption{color:var(--quiet);margin-bottom:4px}.strip{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:8px}
.strip img{width:100%;border-radius:4px;display:block}.strip span{color:var(--quiet);font-size:12px}
.curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:16px}svg{width:100%}polyline{fill:none;stroke:var(--accent);stroke-width:1.5}
.axis{fill:none;stroke:var(--line)}text{fill:var(--quiet);font-size:10px}
@media print{main{max-width:none;padding:0}section{break-inside:avoid}}`
