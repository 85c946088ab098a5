import { AppError } from '../../preload/contract/error.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import type { Store } from '../store/index.ts'

/** Fewest photos a classifier can learn anything from. */
const fewestPhotos = 2

/**
 * The run that a wish means: the unfinished or finished one with the same settings and inputs, or a new one.
 *
 * @throws AppError where the project cannot train yet, see checkTrainable.
 */
export function prepareRun(store: Store, wish: { preset: string; settings: Settings; fresh?: boolean }): { id: number; resumed: boolean } {
  checkTrainable(store)
  const inputHash = store.inputHash()
  const settings = JSON.stringify(wish.settings)
  const same = wish.fresh ? undefined : store.runs.list().findLast((run) => run.inputHash === inputHash && JSON.stringify(run.settings) === settings)
  if (same) return { id: same.id, resumed: true }
  const id = store.runs.create({ preset: wish.preset, seed: wish.settings['run.seed'], device: '', settings: wish.settings, inputHash })
  return { id, resumed: false }
}

/**
 * Refuses a project that lacks what training needs, in the order in which a person would mend it.
 *
 * @throws AppError `step-order`, `tag-without-renders` or `too-few-photos`.
 */
export function checkTrainable(store: Store): void {
  const photos = store.images.list({ kind: 'photo', trainable: true })
  const renders = store.images.list({ kind: 'render' })
  if (renders.length === 0)
    throw new AppError({ code: 'step-order', message: 'The project has no renders yet.', advice: 'Import renders with masks, or make some from a CAD file.' })
  const rendered = new Set(renders.flatMap((image) => image.tags))
  const bare = [...new Set(photos.flatMap((photo) => photo.tags))].filter((tag) => !rendered.has(tag))
  if (bare.length > 0)
    throw new AppError({
      code: 'tag-without-renders', subject: bare.join(', '),
      message: `Photos are tagged ${bare.map((tag) => `"${tag}"`).join(', ')}, but there are no renders of ${bare.length === 1 ? 'it' : 'them'}.`,
      advice: 'Import renders under the same name, or take the tag off the photos.',
    })
  const tagged = photos.filter((photo) => photo.tags.length > 0)
  if (tagged.length < fewestPhotos)
    throw new AppError({
      code: 'too-few-photos',
      message: `Only ${tagged.length} tagged ${tagged.length === 1 ? 'photo is' : 'photos are'} there to train on.`,
      advice: `Import at least ${fewestPhotos} photos with tags; 20 for each workpiece is a good start. Photos with truth masks never train.`,
    })
}
