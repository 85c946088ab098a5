import type { Calls, CallName, Door, EventData, EventName, Input, Output } from '../../preload/contract/api.ts'
import type { CadContent, ImageRow } from '../../preload/contract/project-data.ts'
import type { ExportCard, Report, ReviewItem, RunRecord } from '../../preload/contract/run-data.ts'
import { calls } from '../../preload/contract/api.ts'
import type { Result } from '../../preload/contract/error.ts'
import { stepNames, type Scores, type Workpiece } from '../../preload/contract/model.ts'
import { presets } from '../../preload/contract/settings.ts'
import { random } from '../../main/core/random.ts'

/** A wedge of four triangles, twice. */
function cadContent(unit: CadContent['unit']): CadContent {
  const base64 = (array: Float32Array | Uint32Array) => Buffer.from(array.buffer).toString('base64')
  const part = {
    triangles: 4, openEdges: 0, volume: 4000, size: [40, 30, 20] as [number, number, number],
    positions: base64(Float32Array.of(0, 0, 0, 40, 0, 0, 0, 30, 0, 0, 0, 20)), indices: base64(Uint32Array.of(0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3)),
    still: 'data:image/jpeg;base64,/9j/',
  }
  return { format: 'step', unit, unitFrom: 'guess', up: 'z', solids: 3, issues: [], parts: [{ ...part, name: 'wedge', count: 2 }, { ...part, name: 'foot', count: 1 }] }
}

/** A main side made of paper: a project that is all there, without files. Inputs and outputs are checked by the contract. */
export interface FakeOptions {
  readonly photos?: number
  readonly renders?: number
  /** Names of photos and renders; invented when absent. */
  readonly photoNames?: readonly { name: string; tags: readonly string[]; truth: boolean }[]
  readonly renderNames?: readonly { name: string; tags: readonly string[] }[]
  /** A run is at work. */
  readonly running?: boolean
  readonly recents?: boolean
  readonly mosaic?: readonly string[]
  readonly settings?: Partial<Output<'settings:read'>>
  readonly empty?: boolean
}

const names = ['gear', 'bolt_m16', 'nut_m16', 'panel', 'idler_riser', 'bearing_pulley', 'gearmotor', 'octagonal_pocket']
const groups = ['plain', 'wood', 'metal', 'clutter']

export interface Fake extends Door {
  readonly runs: RunRecord[]
  readonly images: Map<number, ImageRow>
  readonly asked: { name: CallName; input: unknown }[]
  emit<K extends EventName>(name: K, data: EventData<K>): void
  /** Moves the run on by one beat. */
  beat(atMs?: number): void
}

function imagesOf({ photos = 76, renders = 320, photoNames, renderNames, empty }: FakeOptions): Map<number, ImageRow> {
  const dice = random('fake')
  const rows: ImageRow[] = []
  if (empty) return new Map()
  const row = (part: Partial<ImageRow>): ImageRow => ({
    id: rows.length + 1, kind: 'photo', name: '', group: '', width: 640, height: 480, sha256: '0', tags: [], hasTruth: false, rejected: false, tagged: true,
    hasMask: false, binnedAtMs: null, ...part,
  })
  for (let i = 0; i < (photoNames?.length ?? photos); i++) {
    const group = groups[i % groups.length]
    const tag = names[Math.floor(i / groups.length) % names.length]
    const given = photoNames?.[i]
    const tagged = i % 17 !== 5
    rows.push(row({
      name: given?.name ?? `${group}/${tag}/${String(i).padStart(3, '0')}.jpg`, group: given?.name.split('/')[0] ?? group,
      tags: tagged ? [...given?.tags ?? (i % 23 === 7 ? [] : [tag])] : [], tagged, hasTruth: given?.truth ?? i % 6 === 5, rejected: i % 41 === 12, width: 640, height: 480,
    }))
  }
  for (let i = 0; i < (renderNames?.length ?? renders); i++) {
    const tag = renderNames?.[i].tags[0] ?? names[i % names.length]
    rows.push(row({ kind: 'render', name: renderNames?.[i].name ?? `${tag}/${String(i).padStart(3, '0')}.jpg`, tags: [tag], hasMask: dice.uniform() > 0.01 }))
  }
  return new Map(rows.map((r) => [r.id, r]))
}

function scores(level: number, seed: number): Scores {
  const dice = random('scores', seed)
  const near = () => Math.min(0.99, Math.max(0.02, level + dice.between(-0.14, 0.12)))
  return {
    miou: { workpieces: level, withBackground: Math.min(0.99, level + 0.03) },
    perWorkpiece: Object.fromEntries(names.map((name) => [name, near()])),
    perGroup: Object.fromEntries(groups.map((name) => [name, near()])),
    boundaryF: level * 0.9,
  }
}
const levels = [0.493, 0.612, 0.741, 0.822]

function runOf(id: number, rounds: number, state: RunRecord['state'], nowMs: number): RunRecord {
  return {
    id, state, preset: 'maskwright', seed: id, device: 'CPU, 2 threads (onnxruntime 1.30.0)',
    rounds: Array.from({ length: rounds }, (_, round) => ({
      ...scores(levels[round] - (id - 1) * 0.01, id * 10 + round), round,
      masks: { labelled: 0.62 + round * 0.09, agreement: round === 0 ? null : 0.71 + round * 0.07 }, threshold: round === 0 ? null : 0.83, durationMs: round === 0 ? 41_000 : 612_000,
      quality: { mean: 0.44 + round * 0.1, photos: 58, follows: round === 0 ? null : 0.62, truths: 12 },
    })),
    crf: state === 'finished' ? scores(levels[rounds - 1] + 0.012, id * 10 + 9) : null,
    seeds: null,
    startedAtMs: nowMs - 86_400_000 * (3 - id), finishedAtMs: state === 'finished' ? nowMs - 86_400_000 * (3 - id) + 2_400_000 : null,
    settings: Object.fromEntries(Object.entries({ ...presets.maskwright, 'run.rounds': 3 }).map(([name, value]) => [name, String(value)])),
    hints: { photos: 0, pixels: 0 }, jobId: state === 'running' ? 77 : null, failure: null,
  }
}

export function createFake(options: FakeOptions = {}): Fake {
  const nowMs = Date.now()
  const images = imagesOf(options)
  const runs: RunRecord[] = options.empty ? [] : options.running
    ? [runOf(2, 3, 'running', nowMs), runOf(1, 4, 'finished', nowMs)] : [runOf(2, 4, 'finished', nowMs), runOf(1, 3, 'finished', nowMs)]
  let workpieces: Workpiece[] = options.empty ? [] : names.map((name, i) => ({ id: i + 1, name, classIndex: i + 1, renders: 0, photos: 0, truths: 0 }))
  let settings: Output<'settings:read'> = { language: 'system', theme: 'system', device: 'auto', guideSeen: false, ...options.settings }
  const verdicts = new Map<number, ReviewItem['verdict']>()
  const hints = new Map<number, number>()
  const cards: ExportCard[] = [
    { precision: 'float32', state: 'ready', looks: 'all', miou: 0.914, batch: 1, size: 'dynamic', bytes: 13_412_000, msPerPhoto: 41.2, speedup: 1, parity: { agreement: 1, largestDifference: 2.1e-6, photos: 32 }, reason: null, differing: [], path: '/home/line3/models/run2-round3-float32' },
    { precision: 'float16', state: 'none', looks: 'all', miou: null, batch: 1, size: 'dynamic', bytes: null, msPerPhoto: null, speedup: null, parity: null, reason: null, differing: [], path: null },
    { precision: 'int8', state: 'refused', looks: 'one', miou: 0.861, batch: 'dynamic', size: { width: 640, height: 480 }, bytes: 3_391_000, msPerPhoto: 24.8, speedup: 1.7, parity: { agreement: 0.9712, largestDifference: 0.41, photos: 32 }, reason: 'On 4 of 32 photos more than 1 % of the pixels get another label.', differing: [6, 12, 18, 24], path: null },
  ]
  let issues = options.empty ? [] : [
    { file: 'photos/metal/panel/IMG_2231.jpg', code: 'image-unreadable', message: 'The file is cut off after 12 kB.', advice: 'Copy it from the camera again.' },
    { file: 'photos/wood/gear/004 (copy).jpg', code: 'already-exists', message: 'The same picture as wood/gear/004.jpg.', advice: 'Nothing to do.' },
    { file: 'renders/nut_m16/017_mask.png', code: 'mask-size', message: 'The mask is 320 x 240, its render 640 x 480.', advice: 'Render it again with a mask of the same size.' },
  ]
  const listeners = new Map<EventName, Set<(data: never) => void>>()
  const asked: Fake['asked'] = []
  let nextJob = 100
  let beats = 0

  const emit: Fake['emit'] = (name, data) => { for (const listener of listeners.get(name) ?? []) listener(data as never) }
  function job(result: unknown, step = 'work', total = 20): { jobId: number } {
    const jobId = nextJob++
    setTimeout(() => emit('progress', { jobId, projectId: 1, atMs: Date.now(), progress: { step, done: 5, total, unit: 'files' } }), 20)
    setTimeout(() => emit('job:done', { jobId, projectId: 1, result }), 400)
    return { jobId }
  }
  const rows = (kind: 'photo' | 'render') => [...images.values()].filter((r) => r.kind === kind && r.binnedAtMs === null)
  const count = (test: (r: ImageRow) => boolean) => [...images.values()].filter(test).length
  function change(ids: readonly number[], part: Partial<ImageRow>): void {
    for (const id of ids) {
      const row = images.get(id)
      if (row) images.set(id, { ...row, ...part })
    }
  }
  const reviewItems = (round: number | 'crf'): ReviewItem[] => rows('photo').map((row) => {
    const dice = random('review', row.id, String(round))
    const level = levels[round === 'crf' ? 3 : round] ?? 0.8
    return {
      imageId: row.id, name: row.name, tags: row.tags, miou: row.hasTruth ? Math.min(0.99, Math.max(0.05, level + dice.between(-0.3, 0.16))) : null,
      confidence: Math.min(0.99, Math.max(0.3, level + dice.between(-0.2, 0.15))), changed: round === 0 ? null : dice.between(0.01, 0.12),
      quality: round === 'crf' ? null : { estimate: dice.between(0.2, 0.9), agreement: round < 2 ? null : 0.8, activation: 0.6, tags: 1, contrast: 0.7 },
      verdict: verdicts.get(row.id) ?? (row.rejected ? 'rejected' : 'open'), hintPixels: hints.get(row.id) ?? 0,
    }
  })
  const orders = {
    worst: (a: ReviewItem, b: ReviewItem) => (a.miou ?? 2) - (b.miou ?? 2) || (a.confidence ?? 1) - (b.confidence ?? 1),
    estimate: (a: ReviewItem, b: ReviewItem) => (a.quality?.estimate ?? 2) - (b.quality?.estimate ?? 2),
    uncertain: (a: ReviewItem, b: ReviewItem) => (a.confidence ?? 1) - (b.confidence ?? 1),
    name: (a: ReviewItem, b: ReviewItem) => a.name.localeCompare(b.name),
  }
  const totals = () => ({ photos: [...hints.values()].filter(Boolean).length, pixels: [...hints.values()].reduce((a, b) => a + b, 0) })

  const handlers: { [K in CallName]: (input: Input<K>) => Output<K> } = {
    'app:info': () => ({ version: '0.1.0', native: false, locale: 'en-GB' }),
    'settings:read': () => settings,
    'settings:write': (next) => { settings = next; return {} },
    'device:list': () => ({
      chosen: 'cpu',
      devices: [
        { name: 'cpu', available: true, description: 'CPU, 2 threads (onnxruntime 1.30.0)', stepsPerSecond: 2.14, reason: 'No graphics card answered, so the processor trains.', install: null },
        { name: 'webgpu', available: false, description: 'WebGPU', stepsPerSecond: null, reason: 'No graphics driver with Vulkan was found.', install: 'Install the driver of your graphics card, then measure again.' },
        { name: 'tfjs-node-gpu', available: false, description: 'TensorFlow', stepsPerSecond: null, reason: 'The package is there, its CUDA library is not.', install: 'npm run setup:cuda' },
      ],
    }),
    'device:test': () => job(handlers['device:list']({}), 'device-test'),
    'dialog:choose': () => ({ paths: [] }),
    'folder:list': ({ path }) => ({
      path: path ?? '/home/line3', parent: path ? '/home/line3' : null,
      entries: path ? [{ name: '000.jpg', path: `${path}/000.jpg`, kind: 'file' }] : [
        { name: 'photos', path: '/home/line3/photos', kind: 'folder' }, { name: 'renders', path: '/home/line3/renders', kind: 'folder' },
        { name: 'Pump housing line 3.maskwright', path: '/home/line3/Pump housing line 3.maskwright', kind: 'project' },
      ],
    }),
    'folder:reveal': () => ({}),
    'project:recent': () => (options.recents === false ? [] : [
      { path: '/home/line3/Pump housing line 3.maskwright', name: 'Pump housing line 3', openedAtMs: nowMs - 3 * 86_400_000, missing: false, workpieces: 8, photos: 76, lastRun: { state: 'finished', round: 3, miou: 0.914 }, mosaic: [...options.mosaic ?? []].slice(0, 4) },
      { path: '/home/line3/Brackets.maskwright', name: 'Brackets, left and right', openedAtMs: nowMs - 9 * 86_400_000, missing: false, workpieces: 2, photos: 340, lastRun: { state: 'paused', round: 1, miou: 0.62 }, mosaic: [...options.mosaic ?? []].slice(4, 8) },
      { path: '/home/line3/Valve seats.maskwright', name: 'Valve seats', openedAtMs: nowMs - 20 * 86_400_000, missing: false, workpieces: 3, photos: 58, lastRun: null, mosaic: [...options.mosaic ?? []].slice(8, 12) },
      { path: '/media/usb/Old line.maskwright', name: 'Old line', openedAtMs: nowMs - 200 * 86_400_000, missing: true, workpieces: 1, photos: 12, lastRun: null, mosaic: [] },
    ]),
    'project:forget': () => ({}),
    'project:create': ({ name }) => ({ projectId: 1, path: `/home/line3/${name}.maskwright`, name }),
    'project:open': ({ path }) => ({ projectId: 1, path, name: path.split('/').pop()?.replace('.maskwright', '') ?? '' }),
    'project:close': () => ({}),
    'project:sample': () => job({ path: '/home/line3/Sample.maskwright' }, 'sample'),
    'project:status': () => ({ project: 'fake', workpieces: names, images: { renders: 0, photos: 0, trainingPhotos: 0, backgroundPhotos: 0, truths: 0, rejected: 0 }, runs }),
    'workpieces:list': () => workpieces.map((w) => ({
      ...w, renders: rows('render').filter((r) => r.tags.includes(w.name)).length, photos: rows('photo').filter((r) => r.tags.includes(w.name)).length,
      truths: rows('photo').filter((r) => r.tags.includes(w.name) && r.hasTruth).length,
    })),
    'workpieces:add': ({ name }) => {
      const made = { id: 50 + workpieces.length, name, classIndex: workpieces.length + 1, renders: 0, photos: 0, truths: 0 }
      workpieces = [...workpieces, made]
      return made
    },
    'workpieces:rename': () => ({}),
    'workpieces:remove': ({ workpieceId }) => { workpieces = workpieces.filter((w) => w.id !== workpieceId); return {} },
    'workpieces:restore': () => { workpieces = names.map((name, i) => ({ id: i + 1, name, classIndex: i + 1, renders: 0, photos: 0, truths: 0 })); return {} },
    'images:find': ({ filter }) => ({
      ids: [...images.values()].filter((r) => (filter.state === 'binned') === (r.binnedAtMs !== null) && (!filter.kind || r.kind === filter.kind)
        && (!filter.workpiece || r.tags.includes(filter.workpiece)) && (!filter.text || r.name.includes(filter.text))
        && (filter.state !== 'untagged' || !r.tagged) && (filter.state !== 'background' || (r.kind === 'photo' && r.tagged && r.tags.length === 0))
        && (filter.state !== 'truth' || r.hasTruth) && (filter.state !== 'rejected' || r.rejected)).map((r) => r.id),
    }),
    'images:read': ({ ids }) => ids.map((id) => images.get(id)).filter((r) => r !== undefined),
    'images:counts': () => ({
      photos: rows('photo').length, renders: rows('render').length, untagged: count((r) => r.kind === 'photo' && !r.tagged),
      background: count((r) => r.kind === 'photo' && r.tagged && r.tags.length === 0), truth: count((r) => r.hasTruth), rejected: count((r) => r.rejected),
      binned: count((r) => r.binnedAtMs !== null), issues: issues.filter((i) => i.code !== 'already-exists').length, duplicates: issues.filter((i) => i.code === 'already-exists').length,
    }),
    'images:tag': ({ changes }) => {
      for (const { ids, tags } of changes) change(ids, { tags: [...tags ?? []], tagged: tags !== null })
      return {}
    },
    'images:reject': ({ ids, rejected }) => { change(ids, { rejected }); return {} },
    'images:bin': ({ ids }) => { change(ids, { binnedAtMs: nowMs }); return {} },
    'images:restore': ({ ids }) => { change(ids, { binnedAtMs: null }); return {} },
    'images:gap': () => ({
      masks: null,
      rows: [{
        workpiece: null, region: 'picture', photos: 24, renders: 24, match: { 'camera.noise': 4.2, 'render.background': 'photos' },
        gaps: [
          { name: 'brightness', gap: 0.22, photos: 41, renders: 52, settings: {} }, { name: 'contrast', gap: 0.48, photos: 21, renders: 9, settings: {} },
          { name: 'colour', gap: 0.71, photos: null, renders: null, settings: {} }, { name: 'sharpness', gap: 0.36, photos: 1.2, renders: 0.7, settings: {} },
          { name: 'noise', gap: 0.83, photos: 2.8, renders: 0.6, settings: { 'camera.noise': 4.2 } },
        ],
      }],
    }),
    'import:files': () => job({ added: 12, duplicates: 1, issues: [] }, 'import'),
    'import:bytes': () => ({ imageId: 1, duplicate: false, issue: null }),
    'cad:read': ({ reading }) => job(cadContent(reading.unit ?? 'mm'), 'cad:read'),
    'import:cad': () => job({ added: 60, duplicates: 0, issues: [] }, 'render-cad'),
    'watch:start': () => ({ jobId: 88 }),
    'watch:list': () => [],
    'camera:list': () => ({
      cameras: [{ id: 'genicam:Line-3', name: 'Line-3 (10.0.0.7)', exposure: { value: 8000, min: 10, max: 100_000 }, gain: { value: 2, min: 0, max: 24 }, locked: true }],
      missing: [],
    }),
    'camera:open': ({ exposureUs, gain }) => ({ session: 9, exposureUs, gain }),
    'camera:snap': () => ({ imageId: 2, duplicate: false, issue: null }),
    'camera:close': () => ({}),
    'import:issues': () => issues,
    'import:dismiss': () => { issues = []; return {} },
    'run:list': () => runs,
    'run:estimate': () => ({
      seconds: 2710, memoryBytes: 2.4e9, diskBytes: 3.1e8,
      steps: stepNames.map((step, i) => ({ step, seconds: [95, 22, 31, 12, 2480, 70][i] ?? 10 })),
    }),
    'run:start': () => {
      runs.unshift({ ...runOf(runs.length + 1, 1, 'running', nowMs), rounds: [], jobId: 77 })
      return { runId: runs[0].id, jobId: 77 }
    },
    'run:pause': () => { runs[0] = { ...runs[0], state: 'paused', jobId: null }; return {} },
    'run:resume': () => { runs[0] = { ...runs[0], state: 'running', jobId: 77 }; return { jobId: 77 } },
    'run:stop': () => {
      runs[0] = { ...runs[0], state: 'finished', jobId: null }
      emit('job:done', { jobId: 77, projectId: 1, error: { code: 'aborted', message: 'Stopped.', advice: '' } })
      return {}
    },
    'run:curves': () => {
      const dice = random('curve')
      const line = (n: number, from: number, to: number) => Array.from({ length: n }, (_, i): [number, number] => [i * 8, to + (from - to) * Math.exp(-i / 40) * (1 + dice.between(-0.12, 0.12))])
      return [
        { name: 'renderLoss', points: line(170, 1.9, 0.12) }, { name: 'photoLoss', points: line(170, 2.2, 0.35).slice(75) },
        { name: 'labelled', points: [[0, 0.62], [1, 0.71], [2, 0.8]] }, { name: 'agreement', points: [[1, 0.78], [2, 0.85]] },
        { name: 'miou', points: [[0, levels[0]], [1, levels[1]], [2, levels[2]]] },
      ]
    },
    'review:list': ({ round, sort }) => reviewItems(round).sort(orders[sort]),
    'review:judge': ({ imageIds, verdict }) => { for (const id of imageIds) verdicts.set(id, verdict); return {} },
    'review:pixel': ({ imageId, round, x, y }) => {
      const dice = random('pixel', imageId, String(round), x >> 4, y >> 4)
      const label = dice.chance(0.5) ? 0 : dice.below(8) + 1
      return {
        label, source: round === 0 ? 'superpixel' : round === 'crf' ? 'crf' : 'network', confidence: dice.between(0.5, 1), threshold: 0.83, cam: { label: 3, value: dice.uniform() },
        superpixel: { index: 312, pixels: 498, votes: [{ label, share: 0.81 }, { label: 0, share: 0.19 }] },
      }
    },
    'review:paint': ({ imageId, runs: lengths }) => {
      let pixels = 0
      for (let i = 0; i < lengths.length; i += 2) if (lengths[i] !== 255) pixels += lengths[i + 1]
      hints.set(imageId, pixels)
      return { pixels }
    },
    'review:hints': totals,
    'report:read': ({ runId }) => reportOf(runs.find((r) => r.id === runId) ?? runs[0], reviewItems(3)),
    'report:save': ({ path }) => job({ path }, 'report'),
    'export:list': () => cards,
    'export:make': () => job(cards[0], 'export'),
    'export:predict': ({ output }) => job({ path: output, photos: 40 }, 'predict'),
    'job:list': () => (options.running ? [{ jobId: 77, projectId: 1, call: 'run:start', progress: { runId: 2, step: 'self-train', round: 3, done: 96, total: 400, unit: 'steps' } }] : []),
    'job:stop': () => ({}),
  }

  return {
    runs, images, asked, emit,
    async call<K extends CallName>(name: K, input: Input<K>): Promise<Result<Output<K>>> {
      const checked = (calls as Calls)[name].input.safeParse(input)
      if (!checked.success) return { ok: false, error: { code: 'invalid-input', message: `${name}: ${checked.error.message}`, advice: '' } }
      asked.push({ name, input })
      const value = handlers[name](input)
      const good = (calls as Calls)[name].output.safeParse(value)
      if (!good.success) throw new Error(`${name}: ${good.error.message}`)
      return { ok: true, value: structuredClone(value) }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener as (data: never) => void))
      return () => void set.delete(listener as (data: never) => void)
    },
    pathOf: () => '',
    beat(atMs = Date.now()) {
      if (runs[0]?.state !== 'running') return
      beats++
      emit('progress', { jobId: 77, projectId: 1, atMs, progress: { runId: runs[0].id, step: 'self-train', round: 3, done: (100 + beats) % 400, total: 400, unit: 'steps', values: { loss: 0.4 } } })
      if (beats % 4 === 0) emit('device:load', { description: 'CPU, 2 threads (onnxruntime 1.30.0)', stepsPerSecond: 2.11, memoryBytes: 2.4e9 })
    },
  }
}

function reportOf(run: RunRecord, items: ReviewItem[]): Report {
  const dice = random('report', run.id)
  const cell = (bonus: number) => ({ initial: dice.between(0.3, 0.62), final: Math.min(0.995, dice.between(0.62, 0.9) + bonus) })
  const mean = (cells: { initial: number; final: number }[]) => ({
    initial: cells.reduce((a, c) => a + c.initial, 0) / cells.length, final: cells.reduce((a, c) => a + c.final, 0) / cells.length,
  })
  const rows = names.map((workpiece) => {
    const cells = groups.map((_, i) => cell(0.1 - i * 0.03))
    return { workpiece, cells, mean: mean(cells) }
  })
  const photos = items.filter((item) => item.miou !== null).map(({ imageId, name, miou }) => ({ imageId, name, miou: miou ?? 0 })).sort((a, b) => b.miou - a.miou)
  return {
    run, groups, rows, means: { cells: groups.map((_, i) => mean(rows.map((row) => row.cells[i]))), mean: mean(rows.map((row) => row.mean)) },
    confusion: {
      names: ['background', ...names],
      counts: [0, ...names].map((_, r) => [0, ...names].map((_n, c) => (r === c ? (r === 0 ? 8_000_000 : 240_000) : Math.round(dice.uniform() ** 6 * 40_000)))),
    },
    photos,
    lineage: [
      { name: 'project', value: 'Pump housing line 3' }, { name: 'seed', value: String(run.seed) }, { name: 'device', value: run.device },
      { name: 'version', value: 'Maskwright 0.1.0' }, { name: 'inputs', value: 'sha256 6f1c2a…e09b, 396 pictures' },
    ],
  }
}
