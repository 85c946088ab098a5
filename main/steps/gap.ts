import { setImmediate } from 'node:timers/promises'
import type { GapReport, GapRow } from '../../preload/contract/project-data.ts'
import { AppError } from '../../preload/contract/error.ts'
import type { Codec } from '../core/image/codec.ts'
import { resizeLabels, resizeRgb } from '../core/image/resize.ts'
import type { LabelMap, RgbImage } from '../core/image/types.ts'
import { gapsBetween, type Sight } from '../core/metric/gap.ts'
import { grainOf, type Region } from '../core/metric/grain.ts'
import { lookOf, spanOf } from '../core/metric/look.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { closing, matching, type PhotoSight } from './gap-settings.ts'
import { emptyOnes, longest } from './render-set.ts'

/** Pictures of a kind that are looked at: in all, and of each workpiece. */
const inAll = 96
const [leastEach, mostEach] = [6, 24]
/** Long side at which light, colour and patches are looked at. */
const lookSide = 320
/** Photos with a mask of a workpiece that tell it; with fewer, whole pictures are compared. */
const leastMasked = 3
/** Share of a photo that a pseudo label covers at least. */
const leastArea = 0.001

interface Tools {
  readonly store: Store
  readonly codec: Codec
  readonly signal?: AbortSignal
  /** Long side at which blur and noise are compared. */
  readonly side: number
  /** Newest pseudo labels by photo. */
  readonly labels: ReadonlyMap<number, string>
  /** Patches of the line's empty photos. */
  readonly empty: Float32Array[]
}
interface Kind {
  readonly workpiece: string | null
  readonly region: GapRow['region']
  readonly renders: Sight[]
  readonly photos: PhotoSight[]
}

/**
 * Step: how far the renders of each workpiece are from its photos, and the settings of a set of renders that would bring them nearer. Photos with truth
 * are not looked at; masks of photos are the newest pseudo labels of a run.
 *
 * @throws AbortError when stopped.
 */
export async function measureGap(store: Store, codec: Codec, signal?: AbortSignal): Promise<GapReport> {
  const photos = store.images.list({ kind: 'photo', hasTruth: false, rejected: false })
  if (photos.length === 0) return { masks: null, rows: [] }
  const renders = store.images.list({ kind: 'render' })
  const { masks, labels } = newestLabels(store)
  const empty = emptyOnes(store)
  const sides = [photos, ...(renders.length > 0 ? [renders] : [])].map((images) => Math.min(longest, Math.max(...images.map(longSide))))
  const tools: Tools = { store, codec, signal, side: Math.min(...sides), labels, empty: [] }
  for (const image of spread(empty, mostEach)) tools.empty.push(lookOf(reduced(await decode(tools, image), lookSide))!.patches)

  const tagged = store.workpieces.list().map((workpiece) => ({ workpiece, photos: photos.filter(({ tags }) => tags.includes(workpiece.name)) })).filter((one) => one.photos.length > 0)
  const each = Math.min(mostEach, Math.max(leastEach, Math.ceil(inAll / Math.max(1, tagged.length))))
  const kinds: Kind[] = []
  for (const { workpiece: { name, classIndex }, photos } of tagged)
    kinds.push(await lookAt(tools, name, classIndex, spread(renders.filter(({ tags }) => tags.includes(name)), each), spread(photos, each)))
  const whole = tagged.length > 0 ? together(kinds) : await lookAt(tools, null, null, spread(renders, mostEach), spread(photos, mostEach))
  return { masks, rows: [whole, ...kinds].map((kind) => rowOf(kind, empty.length > 0)) }
}

/**
 * What renders of a workpiece take to look like its photos; those of the whole line where it has none of its own.
 *
 * @throws AppError too-few-photos where there is no photo.
 */
export function matchFor({ rows }: GapReport, workpiece: string | undefined): GapRow['match'] {
  const row = rows.find((one) => one.workpiece === workpiece) ?? rows.at(0)
  if (row) return row.match
  throw new AppError({ code: 'too-few-photos', message: 'The project has no photo to match renders to.', advice: 'Import photos first, or render without matching.' })
}

function rowOf({ workpiece, region, renders, photos }: Kind, hasEmpty: boolean): GapRow {
  const match = matching(photos, hasEmpty)
  const gaps = gapsBetween(renders, photos).map((gap) => ({ ...gap, settings: closing(gap.name, match, region) }))
  return { workpiece, region, photos: photos.length, renders: renders.length, gaps, match }
}

/** The whole line; workpieces that masks tell stand for it where there are any. */
function together(kinds: readonly Kind[]): Kind {
  const masked = kinds.filter(({ region }) => region === 'mask')
  const all = masked.length > 0 ? masked : kinds
  return { workpiece: null, region: all[0].region, renders: all.flatMap(({ renders }) => renders), photos: all.flatMap(({ photos }) => photos) }
}

/** Pseudo labels of the newest run that has any, in its last round. */
function newestLabels(store: Store): { masks: GapReport['masks']; labels: Map<number, string> } {
  for (const { id: runId } of store.runs.list().toReversed())
    for (const { round } of store.rounds.list(runId).toReversed()) {
      const found = store.rounds.masks(runId, round)
      if (found.length > 0) return { masks: { runId, round }, labels: new Map(found.map(({ imageId, maskSha }) => [imageId, maskSha])) }
    }
  return { masks: null, labels: new Map() }
}

async function lookAt(tools: Tools, workpiece: string | null, label: number | null, renders: readonly ImageRow[], photos: readonly ImageRow[]): Promise<Kind> {
  const { store, labels, empty } = tools
  const masked = label === null ? [] : photos.flatMap((image) => {
    const sha = labels.get(image.id)
    const region = sha === undefined ? undefined : regionOf(store.blobs.getLabels(sha), label)
    return region && region.data.reduce((sum, value) => sum + value, 0) >= leastArea * region.data.length ? [{ image, region }] : []
  })
  const region = masked.length >= leastMasked ? 'mask' : 'picture'
  const seen: PhotoSight[] = []
  for (const { image, region: mask } of region === 'mask' ? masked : photos.map((image) => ({ image, region: undefined }))) {
    const picture = await decode(tools, image)
    const sight = sightOf(picture, tools.side, mask)
    const behind = empty.length > 0 ? empty[seen.length % empty.length] : sight.behind
    const fine = longSide(reduced(picture, longest)) === tools.side ? sight.grain : grainAt(picture, longest, mask)
    seen.push({ ...sight, behind, fine })
  }
  const made: Sight[] = []
  for (const image of renders) {
    const picture = await decode(tools, image)
    const mask = store.masks.ofRender(image.id)
    const own = regionOf(mask, label)
    if (region === 'mask' && !own.data.includes(1)) continue
    made.push({ ...sightOf(picture, tools.side, region === 'mask' ? own : undefined), behind: patchesBehind(picture, mask) })
  }
  return { workpiece, region, renders: made, photos: seen }
}

function sightOf(picture: RgbImage, side: number, region?: Region): Sight {
  const small = reduced(picture, lookSide)
  const look = lookOf(small, region && fitted(region, small)) ?? lookOf(small)!
  const behind = region ? patchesBehind(picture, region) : look.patches
  return { look, grain: grainAt(picture, side, region), span: region ? spanOf(region) : null, behind }
}

function grainAt(picture: RgbImage, side: number, region?: Region) {
  const image = reduced(picture, side)
  return grainOf(image, region && fitted(region, image))
}

function patchesBehind(picture: RgbImage, mask: LabelMap): Float32Array {
  const small = reduced(picture, lookSide)
  const { width, height, data } = fitted(mask, small)
  return lookOf(small, { width, height, data: data.map((value) => (value === 0 ? 1 : 0)) })?.patches ?? new Float32Array(0)
}

/** Where a mask shows a class, or anything. */
const regionOf = ({ width, height, data }: LabelMap, label: number | null): Region => ({ width, height, data: data.map((value) => Number(label === null ? value !== 0 : value === label)) })
const fitted = (labels: LabelMap, { width, height }: RgbImage) => resizeLabels(labels, width, height)
const longSide = ({ width, height }: { width: number; height: number }) => Math.max(width, height)

function reduced(image: RgbImage, side: number): RgbImage {
  const scale = Math.min(1, side / longSide(image))
  return resizeRgb(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)))
}

/** Lets other work and a stop come between. */
async function decode({ store, codec, signal }: Tools, { id }: ImageRow): Promise<RgbImage> {
  await setImmediate()
  signal?.throwIfAborted()
  return codec.decodeRgb(store.images.bytes(id))
}

function spread(images: readonly ImageRow[], most: number): ImageRow[] {
  return Array.from({ length: Math.min(most, images.length) }, (_, i) => images[Math.floor((i * images.length) / Math.min(most, images.length))])
}
