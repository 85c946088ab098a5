import { join } from 'node:path'
import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Store } from '../store/index.ts'
import type { Decoder } from './import-decoder.ts'
import { findPictures, readPicture, takeAll, topOf } from './import-folder.ts'
import type { Found, ImportOptions } from './import-folder.ts'
import { issues as say } from './import-issues.ts'
import { firstOf, readGroups, readTags } from './import-lists.ts'
import { takePhoto } from './import-photo.ts'

export interface PhotoOptions extends ImportOptions {
  /** A tags.json; else DIR/tags.json where it is, else folders name the tags. */
  readonly tags?: string
  /** A groups.json; else DIR/groups.json where it is, else the top folder is the group. */
  readonly groups?: string
  /** Tags of every photo, whatever lists and folders say. */
  readonly tagAll?: readonly string[]
}

/** Folder of photos that show no workpiece. */
const emptyFolder = 'empty'

/**
 * Step: photos with tags -> store. What is already in is skipped, so an import that was cut short goes on.
 *
 * With a tags.json it alone says what is on a photo. Without, the folder a photo lies in is its one tag (DIR/TAG/x.jpg,
 * DIR/GROUP/TAG/x.jpg); photos in a folder `empty` show no workpiece. A photo of which nothing is said comes in untagged and does
 * not train.
 * @throws AppError folder-missing, folder-empty or tags-unreadable; trouble with one file is an issue of the result.
 */
export async function importPhotos(store: Store, codec: Codec, dir: string, options: PhotoOptions = {}): Promise<ImportResult> {
  const { pictures, issues } = await findPictures(dir)
  const tagsPath = options.tags ?? firstOf(join(dir, 'tags.json'))
  const groupsPath = options.groups ?? firstOf(join(dir, 'groups.json'))
  const tags = tagsPath === undefined || options.tagAll ? undefined : await readTags(tagsPath, dir)
  const groups = groupsPath === undefined ? undefined : await readGroups(groupsPath, dir)
  const met = new Set<string>()
  const unlisted: ImportIssue[] = []

  const tagsOf = (name: string) => {
    if (options.tagAll) return options.tagAll
    if (!tags) return tagsByFolder(name)
    const listed = tags.of(name)
    if (!listed) unlisted.push(say.noTags(name, tags.path))
    return listed ? [...new Set(listed)] : null
  }
  const take = async (file: Found, decoder: Decoder) => {
    const given = tagsOf(file.name)
    for (const tag of given ?? []) met.add(tag)
    const group = groups?.of(file.name) ?? topOf(file.name)
    return takePhoto(store, decoder, { name: file.name, group, tags: given, bytes: await readPicture(file) })
  }
  const result = await takeAll({ store, codec }, pictures, options, take)
  const missing = (tags?.unused() ?? []).map((name) => say.photoMissing(name, tags?.path ?? ''))
  return { ...result, issues: [...issues, ...result.issues, ...unlisted, ...missing, ...withoutRenders(store, met)] }
}

/** The folder a photo lies in as its one tag; a folder `empty` shows no workpiece, no folder says nothing. */
export function tagsByFolder(name: string): string[] | null {
  const folder = name.split('/').at(-2)
  if (folder === undefined) return null
  return folder.toLowerCase() === emptyFolder ? [] : [folder]
}

/** One issue for each tag of which the project has no render. */
export function withoutRenders(store: Store, met: ReadonlySet<string>): ImportIssue[] {
  const rendered = new Set(store.workpieces.list().filter(({ renders }) => renders > 0).map(({ name }) => name))
  return [...met].filter((tag) => !rendered.has(tag)).sort().map(say.tagWithoutRenders)
}
