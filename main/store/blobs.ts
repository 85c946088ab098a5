import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync,
} from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabelMap } from '../core/image/types.ts'
import { packArray, unpackArray } from './arrays.ts'
import type { StoredArray } from './arrays.ts'
import { blobDamaged, codeOf, explain } from './trouble.ts'

/** Files of a project, named by the SHA-256 of their bytes. */
export interface Blobs {
  /** Keeps bytes for good (written aside, flushed, renamed) and gives their hash. */
  put(bytes: Uint8Array): string
  /** The same without holding up this thread while the disk flushes: many at once cost hardly more than one. */
  keep(bytes: Uint8Array): Promise<string>
  /** @throws AppError project-damaged when the file is gone or its bytes are others. */
  get(sha: string): Uint8Array
  has(sha: string): boolean
  path(sha: string): string
  /** Deletes a blob that no row names. */
  remove(sha: string): void
  /** An array with its shape, packed. */
  putArray(data: StoredArray, shape: readonly number[]): string
  getArray(sha: string): { data: StoredArray; shape: number[] }
  /** A label map, packed. */
  putLabels(map: LabelMap): string
  /** The same as `keep` does it. */
  keepLabels(map: LabelMap): Promise<string>
  getLabels(sha: string): LabelMap
}

const dayMs = 86_400_000

export function openBlobs(dir: string): Blobs {
  const root = join(dir, 'blobs')
  const aside = join(root, 'unfinished')
  mkdirSync(aside, { recursive: true })
  removeLeftovers(aside)

  const path = (sha: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha)) throw new TypeError(`expected a SHA-256 in hex, got ${JSON.stringify(sha)}`)
    return join(root, sha.slice(0, 2), sha)
  }
  const put = (bytes: Uint8Array) => {
    const sha = hashOf(bytes)
    const target = path(sha)
    try {
      if (!touch(target, bytes.length)) write(bytes, target, join(root, sha.slice(0, 2)), aside)
    } catch (error) {
      throw explain(error, dir)
    }
    return sha
  }
  const keep = async (bytes: Uint8Array) => {
    const sha = hashOf(bytes)
    const target = path(sha)
    try {
      if (!touch(target, bytes.length)) await writeSoon(bytes, target, join(root, sha.slice(0, 2)), aside)
    } catch (error) {
      throw explain(error, dir)
    }
    return sha
  }
  const get = (sha: string) => {
    const file = path(sha)
    let bytes: Uint8Array
    try {
      bytes = readFileSync(file)
    } catch (error) {
      throw codeOf(error) === 'ENOENT' ? blobDamaged(file, 'is missing', error) : error
    }
    if (hashOf(bytes) !== sha) throw blobDamaged(file, 'is damaged')
    return bytes
  }
  const getArray = (sha: string) => unpackArray(get(sha))
  return {
    put, keep, get, path, getArray,
    has: (sha) => existsSync(path(sha)),
    remove: (sha) => rmSync(path(sha), { force: true }),
    putArray: (data, shape) => put(packArray(data, shape)),
    putLabels: (map) => put(packArray(map.data, [map.height, map.width])),
    keepLabels: (map) => keep(packArray(map.data, [map.height, map.width])),
    getLabels: (sha) => {
      const { data, shape } = getArray(sha)
      if (!(data instanceof Uint8Array) || shape.length !== 2) throw new TypeError(`expected a label map, got an array of shape [${shape}]`)
      return { width: shape[1], height: shape[0], data }
    },
  }
}

/** SHA-256 in hex. */
export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Renews the age of a finished blob, so that no collection takes it; false when it is not there whole. */
function touch(file: string, length: number): boolean {
  try {
    if (statSync(file).size !== length) return false
    utimesSync(file, new Date(), new Date())
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function write(bytes: Uint8Array, target: string, folder: string, aside: string): void {
  const temporary = join(aside, `${process.pid}-${randomBytes(8).toString('hex')}`)
  try {
    const file = openSync(temporary, 'wx')
    try {
      writeFileSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    mkdirSync(folder, { recursive: true })
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    // Windows refuses to replace a file that another process is reading: then it is there already.
    if (!touch(target, bytes.length)) throw error
  }
  flushFolder(folder)
}

/** The same with the waiting left to other threads. */
async function writeSoon(bytes: Uint8Array, target: string, folder: string, aside: string): Promise<void> {
  const temporary = join(aside, `${process.pid}-${randomBytes(8).toString('hex')}`)
  try {
    await writeFile(temporary, bytes, { flag: 'wx', flush: true })
    await mkdir(folder, { recursive: true })
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    if (!touch(target, bytes.length)) throw error
  }
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Makes a rename last; Windows has no such call and needs none. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function removeLeftovers(aside: string): void {
  for (const name of readdirSync(aside)) {
    const file = join(aside, name)
    const ageMs = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (!isAlive(Number(name.split('-')[0])) || ageMs > dayMs) rmSync(file, { force: true, recursive: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
