import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportIssue } from '../../preload/contract/model.ts'
import { loadMesh, meshFormats, type MeshFormat } from '../core/render/load-mesh.ts'
import { preparePart, type Part } from '../core/render/render.ts'

/** Millimetres in one of each. */
const millimetres = { mm: 1, cm: 10, m: 1000, inch: 25.4 } as const
export type CadUnit = keyof typeof millimetres

const maxBytes = 512 * 1024 * 1024
const maxTriangles = 4_000_000

/**
 * The bytes of a CAD file.
 *
 * @throws AppError mesh-unreadable when it is gone, mesh-too-large.
 */
export async function readCad(file: string): Promise<Uint8Array> {
  const size = await stat(file).then((info) => info.size).catch(() => undefined)
  if (size === undefined) throw unreadable(file, 'there is no such file')
  if (size > maxBytes) throw tooLarge(file, `${Math.round(size / 1e6)} MB`)
  return readFile(file)
}

/**
 * The part in a CAD file, whose ending names its kind, ready to be rendered.
 *
 * @throws AppError mesh-unreadable or mesh-too-large.
 */
export function prepareCad(file: string, bytes: Uint8Array): Part {
  const format = extname(file).slice(1).toLowerCase()
  if (!meshFormats.includes(format as MeshFormat)) throw unreadable(file, `its kind (${format || 'none'}) is not read`)
  try {
    const mesh = loadMesh(bytes, format as MeshFormat)
    if (mesh.indices.length / 3 > maxTriangles) throw tooLarge(file, `${mesh.indices.length / 3} triangles`)
    return preparePart(mesh)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(file, error.message, error)
    throw error
  }
}

/** What to tell when a part of this unit would be smaller than half a millimetre or larger than 20 metres. */
export function sizeIssues(file: string, { extent }: Part, unit: CadUnit): ImportIssue[] {
  const across = 2 * extent.radius * millimetres[unit]
  if (across >= 0.5 && across <= 20_000) return []
  return [{
    code: 'invalid-input', file: basename(file),
    message: `${basename(file)} would be ${Number(across.toPrecision(2))} mm across if its unit were ${unit}.`,
    advice: 'Its renders are in and good; choose the right unit next time.',
  }]
}

const unreadable = (file: string, why: string, cause?: unknown) => new AppError({
  code: 'mesh-unreadable', subject: file,
  message: `${basename(file)} cannot be rendered: ${why}.`,
  advice: `Save the part anew from your CAD system as ${meshFormats.map((format) => format.toUpperCase()).join(', ')}.`,
}, { cause })

const tooLarge = (file: string, size: string) => new AppError({
  code: 'mesh-too-large', subject: file,
  message: `${basename(file)} is too large to render (${size}).`,
  advice: 'Save it with a coarser mesh: 100,000 triangles are plenty.',
})
