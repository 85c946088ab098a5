import { mkdirSync, statSync } from 'node:fs'
import { readFile, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError, toErrorData } from '../../preload/contract/error.ts'
import { readPicture } from './files.ts'
import type { Line } from './line.ts'

export interface WatchOptions {
  readonly dir: string
  readonly out: string
  readonly line: Line
  readonly say: (line: string) => void
  /** Ends the watch once the file at work is written. */
  readonly signal: AbortSignal
  /** Between two looks; a file whose size and time are the same at both is whole. */
  readonly everyMs?: number
}

/** A file as it was seen: what is whole, done or unreadable holds for this state of it alone. */
const Seen = z.object({ name: z.string(), size: z.number(), mtimeMs: z.number() })
type Seen = z.output<typeof Seen>

const pictures = new Set(['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.gif'])
const stateOf = ({ size, mtimeMs }: Seen) => `${size} ${mtimeMs}`

/** Checks the folders of a watch. Throws AppError `folder-missing`; `invalid-input` where both are the same. */
export function checkFolders({ dir, out }: { dir: string; out: string }): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw new AppError({ code: 'folder-missing', subject: dir, message: `There is no folder ${dir}.`, advice: 'Make it, or check the path after --watch.' })
  if (resolve(dir) === resolve(out))
    throw new AppError({ code: 'invalid-input', subject: out, message: 'Masks cannot go into the folder that is watched.', advice: 'Choose another folder with --out.' })
  mkdirSync(out, { recursive: true })
}

/**
 * Hot folder: each whole picture of `dir` -> NAME_mask.png and NAME.json in `out`, the JSON last; a file that cannot be read -> NAME.json with its trouble.
 *
 * What has its JSON is not done again, also by a later start, unless the file has changed. Where two files differ in their ending alone, the later one's
 * results bear its full name.
 */
export async function watchFolder({ dir, out, line, say, signal, everyMs = 500 }: WatchOptions): Promise<void> {
  const before = new Map<string, string>()
  const done = new Map<string, string>()
  const tell = once(say)
  let wasLost = false
  while (!signal.aborted) {
    const files = await filesOf(dir).catch(() => null)
    const isLost = files === null
    if (isLost !== wasLost) say(isLost ? `${dir} cannot be read; waiting for it.` : `${dir} is back.`)
    wasLost = isLost
    for (const file of files ?? []) {
      if (signal.aborted) return
      const isWhole = before.get(file.name) === stateOf(file)
      before.set(file.name, stateOf(file))
      if (!isWhole || done.get(file.name) === stateOf(file)) continue
      const isThrough = await doFile(file, { dir, out, line, say }).catch((error: unknown) => {
        tell(`The results of ${file.name} cannot be written: ${toErrorData(error).message} Trying again.`)
        return false
      })
      if (isThrough) done.set(file.name, stateOf(file))
    }
    forget(files, [before, done])
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Says a line where it is not the last one again. */
function once(say: (line: string) => void): (line: string) => void {
  let last = ''
  return (line) => {
    if (line !== last) say(line)
    last = line
  }
}

/** Files that are gone leave no trace behind. */
function forget(files: readonly Seen[] | null, maps: readonly Map<string, string>[]): void {
  if (!files) return
  const names = new Set(files.map(({ name }) => name))
  for (const map of maps) for (const name of map.keys()) if (!names.has(name)) map.delete(name)
}

async function filesOf(dir: string): Promise<Seen[]> {
  const names = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && pictures.has(extname(entry.name).toLowerCase())).map(({ name }) => name).sort()
  return (await Promise.all(names.map((name) => seen(dir, name)))).filter((file) => file !== null)
}

/** null where the file has gone. */
async function seen(dir: string, name: string): Promise<Seen | null> {
  const info = await stat(join(dir, name)).catch(() => null)
  return info && { name, size: info.size, mtimeMs: info.mtimeMs }
}

/** Whether the file is through; false where it changed or went away meanwhile, and is to be looked at again. Throws what writing throws. */
async function doFile(file: Seen, { dir, out, line, say }: Pick<WatchOptions, 'dir' | 'out' | 'line' | 'say'>): Promise<boolean> {
  const { target, isDone } = await targetOf(file, out)
  if (isDone) return true
  const answer = await line.handle({ read: () => readPicture(join(dir, file.name)), name: file.name, source: 'watch', mask: true }).catch(toErrorData)
  const now = await seen(dir, file.name)
  if (!now || stateOf(now) !== stateOf(file)) return false
  if ('code' in answer) {
    const { code, message, advice } = answer
    say(`${file.name}: ${message} ${advice}`)
    await write(`${target}.json`, JSON.stringify({ file, code, message, advice }))
    return true
  }
  await write(`${target}_mask.png`, answer.mask!)
  await write(`${target}.json`, JSON.stringify({ file, ...answer.result }))
  return true
}

/** Where the results of a file go, and whether they are there. */
async function targetOf(file: Seen, out: string): Promise<{ target: string; isDone: boolean }> {
  const short = join(out, file.name.slice(0, -extname(file.name).length))
  const known = await fileOf(`${short}.json`)
  if (!known || known.name === file.name) return { target: short, isDone: known !== null && stateOf(known) === stateOf(file) }
  const full = join(out, file.name)
  const own = await fileOf(`${full}.json`)
  return { target: full, isDone: own !== null && stateOf(own) === stateOf(file) }
}

/** The file that a result speaks of, or null where there is no result. */
async function fileOf(json: string): Promise<Seen | null> {
  try {
    return Seen.parse((JSON.parse(await readFile(json, 'utf8')) as { file?: unknown }).file)
  } catch {
    return null
  }
}

/** Whole or not at all. */
async function write(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, content)
  await rename(`${path}.part`, path)
}
