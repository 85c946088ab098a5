import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportIssue } from '../../preload/contract/model.ts'
import type { CadReading } from '../../preload/contract/render-set.ts'
import { cadFormats, millimetres, type CadUnit } from '../core/render/file-kind.ts'
import { isFlat, type MeshFacts } from '../core/render/measure.ts'
import { endThread, startThread } from '../core/threads.ts'
import { axes } from './axes.ts'
import type { CadAnswer, CadJob, CadRefusal } from './cad-worker.ts'
import { entryUrl } from './pool.ts'

const maxBytes = 200e6
const maxTriangles = 4_000_000
/** No file of that size takes a reader longer. */
const limitSeconds = 600

/**
 * The bytes of a CAD file.
 *
 * @throws AppError mesh-unreadable when it is gone, mesh-too-large.
 */
export async function readCad(file: string): Promise<Uint8Array> {
  const info = await stat(file).catch(() => undefined)
  if (!info) throw unreadable(file, 'there is no such file')
  if (!info.isFile()) throw unreadable(file, 'it is a folder')
  if (info.size > maxBytes) throw tooLarge(file, `${Math.round(info.size / 1e6)} MB; 200 MB are read`)
  return readFile(file).catch((cause: unknown) => { throw unreadable(file, (cause as Error).message, cause) })
}

export interface ReadOptions {
  readonly signal?: AbortSignal
  /** Time the reader has; 600 s where none is given. */
  readonly limitSeconds?: number
}

/**
 * What a CAD file holds, read on a thread of its own.
 *
 * @throws AppError mesh-unreadable or mesh-too-large; an AbortError when stopped.
 */
export async function openCad(file: string, bytes: Uint8Array, job: Pick<CadJob, 'parts' | 'want' | 'up'>, options: ReadOptions = {}): Promise<CadAnswer> {
  const { signal, limitSeconds: seconds = limitSeconds } = options
  signal?.throwIfAborted()
  const workerData: CadJob = { bytes, ending: extname(file).slice(1), ...job }
  const worker = startThread(entryUrl('cad-worker'), { workerData })
  const { promise, resolve, reject } = Promise.withResolvers<CadAnswer>()
  const timer = setTimeout(() => reject(unreadable(file, `reading it took longer than ${seconds} seconds`)), 1000 * seconds)
  const onAbort = () => reject(signal!.reason as Error)
  signal?.addEventListener('abort', onAbort)
  worker.once('message', (reply: CadAnswer | CadRefusal) => ('refused' in reply ? reject(unreadable(file, reply.refused)) : resolve(reply)))
  worker.once('error', (cause) => reject(unreadable(file, `its reader broke down (${(cause as Error).message.split('\n')[0]})`, cause)))
  worker.once('exit', (code) => reject(unreadable(file, `its reader ended with code ${code}`)))
  try {
    return checked(file, await promise)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    await endThread(worker)
  }
}

function checked(file: string, answer: CadAnswer): CadAnswer {
  const triangles = answer.parts.reduce((sum, { facts }) => sum + facts.triangles, 0)
  if (triangles > maxTriangles) throw tooLarge(file, `${triangles} triangles`)
  return answer
}

/** The unit, its size and what is up, as asked or else as the file says or suggests. */
export function readingOf(cad: Pick<CadAnswer, 'unit' | 'up'>, { unit = cad.unit, up = cad.up, scale = 1 }: CadReading) {
  return { unit, millimetres: millimetres[unit] * scale, up: axes[up] }
}

/** Tells that a unit that matters is only a guess. */
export function unitIssue(file: string, { size }: MeshFacts, unit: CadUnit): ImportIssue {
  return {
    code: 'invalid-input', file: basename(file),
    message: `${basename(file)} does not say its unit; it was taken as ${unit}: ${size.map((side) => Number((side * millimetres[unit]).toPrecision(3))).join(' x ')} mm.`,
    advice: 'Give the unit if that is wrong: the distance of the camera counts on it.',
  }
}

/** What to tell of a part that can be rendered but may not be what was meant. */
export function cadIssues(file: string, name: string, facts: MeshFacts, unit: CadUnit, scale = 1): ImportIssue[] {
  const issue = (code: ImportIssue['code'], message: string, advice: string): ImportIssue => ({ code, file: basename(file), message, advice })
  const what = name ? `${name} in ${basename(file)}` : basename(file)
  const across = Math.hypot(...facts.size) * millimetres[unit] * scale
  const issues: ImportIssue[] = []
  if (isFlat(facts)) issues.push(issue('mesh-flat', `${what} has no volume: it is a sheet.`, 'Its renders show the sheet; save the part as a solid if it is one.'))
  else if (facts.openEdges > 0)
    issues.push(issue('mesh-open', `${what} is open: its surface has ${facts.openEdges} edges with nothing beside them.`, 'Its renders may show its inside; close the surface in your CAD system if it should be closed.'))
  if (across < 0.5 || across > 20_000)
    issues.push(issue('invalid-input', `${what} would be ${Number(across.toPrecision(2))} mm across if its unit were ${unit}.`, 'Its renders are in and good; choose the right unit next time.'))
  return issues
}

const unreadable = (file: string, why: string, cause?: unknown) => new AppError({
  code: 'mesh-unreadable', subject: file,
  message: `${basename(file)} cannot be rendered: ${why}.`,
  advice: `Save the part anew from your CAD system as ${cadFormats.map((format) => format.toUpperCase()).join(', ')}.`,
}, { cause })

const tooLarge = (file: string, size: string) => new AppError({
  code: 'mesh-too-large', subject: file,
  message: `${basename(file)} is too large to render (${size}).`,
  advice: 'Save it with a coarser mesh: 100,000 triangles are plenty.',
})
