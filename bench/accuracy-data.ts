/** What a run of `bench/accuracy.ts` sees of a dataset: its renders, one line of it, or what is wrong with it. */
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import type { RenderSettings } from '../preload/contract/render-set.ts'
import type { Codec } from '../main/core/image/codec.ts'
import { random } from '../main/core/random.ts'
import { importRenders } from '../main/steps/import-images.ts'
import { trainable } from '../main/steps/refine.ts'
import { renderCad } from '../main/steps/render-cad.ts'
import type { Store } from '../main/store/index.ts'

/** Where renders come from: the folder given, or CAD files, as in a viewer or like the line's photos. */
export type Source = 'given' | 'plain' | 'like photos'

/** What can be wrong with a line. */
export const spoils = {
  'one tag in ten wrong': flipTags,
  '20 photos a workpiece': (store: Store) => keepPhotos(store, () => 20),
  'one render a workpiece': keepOneRender,
  'photos 10 to 1': (store: Store) => keepPhotos(store, (workpiece, photos) => (workpiece % 2 === 0 ? photos : Math.ceil(photos / 10))),
} as const
export type Spoil = keyof typeof spoils

export interface RendersWanted {
  /** Folder of the dataset. */
  readonly data: string
  readonly source: Source
  /** Renders of a workpiece from CAD. */
  readonly count: number
  /** Light maps. */
  readonly light: string
}

/** One workpiece on one background, or on all of them. */
export interface Line {
  readonly group?: string
  readonly workpiece: string
}

export const nameOfLine = ({ group, workpiece }: Line) => (group ? `${group}/${workpiece}` : workpiece)

/** The lines of a dataset: one of each workpiece (all), one of each workpiece on each background (each), or those named WORKPIECE or BACKGROUND/WORKPIECE. */
export function linesOf(data: string, wanted: string): Line[] {
  const photos = join(data, 'photos')
  const names = new Set(Object.values(jsonOf(data, 'classes.json')))
  const each = readdirSync(photos).sort().flatMap((group) => readdirSync(join(photos, group)).sort().flatMap((workpiece): Line[] => (names.has(workpiece) ? [{ group, workpiece }] : [])))
  const all = [...new Set(each.map(({ workpiece }) => workpiece))].sort().map((workpiece): Line => ({ workpiece }))
  if (wanted === 'all') return all
  if (wanted === 'each') return each
  return wanted.split(',').map((word) => {
    const line = [...all, ...each].find((candidate) => word === nameOfLine(candidate))
    if (!line) throw new Error(`expected a line of ${photos}, got ${word}`)
    return line
  })
}

const jsonOf = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>

/** What of a dataset belongs to a line, copied to `folder`. */
export function cutLine(folder: string, from: string, { group, workpiece }: Line): void {
  const copy = (...path: string[]) => existsSync(join(from, ...path)) && cpSync(join(from, ...path), join(folder, ...path), { recursive: true })
  const keep = (file: string, wanted: (key: string, value: unknown) => boolean) =>
    writeFileSync(join(folder, file), JSON.stringify(Object.fromEntries(Object.entries(jsonOf(from, file)).filter(([key, value]) => wanted(key, value)))))
  copy('renders', workpiece)
  const groups = group ? [group] : readdirSync(join(from, 'photos'))
  for (const name of groups) {
    for (const kind of ['photos', 'truth', 'truth-of-training-photos']) copy(kind, name, workpiece)
    copy('photos', name, 'empty')
  }
  for (const file of existsSync(join(from, 'cad')) ? readdirSync(join(from, 'cad')) : []) if (parse(file).name === workpiece) copy('cad', file)
  keep('tags.json', (key) => groups.some((name) => key.startsWith(`${name}/${workpiece}/`) || key.startsWith(`${name}/empty/`)))
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

export async function takeRenders(store: Store, codec: Codec, { data, source, count, light }: RendersWanted, signal: AbortSignal): Promise<void> {
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
