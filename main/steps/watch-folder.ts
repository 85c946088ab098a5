import { readdir, realpath, stat } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import { hashOf } from '../store/blobs.ts'
import type { Store } from '../store/index.ts'
import { openDecoder } from './import-decoder.ts'
import { folderMissing, pictureKinds, readPicture, topOf, type Found, type ImportOptions } from './import-folder.ts'
import { IssueError, issues as say } from './import-issues.ts'
import { takePhoto } from './import-photo.ts'
import { tagsByFolder } from './import-photos.ts'

export interface WatchOptions extends ImportOptions {
  /** Tags of every photo ([] shows no workpiece, null: nobody has said yet), or `folder`: the folder a photo lies in names its tag. */
  readonly tags: readonly string[] | null | 'folder'
  /** A folder that is not there at the start is waited for, not refused. */
  readonly waits?: boolean
  /** Time between two looks at the folder, ms. */
  readonly pollMs?: number
  /** Looks between which size and time of a file must stay the same before it counts as written to its end. */
  readonly polls?: number
  /** Told of each file that is not taken, once, and of a folder that goes away. */
  readonly tell?: (issue: ImportIssue) => void
}

interface Seen {
  /** Size and time of change; another stamp is another writing of the file. */
  stamp: string
  /** Looks since the stamp was new. */
  still: number
  settled: boolean
}

/** A network share that opens files for one program at a time says so with one of these. */
const inUseCodes = ['EBUSY', 'EPERM', 'EACCES', 'ESTALE', 'EAGAIN']

/**
 * Takes the photos that another program writes into a folder, until it is stopped. It looks at the folder again and again, which works on
 * network shares, where nothing tells of changes. A file is taken when it has not changed for some looks; one that cannot be read is told once and tried
 * again when it changes. What is in the project, or in its bin, stays as it is.
 * @returns What was taken, when stopped.
 * @throws AppError folder-missing when the folder is not there at the start and is not waited for.
 */
export async function watchFolder(store: Store, codec: Codec, dir: string, options: WatchOptions): Promise<ImportResult> {
  const { signal, waits = false, pollMs = 1000, polls = 2, tell = () => undefined } = options
  const root = await realpath(resolve(dir)).catch(() => resolve(dir))
  if (!waits && !(await stat(root).catch(() => undefined))?.isDirectory()) throw folderMissing(dir)
  const result = { added: 0, duplicates: 0, issues: [] as ImportIssue[] }
  const seen = new Map<string, Seen>()
  const told = new Set<string>()
  const note = (issue: ImportIssue) => {
    if (told.has(`${issue.code} ${issue.file}`)) return
    told.add(`${issue.code} ${issue.file}`)
    result.issues.push(issue)
    tell(issue)
  }
  const decoder = openDecoder(codec)
  const take = async (file: Found) => {
    const bytes = await readPicture(file)
    if (store.images.findBySha('photo', hashOf(bytes))) return 'duplicate'
    const tags = options.tags === 'folder' ? tagsByFolder(file.name) : options.tags
    return takePhoto(store, decoder, { name: file.name, group: topOf(file.name), tags, bytes })
  }
  while (!signal?.aborted) {
    const found = await listPictures(root).catch(() => null)
    if (found === null) note(say.folderAway(dir))
    else told.delete(`folder-missing ${dir}`)
    for (const { file, stamp } of found ?? []) {
      if (signal?.aborted) break
      if (!isComplete(seen, file.name, stamp, polls)) continue
      try {
        const taken = await take(file)
        if (taken === 'duplicate') result.duplicates++
        else if (store.transaction(taken.write)) result.added++
      } catch (error) {
        if (inUseCodes.includes((error as NodeJS.ErrnoException).code ?? '')) {
          seen.delete(file.name)
          continue
        }
        if (!(error instanceof IssueError)) throw error
        note(error.issue)
      }
      seen.get(file.name)!.settled = true
      await options.report?.({ step: 'watch', done: result.added, total: 0, unit: 'photos' })
    }
    forgetGone(seen, found)
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }
  return result
}

/** Whether a file has stayed the same for long enough and has not been dealt with. */
function isComplete(seen: Map<string, Seen>, name: string, stamp: string, polls: number): boolean {
  const known = seen.get(name)
  if (known?.stamp !== stamp) {
    seen.set(name, { stamp, still: 0, settled: false })
    return false
  }
  return !known.settled && ++known.still >= polls
}

/** A file that is gone may come again under the same name. */
function forgetGone(seen: Map<string, Seen>, found: readonly { file: Found }[] | null): void {
  if (found === null) return
  const there = new Set(found.map(({ file }) => file.name))
  for (const name of seen.keys()) if (!there.has(name)) seen.delete(name)
}

/** Pictures below a folder with size and time, oldest first. Links and hidden files are passed over. */
async function listPictures(root: string): Promise<{ file: Found; stamp: string }[]> {
  const found: { file: Found; stamp: string; mtimeMs: number }[] = []
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(root, path).split(sep).join('/')
    if (!entry.isFile() || !pictureKinds.includes(extname(name).toLowerCase()) || name.split('/').some((part) => part.startsWith('.'))) continue
    const info = await stat(path).catch(() => undefined)
    if (info && info.size > 0) found.push({ file: { name, path }, stamp: `${info.size} ${info.mtimeMs}`, mtimeMs: info.mtimeMs })
  }
  return found.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.file.name < b.file.name ? -1 : 1))
}
