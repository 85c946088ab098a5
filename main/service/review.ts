import type { Handlers } from '../../preload/contract/api.ts'
import type { Pixel, ReviewItem } from '../../preload/contract/run-data.ts'
import { AppError } from '../../preload/contract/error.ts'
import { IGNORE, type LabelMap, type Raster } from '../core/image/types.ts'
import { meanIou } from '../core/metric/confusion-matrix.ts'
import { provenance } from '../core/train/provenance.ts'
import { readScoreMaps } from '../steps/cam.ts'
import { scored } from '../steps/status.ts'
import { readSuperpixels } from '../steps/superpixels.ts'
import { openMaskFigures } from '../store/mask-figures.ts'
import { openQuality } from '../store/quality.ts'
import { maskSha } from './assets.ts'
import type { Context } from './context.ts'
import type { OpenProject } from './open-projects.ts'
import { runJob } from './run-job.ts'

type Round = number | 'crf'

export function reviewCalls(context: Context) {
  const { projects, changed } = context
  const measure = measurer(context)
  return {
    'review:list': async ({ projectId, runId, round, sort }) => {
      const project = projects.get(projectId)
      project.store.runs.get(runId)
      if (round !== 'crf') measure(project, runId, round)
      return listOf(project, runId, round).sort(orders[sort])
    },
    'review:judge': async ({ projectId, imageIds, verdict }) => {
      const { desk, store } = projects.get(projectId)
      store.transaction(() => {
        desk.reject(imageIds, verdict === 'rejected')
        desk.accept(imageIds, verdict === 'accepted')
      })
      changed(projectId, 'images')
      return {}
    },
    'review:pixel': async ({ projectId, runId, round, imageId, x, y }) => pixelOf(projects.get(projectId), runId, round, imageId, x, y),
    'review:paint': async ({ projectId, imageId, width, height, runs }) => {
      const { store, hints } = projects.get(projectId)
      const image = store.images.get(imageId)
      if (image.width !== width || image.height !== height)
        throw invalid(`The picture is ${image.width} x ${image.height}, the hints are ${width} x ${height}.`)
      return { pixels: hints.save(imageId, { width, height, data: unroll(runs, width * height, classesOf(store.workpieces.list())) }) }
    },
    'review:hints': async ({ projectId }) => projects.get(projectId).hints.count(),
  } satisfies Partial<Handlers>
}

/** Measures masks of a round that have not been yet, beside everything else, and tells the page when it is done. */
function measurer({ host, changed }: Context) {
  const busy = new Set<string>()
  return (project: OpenProject, runId: number, round: number) => {
    const { projectId, store } = project
    const key = `${projectId}/${runId}/${round}`
    const known = openMaskFigures(store).list(runId, round)
    if (busy.has(key) || store.rounds.masks(runId, round).every(({ imageId }) => known.has(imageId))) return
    busy.add(key)
    runJob(host, 'figures', { project: store.dir, runId, round }, { signal: new AbortController().signal, report: () => undefined })
      .then(() => changed(projectId, 'review'), (error: unknown) => console.error(error))
      .finally(() => busy.delete(key))
  }
}

function listOf(project: OpenProject, runId: number, round: Round): ReviewItem[] {
  const { store, desk } = project
  const last = store.rounds.list(runId).at(-1)?.round ?? 0
  const at = round === 'crf' ? last : round
  const metrics = store.metrics.list(runId).filter((row) => row.round === at && row.kind === (round === 'crf' ? 'crf' : 'round'))
  const scores = new Map(metrics.map((row) => [row.imageId, meanIou(scored(store, row).confusion).withBackground]))
  const masks = round === 'crf' ? [] : store.rounds.masks(runId, round)
  const figures = round === 'crf' ? new Map<number, never>() : openMaskFigures(store).list(runId, round)
  const quality = new Map(round === 'crf' ? [] : openQuality(store).list(runId, round).map(({ imageId, estimate, agreement, activation, tags, contrast }) =>
    [imageId, { estimate, agreement, activation, tags, contrast }]))
  const hints = project.hints.pixels()
  const accepted = desk.accepted()
  const ids = [...new Set([...masks.map(({ imageId }) => imageId), ...scores.keys()])]
  return desk.read(ids).filter(({ binnedAtMs }) => binnedAtMs === null).map(({ id, name, tags, rejected }) => ({
    imageId: id, name, tags,
    miou: scores.get(id) ?? null,
    confidence: figures.get(id)?.confidence ?? null,
    changed: figures.get(id)?.changed ?? null,
    quality: quality.get(id) ?? null,
    verdict: rejected ? 'rejected' : accepted.has(id) ? 'accepted' : 'open',
    hintPixels: hints.get(id) ?? 0,
  }))
}

type Order = (a: ReviewItem, b: ReviewItem) => number
const byName: Order = (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })
const rising = (key: 'miou' | 'confidence'): Order => (a, b) => (a[key] ?? 2) - (b[key] ?? 2)
/** Photos without truth cannot be worst by score: the least certain of them follow. */
const orders: Record<'worst' | 'estimate' | 'uncertain' | 'name', Order> = {
  worst: (a, b) => rising('miou')(a, b) || rising('confidence')(a, b) || byName(a, b),
  estimate: (a, b) => (a.quality?.estimate ?? 2) - (b.quality?.estimate ?? 2) || byName(a, b),
  uncertain: (a, b) => rising('confidence')(a, b) || byName(a, b),
  name: byName,
}

const sources: Record<number, Pixel['source']> = {
  [provenance.open]: 'none', [provenance.background]: 'cam', [provenance.cam]: 'cam', [provenance.superpixel]: 'superpixel',
  [provenance.fallback]: 'cam', [provenance.network]: 'network', [provenance.tags]: 'network', [provenance.crf]: 'crf', [provenance.camera]: 'camera',
}

/** Where the label of a pixel comes from; x and y count in the picture. */
function pixelOf(project: OpenProject, runId: number, round: Round, imageId: number, x: number, y: number): Pixel {
  const { store, hints, notes } = project
  const image = store.images.get(imageId)
  if (x >= image.width || y >= image.height) throw invalid(`The picture ends at ${image.width} x ${image.height}.`)
  const at = ({ width, height }: Raster<unknown>) => Math.floor(((y + 0.5) * height) / image.height) * width + Math.floor(((x + 0.5) * width) / image.width)
  const sha = maskSha(project, runId, round, imageId)
  if (sha === null) throw new AppError({ code: 'not-found', message: 'This photo has no mask of that round.', advice: 'Choose another round.' })
  const labels = store.blobs.getLabels(sha)
  const mask = round === 'crf' ? null : store.rounds.mask(runId, round, imageId)
  const valueOf = (array: string | null | undefined) => (array ? store.blobs.getArray(array).data[at(labels)] : null)
  const code = valueOf(mask?.provenanceSha)
  const confidence = valueOf(mask?.confidenceSha)
  const hint = notes.get(runId)?.useHints ? hints.get(imageId) : null
  const hinted = hint !== null && hint.data[at(hint)] !== IGNORE
  return {
    label: labels.data[at(labels)],
    source: hinted ? 'hint' : round === 'crf' ? 'crf' : code === null ? 'network' : (sources[code] ?? 'none'),
    confidence: confidence === null ? null : confidence / 255,
    threshold: round === 'crf' ? null : (store.rounds.get(runId, round)?.threshold ?? null),
    cam: strongest(readScoreMaps(store, runId, image).map(({ classIndex, map }) => ({ label: classIndex, value: Math.min(1, map.data[at(map)]) }))),
    superpixel: superpixelOf(project, runId, imageId, labels, at),
  }
}

const strongest = (scores: { label: number; value: number }[]) => scores.sort((a, b) => b.value - a.value)[0] ?? null

function superpixelOf({ store }: OpenProject, runId: number, imageId: number, labels: LabelMap, at: (raster: Raster<unknown>) => number): Pixel['superpixel'] {
  if (!store.artifacts.get(runId, 'superpixels', `initial/${imageId}`)) return null
  const map = readSuperpixels(store, runId, 'initial', imageId)
  const index = map.data[at(map)]
  const votes = new Map<number, number>()
  let pixels = 0
  for (let i = 0; i < map.data.length; i++) {
    if (map.data[i] !== index) continue
    pixels++
    const label = map.data.length === labels.data.length ? labels.data[i] : IGNORE
    votes.set(label, (votes.get(label) ?? 0) + 1)
  }
  return { index, pixels, votes: [...votes].sort((a, b) => b[1] - a[1]).map(([label, count]) => ({ label, share: count / pixels })) }
}

/** Run lengths [label, length, ...] as one label a pixel. Throws AppError invalid-input where they do not fit. */
function unroll(runs: readonly number[], count: number, known: ReadonlySet<number>): Uint8Array {
  const data = new Uint8Array(count)
  let at = 0
  for (let i = 0; i < runs.length; i += 2) {
    const [label, length] = [runs[i], runs[i + 1]]
    if (length === undefined || at + length > count) throw invalid('The hints do not fit the picture.')
    if (!known.has(label)) throw invalid(`There is no workpiece of class ${label}.`)
    data.fill(label, at, at + length)
    at += length
  }
  if (at !== count) throw invalid('The hints do not fit the picture.')
  return data
}

const classesOf = (workpieces: readonly { classIndex: number }[]) => new Set([0, IGNORE, ...workpieces.map(({ classIndex }) => classIndex)])

const invalid = (message: string) => new AppError({ code: 'invalid-input', message, advice: 'Open the photo again and paint anew.' })
