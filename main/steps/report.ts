import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import { settingNames } from '../../preload/contract/settings.ts'
import type { ProjectStatus, RunStatus } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { outline, overlay } from '../core/image/overlay.ts'
import { resizeLabels, resizeRgb } from '../core/image/resize.ts'
import type { LabelMap } from '../core/image/types.ts'
import { openHints } from '../store/hints.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { openQuality } from '../store/quality.ts'
import { openTruth } from '../store/truth.ts'
import { evaluatedKey } from './evaluated.ts'
import { reportHtml, type Figure, type ReportContent } from './report-html.ts'
import { projectStatus } from './status.ts'

/** Photos shown, and the width of a picture in the report. */
const shownPhotos = 8
const pictureWidth = 240
/** Photos named in the list of the worst estimates. */
const shownEstimates = 20

/**
 * Step: metrics, masks -> report.html, metrics.csv and status.json in a folder.
 *
 * @param runId The run to report; the last one with a finished round where left out.
 * @throws AppError `step-order` where no round is finished.
 */
export function writeReport(store: Store, codec: Codec, dir: string, runId?: number): string {
  const status = projectStatus(store)
  const run = status.runs.findLast(({ id, rounds }) => (runId === undefined ? rounds.length > 0 : id === runId))
  if (!run || run.rounds.length === 0)
    throw new AppError({ code: 'step-order', message: 'No round is finished yet.', advice: 'Train first; the report needs at least the initial masks.' })
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'report.html'), reportHtml(contentOf(store, codec, status, run)))
  writeFileSync(join(dir, 'metrics.csv'), metricsCsv(status, run))
  writeFileSync(join(dir, 'status.json'), `${JSON.stringify(status, null, 2)}\n`)
  return join(dir, 'report.html')
}

function contentOf(store: Store, codec: Codec, status: ProjectStatus, run: RunStatus): ReportContent {
  const { settings } = store.runs.get(run.id)
  const hints = store.images.list({ kind: 'photo' }).filter((photo) => openHints(store).ofRun(run.id, photo.id) !== null).length
  return {
    status, run, hints,
    curves: curvesOf(store, run.id),
    figures: figuresOf(store, codec, run),
    worst: worstOf(store, run),
    settings: settingNames.map((name) => [name, String(settings[name])]),
  }
}

function curvesOf(store: Store, runId: number): ReportContent['curves'] {
  const points = store.curves.list(runId)
  return [...new Set(points.map(({ key }) => key))].map((name) => ({
    name, points: points.filter(({ key }) => key === name).map(({ step, values }) => [step, values.loss] as const),
  }))
}

/** Tagged photos that train by the estimate of the last round, worst first. */
function worstOf(store: Store, run: RunStatus): ReportContent['worst'] {
  return openQuality(store).list(run.id, run.rounds[run.rounds.length - 1].round).map((row) => ({ ...row, photo: store.images.get(row.imageId) }))
    .filter(({ photo }) => !photo.hasTruth && !photo.rejected && photo.tags.length > 0)
    .sort((a, b) => a.estimate - b.estimate || a.imageId - b.imageId).slice(0, shownEstimates)
    .map(({ photo, ...row }) => ({ ...row, name: photo.name }))
}

/** Photos with truth spread over groups: photo, initial, first update, final, CRF, outline of the truth. */
function figuresOf(store: Store, codec: Codec, run: RunStatus): Figure[] {
  const truth = openTruth(store)
  const photos = truth.list().map(({ imageId }) => store.images.get(imageId))
  const every = Math.max(1, Math.floor(photos.length / shownPhotos))
  return photos.filter((_, i) => i % every === 0).slice(0, shownPhotos).map((photo) => {
    const picture = painter(store, codec, photo)
    const evaluated = (round: number, kind: 'round' | 'crf') => store.artifacts.get(run.id, 'evaluate', evaluatedKey(round, kind, photo.id))
    const last = run.rounds[run.rounds.length - 1].round
    const rounds = [...new Set([0, 1, last])].flatMap((round) => {
      const found = evaluated(round, 'round')
      const caption = round === 0 ? 'initial' : round === last ? `final (round ${round})` : 'first update'
      return found ? [{ caption, source: picture(store.blobs.getLabels(found.sha)) }] : []
    })
    const crf = evaluated(last, 'crf')
    return {
      title: photo.name,
      pictures: [
        { caption: 'photo', source: picture(null) }, ...rounds,
        ...(crf ? [{ caption: 'final + CRF', source: picture(store.blobs.getLabels(crf.sha)) }] : []),
        { caption: 'truth', source: picture(truth.labels(photo.id), outline) },
      ],
    }
  })
}

/** Draws a mask on a photo, reduced, as a data address. */
function painter(store: Store, codec: Codec, photo: ImageRow): (labels: LabelMap | null, draw?: typeof overlay) => string {
  const height = Math.max(1, Math.round((pictureWidth * photo.height) / photo.width))
  const small = resizeRgb(codec.decodeRgb(store.images.bytes(photo.id)), pictureWidth, height)
  return (labels, draw = overlay) => {
    const image = labels ? draw(small, resizeLabels(labels, pictureWidth, height)) : small
    return `data:image/jpeg;base64,${Buffer.from(codec.encodeJpeg(image, 80)).toString('base64')}`
  }
}

/** One line a score: round, measure, name, value. */
export function metricsCsv(status: ProjectStatus, run: RunStatus): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const guesses = run.rounds.flatMap(({ round, quality }) => [[round, 'estimate', 'mean', quality.mean], [round, 'estimate', 'rankCorrelation', quality.follows]])
  const lines = [...run.rounds.map((r) => [String(r.round), r] as const), ...(run.crf ? [['crf', run.crf] as const] : [])].flatMap(([round, s]) => [
    [round, 'miou', 'workpieces', s.miou.workpieces], [round, 'miou', 'withBackground', s.miou.withBackground], [round, 'boundaryF', 'workpieces', s.boundaryF],
    ...status.workpieces.map((name) => [round, 'iou', name, s.perWorkpiece[name]]),
    ...Object.entries(s.perGroup).map(([group, value]) => [round, 'groupMiou', group, value]),
  ])
  return `${['round,measure,name,value', ...[...lines, ...guesses].map((line) => line.map((cell) => quote(String(cell ?? ''))).join(','))].join('\n')}\n`
}
