import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../preload/contract/error.ts'
import type { ErrorCode } from '../../preload/contract/error.ts'
import { Text } from '../../preload/contract/model.ts'

/** A list of JSON beside pictures: what it says of a file, and which of its lines were never asked for. */
export interface FileList<T> {
  readonly path: string
  of(name: string): T | undefined
  unused(): string[]
}

const Tags = z.record(z.string(), z.array(Text))
const Groups = z.record(z.string(), Text)
const Classes = z.record(z.string().regex(/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/), Text)

/**
 * Reads {"path/photo.jpg": ["workpiece", ...]}. Paths count from the imported folder or from the folder of the list.
 * @throws AppError tags-unreadable.
 */
export async function readTags(path: string, dir: string): Promise<FileList<string[]>> {
  return fileList(path, dir, await readJson(path, Tags, 'tags-unreadable', '{"folder/photo.jpg": ["workpiece", ...], ...}'))
}

/**
 * Reads {"path/photo.jpg": "group"}.
 * @throws AppError tags-unreadable.
 */
export async function readGroups(path: string, dir: string): Promise<FileList<string>> {
  return fileList(path, dir, await readJson(path, Groups, 'tags-unreadable', '{"folder/photo.jpg": "group", ...}'))
}

/**
 * Reads {"1": "workpiece", ...}: class index of masks to name.
 * @throws AppError classes-unreadable.
 */
export async function readClasses(path: string): Promise<Map<number, string>> {
  const names = await readJson(path, Classes, 'classes-unreadable', '{"1": "workpiece", ...} with indices 0 to 255')
  return new Map(Object.entries(names).map(([index, name]) => [Number(index), name]))
}

/** The first of these files that is there. */
export const firstOf = (...paths: string[]): string | undefined => paths.find((path) => existsSync(path))

async function readJson<T>(path: string, schema: z.ZodType<T>, code: ErrorCode, form: string): Promise<T> {
  try {
    return schema.parse(JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, '')))
  } catch (error) {
    throw new AppError({
      code,
      message: `${path} cannot be read: ${why(error)}.`,
      advice: `Write it as JSON of the form ${form}.`,
      subject: path,
    }, { cause: error })
  }
}

function why(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message
  const { path, message } = error.issues[0]
  return path.length > 0 ? `at ${path.map(String).join(' > ')}: ${message}` : message
}

function fileList<T>(path: string, dir: string, values: Record<string, T>): FileList<T> {
  const clean = (key: string) => key.replaceAll('\\', '/').replace(/^\.\//, '')
  const byKey = new Map(Object.entries(values).map(([key, value]) => [clean(key), value]))
  const unused = new Set(byKey.keys())
  const fromList = relative(dirname(resolve(path)), resolve(dir)).split(sep).join('/')
  const folder = basename(resolve(dir))
  return {
    path,
    of: (name) => {
      const key = [name, join(fromList, name).split(sep).join('/'), `${folder}/${name}`].find((candidate) => byKey.has(candidate))
      if (key === undefined) return undefined
      unused.delete(key)
      return byKey.get(key)
    },
    unused: () => [...unused],
  }
}
