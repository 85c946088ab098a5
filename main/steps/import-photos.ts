import { join } from 'node:path'
import type { ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Store } from '../store/index.ts'
import { findPictures, hashOf, readPicture, takeAll } from './import-folder.ts'
import type { Found, ImportOptions, Taken } from './import-folder.ts'
import { decodePicture, IssueError, issues as say } from './import-issues.ts'
import { firstOf, readGroups, readTags } from './import-lists.ts'

export interface PhotoOptions extends ImportOptions {
  /** A tags.json; else DIR/tags.json where it is, else folders name the tags. */
  readonly tags?: string
  /** A groups.json; else DIR/groups.json where it is, else the top folder is the group. */
  readonly groups?: string
}

/** Folder of photos that show no workpiece. */
const emptyFolder = 'empty'

/**
 * Step: photos with tags -> store. What is already in is skipped, so an import that was cut short goes on.
 *
 * With a tags.json it alone says what is on a photo, and a photo it does not list is left out. Without, the folder a photo lies
 * in is its one tag (DIR/TAG/x.jpg, DIR/GROUP/TAG/x.jpg); photos in a folder `empty` show no workpiece.
 * @throws AppError folder-missing, folder-empty or tags-unreadable; trouble with one file is an issue of the result.
 */
export async function importPhotos(store: Store, codec: Codec, dir: string, options: PhotoOptions = {}): Promise<ImportResult> {
  const { pictures, issues } = await findPictures(dir)
  const tagsPath = options.tags ?? firstOf(join(dir, 'tags.json'))
  const groupsPath = options.groups ?? firstOf(join(dir, 'groups.json'))
  const tags = tagsPath === undefined ? undefined : await readTags(tagsPath, dir)
  const groups = groupsPath === undefined ? undefined : await readGroups(groupsPath, dir)
  const met = new Set<string>()

  const tagsOf = (name: string) => {
    if (!tags) return tagsByFolder(name)
    const listed = tags.of(name)
    if (!listed) throw new IssueError(say.noTags(name, tags.path))
    return [...new Set(listed)]
  }
  const take = async (file: Found): Promise<Taken> => {
    const given = tagsOf(file.name)
    for (const tag of given) met.add(tag)
    const bytes = await readPicture(file)
    const sha256 = hashOf(bytes)
    const known = store.images.findBySha('photo', sha256)
    if (known && known.removedAtMs === null) {
      if (!sameTags(known.tags, given)) throw new IssueError(say.otherTags(file.name, known.tags, given))
      return 'duplicate'
    }
    const { width, height } = decodePicture(file.name, () => codec.decodeRgb(bytes))
    store.blobs.put(bytes)
    const workpieceIds = given.map((tag) => store.workpieces.ensure(tag).id)
    const group = groups?.of(file.name) ?? topOf(file.name)
    const row = { kind: 'photo', name: file.name, group, width, height, sha256, workpieceIds } as const
    return { write: () => store.images.take(row) }
  }
  const result = await takeAll(pictures, options, store.transaction, take)
  const missing = (tags?.unused() ?? []).map((name) => say.photoMissing(name, tags?.path ?? ''))
  return { ...result, issues: [...issues, ...result.issues, ...missing, ...withoutRenders(store, met)] }
}

function tagsByFolder(name: string): string[] {
  const folder = name.split('/').at(-2)
  if (folder === undefined) throw new IssueError(say.noFolder(name))
  return folder.toLowerCase() === emptyFolder ? [] : [folder]
}

function withoutRenders(store: Store, met: ReadonlySet<string>) {
  const rendered = new Set(store.workpieces.list().filter(({ renders }) => renders > 0).map(({ name }) => name))
  return [...met].filter((tag) => !rendered.has(tag)).sort().map(say.tagWithoutRenders)
}

const sameTags = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((tag) => b.includes(tag))
const topOf = (name: string) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : '')
