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
 * With --lines a line of its own for each workpiece on each background: its photos, the empty ones, its renders and nothing else.
 *
 * With --spoil a row each for what goes wrong in practice: tags that are wrong, few photos, one render, hardly any photos of every second workpiece.
 *
 *   npm run bench:accuracy -- --data DIR [--preset maskwright] [--seeds 1,2,3] [--set key=value]... [--ablate | --sources | --spoil | --lines all|BACKGROUND/WORKPIECE,...]
 *     [--cad] [--count 100] [--light DIR] [--out out/accuracy]
 *
 * DIR holds renders, photos, tags.json and truth with classes.json, as `import` reads them, and cad for renders of our own; --light names light maps.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join, parse, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Scores } from '../preload/contract/model.ts'
import type { RenderSettings } from '../preload/contract/render-set.ts'
import type { PresetName, Settings } from '../preload/contract/settings.ts'
import { parseOverrides, settingsFrom } from '../main/cli/settings.ts'
import { onnxExecutor } from '../main/core/engine/onnxruntime.ts'
import { openCodec, type Codec } from '../main/core/image/codec.ts'
import { resizeLabels } from '../main/core/image/resize.ts'
import { IGNORE } from '../main/core/image/types.ts'
import { confusionMatrix, meanIou, sumConfusion } from '../main/core/metric/confusion-matrix.ts'
import { random } from '../main/core/random.ts'
import { evaluatedKey } from '../main/steps/evaluated.ts'
import { classTable, translate } from '../main/steps/import-classes.ts'
import { importPhotos, importRenders, importTruth } from '../main/steps/import-images.ts'
import { readClasses } from '../main/steps/import-lists.ts'
import { runPipeline } from '../main/steps/pipeline.ts'
import { openPool } from '../main/steps/pool.ts'
import { prepareRun } from '../main/steps/prepare-run.ts'
import { trainable } from '../main/steps/refine.ts'
import { renderCad } from '../main/steps/render-cad.ts'
import { scored, scoresOf } from '../main/steps/status.ts'
import { openStore, type Store } from '../main/store/index.ts'

type Stage = 'initial' | 'final' | 'final + CRF'
const stages: readonly Stage[] = ['initial', 'final', 'final + CRF']

interface Outcome {
  readonly whole: Record<Stage, Scores>
  /** By group. */
  readonly groups: Record<string, Record<Stage, Scores>>
  /** mIoU over workpieces of photos that bear several tags. */
  readonly several: Record<Stage, number | null>
  /** mIoU over workpieces of the last pseudo labels of training photos. */
  readonly labels: number | null
  readonly seconds: number
  readonly peakBytes: number
}

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
  'predict.scales': [1], 'predict.flips': 1, 'predict.modelFlips': 1, 'training.ema': 0,
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
  ['+ mean of scales, mirrorings, weights', ['predict.scales', 'predict.flips', 'training.ema']],
  ['+ mirrorings of the model', ['predict.modelFlips']],
]

/** Where renders come from: the folder given, or CAD files, as in a viewer or like the line's photos. */
type Source = 'given' | 'plain' | 'like photos'

/** What can be wrong with a line. */
const spoils = {
  'one tag in ten wrong': flipTags,
  '20 photos a workpiece': (store: Store) => keepPhotos(store, () => 20),
  'one render a workpiece': keepOneRender,
  'photos 10 to 1': (store: Store) => keepPhotos(store, (workpiece, photos) => (workpiece % 2 === 0 ? photos : Math.ceil(photos / 10))),
} as const
type Spoil = keyof typeof spoils

/** One workpiece on one background. */
interface Line {
  readonly group: string
  readonly workpiece: string
}

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
  if (values.lines) return linesOf(values.lines).map((line) => ({ name: `${line.group}/${line.workpiece}`, source, line, settings: full }))
  if (values.spoil) return [{ name: 'as it is', source, settings: full }, ...(Object.keys(spoils) as Spoil[]).map((spoil) => ({ name: spoil, source, spoil, settings: full }))]
  if (!values.ablate) return [{ name: preset, source, settings: full }]
  let settings: Settings = { ...full, ...plain, ...overrides }
  return ingredients.map(([name, keys]) => {
    settings = { ...settings, ...Object.fromEntries(keys.map((key) => [key, full[key]])) }
    return { name, source, settings }
  })
}

function linesOf(wanted: string): Line[] {
  const photos = join(data, 'photos')
  const names = new Set(Object.values(jsonOf(data, 'classes.json')))
  const all = readdirSync(photos).sort().flatMap((group) => readdirSync(join(photos, group)).sort().flatMap((workpiece) => (names.has(workpiece) ? [{ group, workpiece }] : [])))
  if (wanted === 'all') return all
  return wanted.split(',').map((word) => {
    const line = all.find(({ group, workpiece }) => word === `${group}/${workpiece}`)
    if (!line) throw new Error(`expected a line of ${photos}, got ${word}`)
    return line
  })
}

const jsonOf = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>

/** What of a dataset belongs to a line, copied to `folder`. */
function cutLine(folder: string, from: string, { group, workpiece }: Line): void {
  const copy = (...path: string[]) => existsSync(join(from, ...path)) && cpSync(join(from, ...path), join(folder, ...path), { recursive: true })
  const keep = (file: string, wanted: (key: string, value: unknown) => boolean) =>
    writeFileSync(join(folder, file), JSON.stringify(Object.fromEntries(Object.entries(jsonOf(from, file)).filter(([key, value]) => wanted(key, value)))))
  copy('renders', workpiece)
  for (const kind of ['photos', 'truth', 'truth-of-training-photos']) copy(kind, group, workpiece)
  copy('photos', group, 'empty')
  for (const file of readdirSync(join(from, 'cad'))) if (parse(file).name === workpiece) copy('cad', file)
  keep('tags.json', (key) => key.startsWith(`${group}/${workpiece}/`) || key.startsWith(`${group}/empty/`))
  keep('classes.json', (_, name) => name === workpiece)
}

/** Renders like photos of a workplace: the line's own backgrounds, metal under soft and hard light, alone, several together, and among many stray things. */
function setsLikePhotos(light: string): Partial<RenderSettings>[] {
  const place = { 'render.background': 'photos', 'light.map': light, 'camera.noise': 2, 'camera.darkNoise': 24, 'camera.shift': 0.9, 'camera.elevation': 25, 'camera.fillMin': 0.2, 'camera.fillMax': 0.6 } as const
  const hard = { 'light.strongest': 8, 'light.softest': 0.12, 'light.lowest': 12, 'light.darkest': 0.05, 'light.brightest': 0.75 }
  const one = { ...hard, 'light.softest': 0.06, 'light.lowest': 15, 'light.darkest': 0.08, 'light.lamps': 1 }
  const finishes = ['cast', 'brushed', 'matt', 'polished'] as const
  return finishes.flatMap((finish): Partial<RenderSettings>[] => [
    { ...place, 'light.matched': 0.5, 'render.material': finish, 'scene.distractors': 1 },
    { ...place, ...one, 'light.matched': 0.3, 'render.material': finish, 'scene.distractors': 3 },
    { ...place, ...hard, 'render.material': finish, 'scene.distractors': 2, 'scene.parts': 5, 'scene.sizes': 'alike', 'camera.fillMax': 0.4, 'light.matched': 0.4 },
    { ...place, ...one, 'render.material': finish, 'scene.distractors': 8 },
  ])
}

async function takeRenders(store: Store, codec: Codec, { data, source, count, light }: Task, signal: AbortSignal): Promise<void> {
  if (source === 'given') return void (await importRenders(store, codec, join(data, 'renders'), { signal }))
  const folder = join(data, 'cad')
  const files = readdirSync(folder).sort().map((file) => join(folder, file))
  if (source === 'plain') return void (await renderCad(store, codec, files, { count, seed: 1, signal, render: { look: 'plain' } }))
  const sets = setsLikePhotos(light)
  for (const [i, settings] of sets.entries()) await renderCad(store, codec, files, { count: Math.ceil(count / sets.length), seed: 1 + i, signal, settings })
}

/** Tagged photos that may train; those with truth are never touched. */
const tagged = (store: Store) => trainable(store).filter(({ tags }) => tags.length > 0)

function flipTags(store: Store): void {
  const names = store.workpieces.list().map(({ name }) => name)
  for (const { id, tags } of tagged(store)) {
    const rng = random(1, 'wrong tag', id)
    if (rng.chance(0.1)) store.images.setTags([id], [rng.pick(names.filter((name) => !tags.includes(name)))])
  }
}

/** Keeps the first photos of every workpiece, as many as wanted of the number there are. */
function keepPhotos(store: Store, wanted: (workpiece: number, photos: number) => number): void {
  store.workpieces.list().forEach(({ name }, workpiece) => {
    const photos = tagged(store).filter(({ tags }) => tags[0] === name)
    for (const { id } of photos.slice(wanted(workpiece, photos.length))) store.images.setRejected(id, true)
  })
}

function keepOneRender(store: Store): void {
  const seen = new Set<string>()
  for (const { id, tags: [tag] } of store.images.list({ kind: 'render', rejected: false })) {
    if (seen.has(tag)) store.images.setRejected(id, true)
    seen.add(tag)
  }
}

interface Task {
  readonly project: string
  readonly data: string
  readonly spoil?: Spoil
  readonly line?: Line
  readonly source: Source
  /** Renders of a workpiece from CAD. */
  readonly count: number
  readonly light: string
  readonly settings: Settings
}

/** One run of the corridor in this process. */
async function runOne(task: Task): Promise<Outcome> {
  const { project, settings } = task
  const data = task.line ? `${project}.data` : task.data
  if (task.line) cutLine(data, task.data, task.line)
  const store = openStore(project, { create: !existsSync(project) })
  const codec = await openCodec()
  const signal = new AbortController().signal
  if (store.images.count({}) === 0) {
    await importPhotos(store, codec, join(data, 'photos'), { signal, tags: join(data, 'tags.json') })
    await importTruth(store, codec, join(data, 'truth'), { signal, classes: join(data, 'classes.json') })
    await takeRenders(store, codec, { ...task, data }, signal)
    if (task.spoil) spoils[task.spoil](store)
  }
  const startedAt = performance.now()
  const { id } = prepareRun(store, { preset: 'bench', settings, fresh: true })
  const threads = settings['run.threads'] || 2
  const pool = openPool(threads)
  const executor = onnxExecutor('cpu', { threads })
  await runPipeline({ id, store, settings, codec, executor, pool, signal, report: async () => undefined })
  const [seconds, peakBytes] = [(performance.now() - startedAt) / 1000, process.resourceUsage().maxRSS * 1024]
  const outcome = { ...outcomeOf(store, id), labels: await labelScore(store, codec, id, data), seconds, peakBytes }
  await executor.dispose()
  store.close()
  return outcome
}

const lastRound = (store: Store, runId: number) => Math.max(...store.rounds.list(runId).map(({ round }) => round))

function outcomeOf(store: Store, runId: number): Pick<Outcome, 'whole' | 'groups' | 'several'> {
  const workpieces = store.workpieces.list()
  const last = lastRound(store, runId)
  const rows = store.metrics.list(runId)
  const keyOf: Record<Stage, (imageId: number) => string> = {
    initial: (imageId) => evaluatedKey(0, 'round', imageId), final: (imageId) => evaluatedKey(last, 'round', imageId),
    'final + CRF': (imageId) => evaluatedKey(last, 'crf', imageId),
  }
  const photosOf = (stage: Stage) => rows.filter((row) => evaluatedKey(row.round, row.kind, row.imageId) === keyOf[stage](row.imageId)).map((row) => scored(store, row))
  const each = <T>(make: (stage: Stage) => T) => Object.fromEntries(stages.map((stage) => [stage, make(stage)])) as Record<Stage, T>
  const groups = [...new Set(photosOf('final').map(({ group }) => group))].sort()
  return {
    whole: each((stage) => scoresOf(photosOf(stage), workpieces)),
    several: each((stage) => scoresOf(photosOf(stage).filter(({ tags }) => tags.length > 1), workpieces).miou.workpieces),
    groups: Object.fromEntries(groups.map((group) => [group, each((stage) => scoresOf(photosOf(stage).filter((photo) => photo.group === group), workpieces))])),
  }
}

/** Pseudo labels of the last round against truth kept aside, which is read here alone. */
async function labelScore(store: Store, codec: Codec, runId: number, data: string): Promise<number | null> {
  const folder = join(data, 'truth-of-training-photos')
  if (!existsSync(folder)) return null
  const table = classTable(await readClasses(join(data, 'classes.json')), (name) => store.workpieces.find(name)!.classIndex)
  const classes = 1 + store.workpieces.list().length
  const found = store.rounds.masks(runId, lastRound(store, runId)).flatMap(({ imageId, maskSha }) => {
    const file = join(folder, store.images.get(imageId).name.replace(/\.[^./]+$/, '.png'))
    if (!existsSync(file)) return []
    const truth = translate(codec.decodeIndex(readFileSync(file)), table, file)
    const labels = resizeLabels(store.blobs.getLabels(maskSha), truth.width, truth.height)
    const labelled = truth.data.map((value, i) => (labels.data[i] === IGNORE ? IGNORE : value))
    return [confusionMatrix({ ...truth, data: labelled }, { ...labels, data: labels.data.map((label) => (label === IGNORE ? 0 : label)) }, classes)]
  })
  return found.length > 0 ? meanIou(sumConfusion(found)).workpieces : null
}

/** The same in a process of its own, so that its memory is its own. */
function runApart(task: Task): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, '--one', JSON.stringify(task)], { encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) throw new Error(`the run ended with ${status}: ${stderr.trim().split('\n').slice(-5).join('\n')}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome
}

const percent = (list: readonly (number | null | undefined)[]) => {
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
function backgroundTable(outcomes: readonly Outcome[]): string {
  const groups = Object.keys(outcomes[0].groups)
  const names = Object.keys(outcomes[0].whole.final.perWorkpiece)
  const columns = groups.flatMap((group) => stages.map((stage) => ({ group, stage })))
  return table(['workpiece', ...columns.map(({ group, stage }) => `${group}, ${stage}`)], [
    ...names.map((name) => [name, ...columns.map(({ group, stage }) => percent(outcomes.map((o) => o.groups[group]?.[stage].perWorkpiece[name])))]),
    ['mIoU', ...columns.map(({ group, stage }) => percent(outcomes.map((o) => o.groups[group]?.[stage].miou.workpieces)))],
  ])
}

/** Workpiece x background of lines of their own, and their means. */
function linesTable(lines: readonly (Row & { outcomes: readonly Outcome[] })[]): string {
  const groups = [...new Set(lines.map(({ line }) => line!.group))]
  const names = [...new Set(lines.map(({ line }) => line!.workpiece))]
  const cell = (stage: Stage, group: string, workpiece?: string) => percent(lines
    .filter(({ line }) => line!.group === group && (!workpiece || line!.workpiece === workpiece))
    .flatMap(({ outcomes }) => outcomes.map(({ whole }) => whole[stage].miou.workpieces)))
  const row = (label: string, workpiece?: string) => [label, ...groups.flatMap((group) => stages.map((stage) => cell(stage, group, workpiece)))]
  return table(['workpiece', ...groups.flatMap((group) => stages.map((stage) => `${group}, ${stage}`))], [...names.map((name) => row(name, name)), row('mean')])
}

function rowTable(rows: readonly { name: string; outcomes: readonly Outcome[] }[]): string {
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
    const project = join(out, `${[name, row.source === 'given' ? '' : row.source, row.spoil ?? '', row.line ? `${row.line.group} ${row.line.workpiece}` : ''].filter(Boolean).join(' ')}.maskwright`)
    outcomes.push(runApart({ project, data, source: row.source, ...(row.spoil && { spoil: row.spoil }), ...(row.line && { line: row.line }), count: Number(values.count), light: values.light && resolve(values.light), settings: { ...row.settings, 'run.seed': seed } }))
    console.error(`${row.name}, seed ${seed}: ${percent([outcomes.at(-1)!.whole.final.miou.workpieces])} in ${Math.round(outcomes.at(-1)!.seconds)} s`)
  }
  rows.push({ ...row, outcomes })
  const tables = row.line ? [linesTable(rows)] : [rowTable(rows), backgroundTable(rows.at(-1)!.outcomes)]
  const text = `# ${name}\n\nIoU in %, mean ± spread over seeds ${values.seeds}.\n\n${tables.join('\n\n')}\n`
  writeFileSync(join(out, `${name}.md`), text)
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(rows, null, 1)}\n`)
  if (rows.length === 1 || values.ablate || values.sources || values.spoil || values.lines) console.log(text)
}
