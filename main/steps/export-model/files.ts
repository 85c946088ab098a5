import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../../preload/contract/error.ts'
import { sha256 } from './card.ts'

export const sumsFile = 'SHA256SUMS'
export const cardFile = 'model-card.json'

/**
 * Writes a folder whole or not at all: beside its place, then renamed. An earlier export makes room once the new one is whole.
 *
 * @param write Writes into the folder it is given.
 * @throws AppError `already-exists` where the place holds anything but an earlier export.
 */
export async function writeFolder<T>(dir: string, write: (dir: string) => Promise<T>): Promise<T> {
  const target = resolve(dir)
  requireFree(target)
  const aside = join(dirname(target), `.${basename(target)}.unfinished-${process.pid}`)
  rmSync(aside, { recursive: true, force: true })
  try {
    mkdirSync(aside, { recursive: true })
    const result = await write(aside)
    const old = `${aside}-old`
    if (statSync(target, { throwIfNoEntry: false })) renameSync(target, old)
    renameSync(aside, target)
    rmSync(old, { recursive: true, force: true })
    return result
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** Refuses a place that holds what no export wrote. */
export function requireFree(dir: string): void {
  const found = statSync(dir, { throwIfNoEntry: false })
  if (!found || (found.isDirectory() && (readdirSync(dir).length === 0 || isExport(dir)))) return
  throw new AppError({
    code: 'already-exists', subject: dir,
    message: `${dir} holds other things than an earlier export.`,
    advice: 'Name a new or empty folder for the model.',
  })
}

function isExport(dir: string): boolean {
  try {
    const { format } = JSON.parse(readFileSync(join(dir, cardFile), 'utf8')) as { format?: unknown }
    return typeof format === 'string' && format.startsWith('maskwright-model-')
  } catch {
    return false
  }
}

/** Writes files by their path below a folder, and the sums of all of them as `sha256sum -c` reads them. */
export function writeFiles(dir: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  const sums = Object.entries(files).map(([name, content]) => `${sha256(content)}  ${name}\n`)
  writeFileSync(join(dir, sumsFile), sums.join(''))
}
