import { escape, style } from '../report-html.ts'
import type { Card } from './card.ts'

const percent = (share: number | null | undefined, digits = 1) => (share === null || share === undefined ? '–' : `${(share * 100).toFixed(digits)} %`)
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const hash = (sum: string | null) => (sum === null ? '–' : `<code>${escape(sum)}</code>`)
const rows = (entries: readonly (readonly [string, string])[]) =>
  `<table class="settings"><tbody>${entries.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${value}</td></tr>`).join('')}</tbody></table>`

/**
 * The card as one page without scripts or anything from outside.
 *
 * @param pictures Sample photos with their masks, as data addresses.
 */
export function cardHtml(card: Card, pictures: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(card.project)} – model card</title><style>${style}${own}</style></head><body><main>
<header><h1>${escape(card.project)}</h1><p>Segmentation model of run ${card.lineage.run}, round ${card.lineage.round}, ${card.precision}, ${card.looks === 'all' ? 'averaged as evaluated' : 'one look at a photo'}. Labels painted by hand: ${usedLabels(card)}.</p></header>
${headline(card)}
${pictures.length > 0 ? `<section><h2>Samples</h2><div class="strip">${pictures.map((source, i) => `<div><img src="${source}" alt="Sample ${i + 1} with its mask"></div>`).join('')}</div></section>` : ''}
<section><h2>Classes</h2>${classTable(card)}</section>
<section><h2>Input and outputs</h2>${contract(card)}</section>
<section><h2>Parity</h2>${parity(card)}</section>
<section><h2>Lineage</h2>${lineage(card)}</section>
<section><h2>Licence of the weights</h2><p class="note">${escape(card.weights.licence)}</p></section>
<section><details><summary>All settings of the run</summary>${rows(Object.entries(card.lineage.settings).map(([name, value]) => [name, escape(String(value))]))}</details></section>
</main></body></html>
`
}

const usedLabels = ({ labelsUsed: { photos, pixels } }: Card) => (pixels === 0 ? 'none' : `${pixels} px of hints on ${photos} ${photos === 1 ? 'photo' : 'photos'}`)

function headline({ parity: { disagreement, photos, miou }, model, speed }: Card): string {
  const cell = (value: string, label: string) => `<div><b>${value}</b><span>${label}</span></div>`
  return `<section class="cards">${cell(percent(miou?.written), 'mIoU over workpieces')}${cell(percent(1 - disagreement, 3), `pixels as trained, ${photos} photos`)}
${cell(megabytes(model.bytes), 'size')}${cell(`${speed.msPerPhoto.toFixed(1)} ms`, `a photo, ${speed.device}, ${speed.threads} threads`)}</section>`
}

function classTable({ classes, metrics }: Card): string {
  const lines = classes.map(({ index, name, colour }) => {
    const share = metrics?.perWorkpiece[name]
    const chip = `<i class="chip" style="background:${colour ?? 'transparent'}"></i>`
    return `<tr><th>${chip}${escape(name)}</th><td>${index}</td><td>${colour ?? '–'}</td><td><i style="width:${((share ?? 0) * 100).toFixed(1)}%"></i><span>${percent(share)}</span></td></tr>`
  })
  return `<table class="narrow"><thead><tr><th>class</th><th>index</th><th>colour</th><th>IoU</th></tr></thead><tbody>${lines.join('')}</tbody></table>`
}

function contract({ input, outputs, model }: Card): string {
  const shape = (sizes: readonly (string | number)[]) => `[${sizes.join(', ')}]`
  return rows([
    [`input ${input.name}`, `${input.type} ${shape(input.shape)}, ${input.colour}, ${input.range.join(' to ')}; to prepare: ${escape(input.preparation)} (${input.frame.width} x ${input.frame.height})`],
    ...outputs.map(({ name, type, shape: sizes, meaning }) => [`output ${name}`, `${type} ${shape(sizes)}, ${escape(meaning)}`] as const),
    ['model', `${model.file}, ONNX opset ${model.opset}, ${model.operators} operators only`],
  ])
}

function parity({ parity: { photos, disagreement, largestDifference, miou, differing } }: Card): string {
  return `<p class="note">The written file, loaded afresh, against the masks of the trained network.</p>${rows([
    ['photos compared', String(photos)],
    ['pixels with another label', percent(disagreement, 4)],
    ['largest difference of a probability', largestDifference.toPrecision(2)],
    ['mIoU of the trained network, of this file', miou ? `${percent(miou.trained, 2)}, ${percent(miou.written, 2)}` : 'no photo with truth'],
    ['photos that differ most', differing.length === 0 ? 'none above the limit' : escape(differing.slice(0, 5).map(({ name, disagreement: share }) => `${name} (${percent(share, 2)})`).join(', '))],
  ])}`
}

function lineage({ lineage: from, model, weights }: Card): string {
  return rows([
    ['model SHA-256', hash(model.sha256)], ['weights SHA-256', hash(from.weightsSha256)], ['data SHA-256', hash(from.dataSha256)], ['settings SHA-256', hash(from.settingsSha256)],
    ['run, round', `${from.run}, ${from.round} of ${from.rounds}`], ['preset, seed', `${escape(from.preset)}, ${from.seed}`], ['trained on', escape(from.device)],
    ['weights started', escape(weights.start)],
    ['versions', escape(Object.entries(from.versions).map(([name, version]) => `${name} ${version}`).join(', '))],
  ])
}

const own = `
.chip{position:static;display:inline-block;width:10px;height:10px;border-radius:3px;border:1px solid var(--line);margin-right:8px;opacity:1;vertical-align:-1px}
code{font:12px ui-monospace,monospace;overflow-wrap:anywhere;white-space:normal}.settings td{white-space:normal}summary{cursor:pointer;font-weight:600;margin:32px 0 8px}`
