import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Store } from '../store/index.ts'
import { formatOf } from './datasets/read.ts'
import { importLabelled } from './import-dataset.ts'
import type { Decoder } from './import-decoder.ts'
import { readPicture, takeAll } from './import-folder.ts'
import type { Found, ImportOptions } from './import-folder.ts'
import { takePhoto } from './import-photo.ts'
import { importPhotos, withoutRenders } from './import-photos.ts'
import { firstOf } from './import-lists.ts'

export interface AnyOptions extends ImportOptions {
  readonly kind: 'auto' | 'renders' | 'photos' | 'truth'
  /** Tags of every photo; null: as tags.json or the folders say. */
  readonly tags: readonly string[] | null
}

type Part = readonly ['renders' | 'photos' | 'truth', string]

/**
 * Imports folders and single photos as a person chose or dropped them. `auto` tells the kind of a folder by its content: pairs
 * NAME.* and NAME_mask.png are renders, as are BOP folders; a folder named truth or masks is truth, as are datasets in COCO, VOC and YOLO form; one with folders `renders`, `photos` or `truth` is
 * each of them, in that order, and any other is photos.
 * @throws AppError as importRenders, importPhotos and importTruth do.
 */
export async function importAny(store: Store, codec: Codec, paths: readonly string[], options: AnyOptions): Promise<ImportResult> {
  const folders: string[] = []
  const files: Found[] = []
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined))?.isFile()) files.push({ name: basename(path), path })
    else folders.push(path)
  }
  const results: ImportResult[] = []
  for (const [kind, dir] of (await Promise.all(folders.map((dir) => partsOf(dir, options.kind)))).flat())
    results.push(await importPart(store, codec, kind, dir, options))
  if (files.length > 0) results.push(await importFiles(store, codec, files, options))
  return {
    added: results.reduce((n, { added }) => n + added, 0),
    duplicates: results.reduce((n, { duplicates }) => n + duplicates, 0),
    issues: results.flatMap(({ issues }): ImportIssue[] => issues),
  }
}

async function partsOf(dir: string, kind: AnyOptions['kind']): Promise<Part[]> {
  if (kind !== 'auto') return [[kind, dir]]
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  const inside = (['renders', 'photos', 'truth'] as const).filter((name) => entries.some((entry) => entry.isDirectory() && entry.name === name))
  if (inside.length > 0) return inside.map((name): Part => [name, join(dir, name)])
  const format = await formatOf(dir)
  if (format !== undefined) return [[format === 'bop' ? 'renders' : 'truth', dir]]
  if (/^(truth|masks?|annotations?|labels)$/i.test(basename(resolve(dir)))) return [['truth', dir]]
  const names = await readdir(dir, { recursive: true }).catch(() => [])
  return [[names.some((name) => /_mask\.png$/i.test(name)) ? 'renders' : 'photos', dir]]
}

function importPart(store: Store, codec: Codec, kind: Part[0], dir: string, options: AnyOptions): Promise<ImportResult> {
  const { signal, report } = options
  if (kind !== 'photos') return importLabelled(store, codec, kind, dir, { signal, report })
  const isPart = options.kind === 'auto' && basename(resolve(dir)) === 'photos'
  const tags = isPart ? firstOf(join(dir, 'tags.json'), join(dirname(resolve(dir)), 'tags.json')) : undefined
  return importPhotos(store, codec, dir, { signal, report, tags, tagAll: options.tags ?? undefined })
}

async function importFiles(store: Store, codec: Codec, files: readonly Found[], options: AnyOptions): Promise<ImportResult> {
  const take = async (file: Found, decoder: Decoder) =>
    takePhoto(store, decoder, { name: file.name, group: basename(dirname(file.path)), tags: options.tags, bytes: await readPicture(file) })
  const result = await takeAll({ store, codec }, files, options, take)
  return { ...result, issues: [...result.issues, ...withoutRenders(store, new Set(options.tags))] }
}
