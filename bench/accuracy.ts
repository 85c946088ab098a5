/**
 * How good the masks are: runs a dataset with truth and prints tables shaped like the paper's: IoU by workpiece and background of the
 * initial masks, the last round and the last round with dense CRF (Table 1); with --ablate one factor more a row (Table 4).
 * Mean and spread over seeds, seconds and peak memory; saved as JSON and Markdown in OUT.
 *
 * With --cad the renders are made from DIR/cad, like the line's photos; with --sources a row each for training on renders alone: plain ones,
 * with random looks, pasted on the line's backgrounds, made like its photos.
 *
 * Beside them: photos that bear several tags, and the last pseudo labels of training photos, their unlabelled pixels left out, where
 * DIR/truth-of-training-photos has truth of some; that truth never enters a project.
 *
 * With --lines a line of its own for each workpiece (all), for each on each background (each) or for those named: its photos, the empty ones, its renders and nothing else.
 *
 * With --spoil a row each for what goes wrong in practice: tags that are wrong, few photos, one render, hardly any photos of every second workpiece.
 *
 *   npm run bench:accuracy -- --data DIR [--preset maskwright] [--seeds 1,2,3] [--set key=value]... [--ablate | --sources | --spoil | --lines all|each|[BACKGROUND/]WORKPIECE,...]
 *     [--cad] [--count 100] [--light DIR] [--out out/accuracy]
 *
 * DIR holds renders, photos, tags.json and truth with classes.json, as `import` reads them, and cad for renders of our own; --light names light maps.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PresetName, Settings } from '../preload/contract/settings.ts'
import { parseOverrides, settingsFrom } from '../main/cli/settings.ts'
import { linesOf, nameOfLine, spoils, type Line, type Source, type Spoil } from './accuracy-data.ts'
import { runOne, type Outcome, type Task } from './accuracy-run.ts'
import { backgroundTable, linesTable, percent, rowTable } from './accuracy-tables.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string' }, preset: { type: 'string', default: 'maskwright' }, seeds: { type: 'string', default: '1,2,3' },
    set: { type: 'string', multiple: true, default: [] }, ablate: { type: 'boolean', default: false }, sources: { type: 'boolean', default: false }, spoil: { type: 'boolean', default: false }, lines: { type: 'string', default: '' },
    cad: { type: 'boolean', default: false }, count: { type: 'string', default: '100' }, light: { type: 'string', default: '' },
    out: { type: 'string', default: 'out/accuracy' }, one: { type: 'string' },
  },
})

/** Off: every ingredient but the network, its size and the number of steps. Each row of the ablation takes one line more away from this. */
const plain: Partial<Settings> = {
  'run.rounds': 1, 'training.photosFromRound': 1, 'training.renderBatch': 0, 'training.crop': 1,
  'augment.composite': 0, 'augment.photoBackgrounds': 0, 'augment.randomise': 0, 'augment.cutPaste': 0, 'augment.clutter': 0, 'augment.parts': 1,
  'weights.boundary': 0, 'weights.distance': 0,
  'refine.tags': 'off', 'refine.perClass': false, 'refine.superpixels': 'off', 'refine.crf': false,
  'predict.scales': [1], 'predict.flips': 1, 'predict.enlarge': [1], 'predict.modelFlips': 1, 'predict.windows': false, 'predict.names': 0, 'training.ema': 0,
}
const ingredients: readonly (readonly [string, readonly (keyof Settings)[]])[] = [
  ['trained on initial masks', []],
  ['+ renders', ['training.renderBatch']],
  ['+ spatial loss', ['weights.boundary', 'weights.distance']],
  ['+ label refinement, rounds', ['run.rounds', 'refine.superpixels', 'refine.crf']],
  ['+ renders pasted on backgrounds', ['augment.composite', 'augment.photoBackgrounds', 'augment.clutter', 'augment.parts']],
  ['+ random looks', ['augment.randomise']],
  ['+ renders first, photos later', ['training.photosFromRound']],
  ['+ tag constraint', ['refine.tags']],
  ['+ crops', ['training.crop']],
  ['+ parts cut from photos', ['augment.cutPaste']],
  ['+ one threshold a workpiece', ['refine.perClass']],
  ['+ mean of scales, enlargements, mirrorings, weights', ['predict.scales', 'predict.enlarge', 'predict.flips', 'training.ema']],
  ['+ pyramid in windows', ['predict.windows']],
  ['+ mirrorings of the model', ['predict.modelFlips']],
  ['+ names spread', ['predict.names']],
]

interface Row {
  readonly name: string
  readonly source: Source
  readonly line?: Line
  readonly spoil?: Spoil
  readonly settings: Settings
}

/** Training on renders alone; every row is one step nearer to the photos. */
const steps: readonly (readonly [string, Source, Partial<Settings>])[] = [
  ['plain renders', 'plain', { 'augment.composite': 0, 'augment.randomise': 0 }],
  ['with random looks', 'plain', { 'augment.composite': 1, 'augment.photoBackgrounds': 0 }],
  ["pasted on the line's backgrounds", 'plain', { 'augment.composite': 1, 'augment.photoBackgrounds': 0.6 }],
  ['made like the photos', 'like photos', {}],
]

function rowsOf(preset: PresetName, overrides: Partial<Settings>): Row[] {
  const full = settingsFrom(preset, overrides)
  const source: Source = values.cad ? 'like photos' : 'given'
  if (values.sources) return steps.map(([name, from, changes]) => ({ name, source: from, settings: { ...full, 'run.rounds': 1, 'training.photosFromRound': 2, ...changes } }))
  if (values.lines) return linesOf(data, values.lines).map((line) => ({ name: nameOfLine(line), source, line, settings: full }))
  if (values.spoil) return [{ name: 'as it is', source, settings: full }, ...(Object.keys(spoils) as Spoil[]).map((spoil) => ({ name: spoil, source, spoil, settings: full }))]
  if (!values.ablate) return [{ name: preset, source, settings: full }]
  let settings: Settings = { ...full, ...plain, ...overrides }
  return ingredients.map(([name, keys]) => {
    settings = { ...settings, ...Object.fromEntries(keys.map((key) => [key, full[key]])) }
    return { name, source, settings }
  })
}

/** Rows whose pictures are the same share a project. */
function taskOf({ source, spoil, line, settings }: Row, seed: number): Task {
  const parts = [name, source === 'given' ? '' : source, spoil ?? '', line ? nameOfLine(line).replace('/', ' ') : '']
  return {
    project: join(out, `${parts.filter(Boolean).join(' ')}.maskwright`), data, source, ...(spoil && { spoil }), ...(line && { line }),
    count: Number(values.count), light: values.light && resolve(values.light), settings: { ...settings, 'run.seed': seed },
  }
}

/** A run in a process of its own, so that its memory is its own. */
function runApart(task: Task): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, '--one', JSON.stringify(task)], { encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) throw new Error(`the run ended with ${status}: ${stderr.trim().split('\n').slice(-5).join('\n')}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome
}

if (values.one !== undefined) {
  console.log(JSON.stringify(await runOne(JSON.parse(values.one) as Task)))
  process.exit(0)
}
if (values.data === undefined) throw new Error('expected --data DIR, got none')
const data = resolve(values.data)
const out = resolve(values.out)
mkdirSync(out, { recursive: true })
const name = basename(data)
const rows: (Row & { outcomes: Outcome[] })[] = []
for (const row of rowsOf(values.preset as PresetName, parseOverrides(values.set))) {
  const outcomes: Outcome[] = []
  for (const seed of values.seeds.split(',').map(Number)) {
    outcomes.push(runApart(taskOf(row, seed)))
    console.error(`${row.name}, seed ${seed}: ${percent([outcomes.at(-1)!.whole.final.miou.workpieces])} in ${Math.round(outcomes.at(-1)!.seconds)} s`)
  }
  rows.push({ ...row, outcomes })
  const tables = row.line ? [linesTable(rows)] : [rowTable(rows), backgroundTable(rows.at(-1)!.outcomes)]
  const text = `# ${name}\n\nIoU in %, mean ± spread over seeds ${values.seeds}.\n\n${tables.join('\n\n')}\n`
  writeFileSync(join(out, `${name}.md`), text)
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(rows, null, 1)}\n`)
  if (rows.length === 1 || values.ablate || values.sources || values.spoil || values.lines) console.log(text)
}
