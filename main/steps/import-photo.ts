import type { ImportIssue } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { hashOf } from '../store/blobs.ts'
import type { Store } from '../store/index.ts'
import type { Taken } from './import-folder.ts'
import { openDecoder, type Decoder } from './import-decoder.ts'
import { IssueError, issues as say } from './import-issues.ts'

export interface PhotoFile {
  /** Path below what was imported, with forward slashes. */
  readonly name: string
  readonly group: string
  /** [] shows no workpiece; null: nobody has said yet. */
  readonly tags: readonly string[] | null
  readonly bytes: Uint8Array
}

/**
 * Checks one photo and keeps its blob. A photo that is in already stays as it is, but for one not yet tagged, which takes the tags.
 * @throws IssueError on a file that is no picture, or on other tags than those the photo has.
 */
export async function takePhoto(store: Store, decoder: Decoder, { name, group, tags, bytes }: PhotoFile): Promise<Taken> {
  const sha256 = hashOf(bytes)
  const known = store.images.findBySha('photo', sha256)
  if (known && known.removedAtMs === null) {
    if (tags === null || (known.tagged && sameTags(known.tags, tags))) return 'duplicate'
    if (known.tagged) throw new IssueError(say.otherTags(name, known.tags, tags))
    return { write: () => tagKnown(store, known.id, tags) }
  }
  const { width, height } = await decoder.picture(name, bytes)
  await store.blobs.keep(bytes)
  const workpieceIds = tags?.map((tag) => store.workpieces.ensure(tag).id) ?? null
  return { write: () => store.images.take({ kind: 'photo', name, group, width, height, sha256, workpieceIds }) }
}

function tagKnown(store: Store, id: number, tags: readonly string[]): boolean {
  for (const tag of tags) store.workpieces.ensure(tag)
  store.images.setTags([id], tags)
  return false
}

/**
 * Imports one photo by its bytes: a camera picture, or a file without a folder.
 * @returns The photo, whether it was in already, or why it was not taken.
 */
export async function importPhoto(
  store: Store, codec: Codec, photo: PhotoFile,
): Promise<{ imageId: number | null; duplicate: boolean; issue: ImportIssue | null }> {
  try {
    if (photo.bytes.length === 0) throw new IssueError(say.unreadable(photo.name, 'it is empty'))
    const taken = await takePhoto(store, openDecoder(codec), photo)
    const added = taken !== 'duplicate' && store.transaction(taken.write)
    const imageId = store.images.findBySha('photo', hashOf(photo.bytes))?.id ?? null
    return { imageId, duplicate: !added, issue: null }
  } catch (error) {
    if (!(error instanceof IssueError)) throw error
    return { imageId: null, duplicate: false, issue: error.issue }
  }
}

const sameTags = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((tag) => b.includes(tag))
