import type { FloatMap, RgbImage } from '../core/image/types.ts'
import { fewestFrames, frameDistance, nearFrames } from '../core/train/camera-seeds.ts'
import type { PieceLook } from '../core/train/piece-look.ts'
import type { Store } from '../store/index.ts'
import type { ImageRow } from '../store/images.ts'
import { photosOf, spread, workSize } from './photos.ts'
import type { Run } from './run.ts'
import type { CameraView } from './worker.ts'

/** Size at which frames are compared, and of how many frames the near ones are sought. */
const thumbnailSize = { width: 24, height: 18 }
const mostCandidates = 400
/** Agreement from which on `auto` takes the camera's word. */
const leastAgreement = 0.3

/** What a run knows of a photo's camera. */
interface CameraMeta {
  readonly agreement: number
  /** Whether the initial mask comes from the camera. */
  readonly used: boolean
}

/**
 * Step: photos -> what stands on them, by the other photos of a fixed camera. Finished photos are skipped.
 *
 * A photo is held against photos that may train, never against those with truth.
 */
export async function makeCameraSeeds(run: Run): Promise<void> {
  const { store, settings } = run
  if (settings['initial.seeds'] === 'cam') return
  const tagged = photosOf(store).filter((photo) => photo.tags.length > 0)
  const missing = tagged.filter((photo) => !store.artifacts.get(run.id, 'superpixels', keyOf(photo.id)))
  if (missing.length === 0) return
  const report = (done: number) => run.report({ step: 'superpixels', done, total: missing.length, unit: 'photos' })
  const framesOf = await openFrames(run, missing)
  const compared = missing.map((photo) => ({ photo, frames: framesOf(photo) })).filter(({ frames }) => frames.length >= fewestFrames)
  await run.pool.each(compared, 'camera', ({ photo, frames }) => ({
    bytes: store.images.bytes(photo.id), frames: frames.map(({ id }) => store.images.bytes(id)), size: workSize(photo, settings),
  }), async ({ photo }, { score, agreement }, i) => {
    const meta: CameraMeta = { agreement, used: settings['initial.seeds'] === 'camera' || agreement >= leastAgreement }
    const bytes = Uint8Array.from(score.data, (value) => Math.round(255 * value))
    store.artifacts.put(run.id, 'superpixels', keyOf(photo.id), store.blobs.putArray(bytes, [score.height, score.width]), meta)
    await report(missing.length - compared.length + i + 1)
  }, run.signal)
}

const keyOf = (imageId: number) => `camera/${imageId}`

/** What tells the frames of a photo: of its size, nearest by their thumbnails, the emptiest first. */
async function openFrames(run: Run, photos: readonly ImageRow[]): Promise<(photo: ImageRow) => ImageRow[]> {
  const { store, settings } = run
  const trainable = store.images.list({ kind: 'photo', trainable: true })
  const candidates = [...spread(trainable.filter(({ tags }) => tags.length === 0), mostCandidates), ...spread(trainable.filter(({ tags }) => tags.length > 0), mostCandidates)]
  const small = new Map<number, RgbImage>()
  const seen = [...new Map([...candidates, ...photos].map((photo) => [photo.id, photo])).values()]
  await run.pool.each(seen, 'thumbnail', (photo) => ({ bytes: store.images.bytes(photo.id), size: thumbnailSize }),
    (photo, image) => void small.set(photo.id, image), run.signal)
  return (photo) => {
    const others = candidates.filter(({ id, width, height }) => id !== photo.id && width === photo.width && height === photo.height)
    const distances = others.map(({ id }) => frameDistance(small.get(photo.id)!, small.get(id)!))
    return nearFrames(distances, others.map(({ tags }) => tags.length), settings['initial.frames']).map((i) => others[i])
  }
}

/** The camera's word on a photo, where its initial mask comes from it. */
function wordOf(store: Store, runId: number, imageId: number) {
  const found = store.artifacts.get(runId, 'superpixels', keyOf(imageId))
  return found && (found.meta as CameraMeta).used ? found : null
}

/** What stands on a photo, 0..1; null where activation maps say so instead. */
export function readCameraScore(store: Store, runId: number, imageId: number): FloatMap | null {
  const found = wordOf(store, runId, imageId)
  if (!found) return null
  const { data, shape: [height, width] } = store.blobs.getArray(found.sha)
  return { width, height, data: Float32Array.from(data, (value) => value / 255) }
}

/** Photos of one workpiece alone that tell its look. */
const mostExamples = 24

/** What the camera and the workpieces alone on their photos tell of a photo; null where activation maps are asked instead. */
export async function cameraViews(run: Run): Promise<(photo: ImageRow) => CameraView | null> {
  const { store } = run
  const alone = store.images.list({ kind: 'photo', trainable: true }).filter(({ id, tags }) => tags.length === 1 && wordOf(store, run.id, id) !== null)
  const chosen = [...new Set(alone.map(({ tags }) => tags[0]))].flatMap((tag) => spread(alone.filter(({ tags }) => tags[0] === tag), mostExamples))
  const examples = new Map<string, PieceLook[]>()
  await run.pool.each(chosen, 'look', ({ id }) => ({ bytes: store.images.bytes(id), score: readCameraScore(store, run.id, id)! }), ({ tags: [tag] }, look) => {
    if (look) examples.set(tag, [...(examples.get(tag) ?? []), look])
  }, run.signal)
  return ({ id, tags }) => {
    const score = readCameraScore(store, run.id, id)
    return score && { score, bytes: store.images.bytes(id), examples: tags.map((tag) => examples.get(tag) ?? []) }
  }
}

/** Tagged photos whose initial mask the camera gives, and those left to activation maps; null where the run never looked. */
export function cameraSeedCount(store: Store, runId: number): { camera: number; cam: number } | null {
  const metas = store.artifacts.list(runId, 'superpixels').filter(({ key }) => key.startsWith(keyOf(0).slice(0, -1))).map(({ meta }) => meta as CameraMeta)
  if (metas.length === 0) return null
  const camera = metas.filter(({ used }) => used).length
  return { camera, cam: metas.length - camera }
}
