import type { Dirent } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportIssue, ImportResult, Progress } from '../../preload/contract/model.ts'
import type { Codec } from '../core/image/codec.ts'
import type { Store } from '../store/index.ts'
import { openDecoder, type Decoder } from './import-decoder.ts'
import { IssueError, issues as say } from './import-issues.ts'

export interface ImportOptions {
  readonly signal?: AbortSignal
  readonly report?: (progress: Omit<Progress, 'runId'>) => Promise<void> | void
}

/** A file below the imported folder. */
export interface Found {
  /** Path below the folder, with forward slashes. */
  readonly name: string
  readonly path: string
}

/** Endings of the picture files that are read. */
export const pictureKinds = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.gif']
const otherPictureKinds = ['.bmp', '.heic', '.heif', '.avif', '.exr', '.dng', '.cr2', '.cr3', '.nef', '.arw', '.psd']
const maxFiles = 200_000
const maxBytes = 512 * 1024 * 1024
/** Files whose rows are written together. */
const batchFiles = 32

/**
 * The pictures below a folder, in order of name. Hidden files, Thumbs.db and what is no picture are passed over; links are followed
 * to files inside the folder only.
 * @throws AppError folder-missing or folder-empty.
 */
export async function findPictures(dir: string): Promise<{ pictures: Found[]; issues: ImportIssue[] }> {
  const root = await realpath(resolve(dir)).catch(() => undefined)
  if (root === undefined || !(await stat(root)).isDirectory()) throw folderMissing(dir)
  const issues: ImportIssue[] = []
  const pictures: Found[] = []
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(root, path).split(sep).join('/')
    if (name.split('/').some((part) => part.startsWith('.'))) continue
    const kind = extname(entry.name).toLowerCase()
    if (otherPictureKinds.includes(kind)) issues.push(say.otherKind(name, kind))
    if (!pictureKinds.includes(kind) || entry.isDirectory()) continue
    if (await leadsOut(entry, path, root)) issues.push(say.link(name))
    else pictures.push({ name, path })
    if (pictures.length > maxFiles) throw tooMany(dir)
  }
  if (pictures.length + issues.length === 0) throw folderEmpty(dir)
  return { pictures: pictures.sort((a, b) => (a.name < b.name ? -1 : 1)), issues }
}

/** Whether a link leaves the folder or leads to nothing. */
async function leadsOut(entry: Dirent, path: string, root: string): Promise<boolean> {
  if (entry.isFile()) return false
  const target = await realpath(path).catch(() => undefined)
  return target === undefined || !target.startsWith(root + sep) || !(await stat(target)).isFile()
}

/** Reads a file. Throws IssueError when it is gone, empty or larger than 512 MB. */
export async function readPicture({ name, path }: Found): Promise<Uint8Array> {
  const info = await stat(path).catch(() => undefined)
  if (!info) throw new IssueError(say.gone(name))
  if (info.size > maxBytes) throw new IssueError(say.tooLarge(name, `${Math.round(info.size / 1e6)} MB`))
  const bytes = await readFile(path)
  if (bytes.length === 0) throw new IssueError(say.unreadable(name, 'it is empty'))
  return bytes
}

/** Top folder of a name, or ''. */
export const topOf = (name: string) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : '')

/** What became of one file: rows still to write, or nothing because it is in already. */
export type Taken = { readonly write: () => boolean } | 'duplicate'

/** Where an import writes, and the decoder of this process. */
export interface Target {
  readonly store: Store
  readonly codec: Codec
}

/**
 * Takes files, several at a time: `take` reads and checks one and keeps its blobs, the rows it asks for are written in the order of the
 * files, a batch at a time. A file that throws an IssueError is noted and the rest goes on; what was read before a stop is written.
 */
export async function takeAll<F>(
  { store, codec }: Target, files: readonly F[], options: ImportOptions, take: (file: F, decoder: Decoder) => Promise<Taken>,
): Promise<ImportResult> {
  const result = { added: 0, duplicates: 0, issues: [] as ImportIssue[] }
  let waiting: (() => boolean)[] = []
  const flush = () => {
    const batch = waiting
    waiting = []
    const added: boolean[] = []
    store.transaction(() => added.push(...batch.map((write) => write())))
    result.added += added.filter(Boolean).length
    result.duplicates += added.filter((is) => !is).length
  }
  const note = (error: unknown) => {
    if (!(error instanceof IssueError)) throw error
    result.issues.push(error.issue)
  }
  const decoder = openDecoder(codec, files.length)
  const underWay: Promise<Taken>[] = []
  const start = (file: F) => {
    const taking = take(file, decoder)
    // A fault is met when its turn comes, not while others are waited for.
    taking.catch(() => undefined)
    underWay.push(taking)
  }
  try {
    for (let next = 0, done = 0; done < files.length; done++) {
      options.signal?.throwIfAborted()
      while (next < files.length && underWay.length < decoder.lanes) start(files[next++])
      const taken = await underWay.shift()!.catch(note)
      if (taken === 'duplicate') result.duplicates++
      else if (taken) waiting.push(taken.write)
      if (waiting.length >= batchFiles) flush()
      await options.report?.({ step: 'import', done: done + 1, total: files.length, unit: 'files' })
    }
  } finally {
    await Promise.allSettled(underWay)
    flush()
    await decoder.close()
  }
  return result
}

export const folderMissing = (dir: string) => new AppError({
  code: 'folder-missing',
  message: `There is no folder ${dir}.`,
  advice: 'Check the path and that the disk is there.',
  subject: dir,
})

const folderEmpty = (dir: string) => new AppError({
  code: 'folder-empty',
  message: `There is no picture in ${dir}.`,
  advice: `Choose a folder that holds pictures (${pictureKinds.join(' ')}).`,
  subject: dir,
})

const tooMany = (dir: string) => new AppError({
  code: 'invalid-input',
  message: `There are more than ${maxFiles} pictures in ${dir}.`,
  advice: 'Import its folders one by one, or choose the right folder.',
  subject: dir,
})
