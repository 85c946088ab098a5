import type { ChannelMap } from '../core/image/resize.ts'
import type { TagScores } from '../core/train/initial-mask.ts'
import { camStep } from '../core/train/predict-step.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { classCount, classIndices } from './classes.ts'
import { classifierNetwork } from './networks.ts'
import { photosOf } from './photos.ts'
import { openMapper } from './predictor.ts'
import type { Run } from './run.ts'
import { unpackTensors } from './train-loop.ts'

/**
 * Step: photos, tags, classifier -> class activation maps of each photo's tags. Finished photos are skipped.
 *
 * CAM = ReLU of the tag's score map, averaged over scales and mirrorings, divided by its maximum (method, section 1).
 */
export async function cam(run: Run): Promise<void> {
  const { store, settings } = run
  const photos = photosOf(store).filter((photo) => photo.tags.length > 0 && !store.artifacts.get(run.id, 'cam', String(photo.id)))
  if (photos.length === 0) return
  const trained = store.artifacts.get(run.id, 'train-classifier', 'weights')
  if (!trained) throw new RangeError('expected a trained classifier, got none')
  const classifier = classifierNetwork(settings, classCount(store) - 1)
  const weights = unpackTensors(store.blobs.get(trained.sha)) as Record<string, Float32Array>
  const classes = classIndices(store)
  const mapper = await openMapper(run, weights, settings['cam.scales'].map((scale) => scale * settings['training.crop']), 'maps', [settings['cam.flip']], (options) => camStep(classifier, { ...options, flips: settings['cam.flip'] ? 2 : 1 }))
  try {
    let done = 0
    for await (const { photo, probabilities } of mapper.predict(photos)) {
      run.signal.throwIfAborted()
      const maps = photo.tags.map((tag) => activation(probabilities, classes.get(tag)! - 1))
      const data = new Float32Array(maps.length * maps[0].length)
      maps.forEach((map, i) => data.set(map, i * map.length))
      const sha = store.blobs.putArray(data, [maps.length, probabilities.height, probabilities.width])
      store.artifacts.put(run.id, 'cam', String(photo.id), sha, { tags: photo.tags })
      await run.report({ step: 'cam', done: ++done, total: photos.length, unit: 'photos' })
    }
  } finally {
    await mapper.dispose()
  }
}

/** One channel of the score maps: ReLU, divided by its maximum. */
function activation({ channels, data }: ChannelMap, channel: number): Float32Array {
  const out = Float32Array.from({ length: data.length / channels }, (_, i) => Math.max(0, data[i * channels + channel]))
  const most = out.reduce((a, b) => Math.max(a, b), 0)
  return most > 0 ? out.map((value) => value / most) : out
}

/** The activation maps of a photo's tags; none for a photo without tags. */
export function readScoreMaps(store: Store, runId: number, photo: ImageRow): TagScores[] {
  const found = store.artifacts.get(runId, 'cam', String(photo.id))
  if (!found) return []
  const { data, shape: [count, height, width] } = store.blobs.getArray(found.sha)
  const classes = classIndices(store)
  const { tags } = found.meta as { tags: string[] }
  return Array.from({ length: count }, (_, i) => ({
    classIndex: classes.get(tags[i])!,
    map: { width, height, data: data.slice(i * width * height, (i + 1) * width * height) as Float32Array },
  }))
}
