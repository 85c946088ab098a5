import { workSize } from './photos.ts'
import type { Run } from './run.ts'
import type { SegmentMap } from '../core/image/types.ts'
import type { Store } from '../store/index.ts'

/** The two grids of superpixels: a fine one for round 0, a coarser one for refinement. */
const grids = { initial: 'slic.segments', refine: 'refine.segments' } as const
export type Grid = keyof typeof grids

/** Pixels for which the settings count superpixels. */
const referencePixels = 640 * 480

/** Step: photos -> superpixel label maps. Finished photos are skipped. */
export async function makeSuperpixels(run: Run): Promise<void> {
  const { store, settings } = run
  const wanted = (Object.keys(grids) as Grid[]).filter((grid) => grid === 'initial' || settings['refine.superpixels'] !== 'off')
  const items = wanted.flatMap((grid) => store.images.list({ kind: 'photo', rejected: false }).map((photo) => ({ grid, photo })))
    .filter(({ grid, photo }) => !store.artifacts.get(run.id, 'superpixels', keyOf(grid, photo.id)))
  await run.pool.each(items, 'superpixels', ({ grid, photo }) => {
    const size = workSize(photo, settings)
    const segments = Math.max(4, Math.round((settings[grids[grid]] * size.width * size.height) / referencePixels))
    const options = { segments, compactness: settings['slic.compactness'], iterations: settings['slic.iterations'] }
    return { bytes: store.images.bytes(photo.id), size, options }
  }, async ({ grid, photo }, map, i) => {
    const sha = store.blobs.putArray(map.data, [map.height, map.width])
    store.artifacts.put(run.id, 'superpixels', keyOf(grid, photo.id), sha, { count: map.count })
    await run.report({ step: 'superpixels', done: i + 1, total: items.length, unit: 'photos' })
  }, run.signal)
}

const keyOf = (grid: Grid, imageId: number) => `${grid}/${imageId}`

/** The superpixels of a photo. Throws RangeError where the step has not run. */
export function readSuperpixels(store: Store, runId: number, grid: Grid, imageId: number): SegmentMap {
  const found = store.artifacts.get(runId, 'superpixels', keyOf(grid, imageId))
  if (!found) throw new RangeError(`expected superpixels of photo ${imageId}, got none`)
  const { data, shape } = store.blobs.getArray(found.sha)
  return { width: shape[1], height: shape[0], data: data as Int32Array, count: (found.meta as { count: number }).count }
}
