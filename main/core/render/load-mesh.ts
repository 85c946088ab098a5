import { guessUnit, kindOf, unitInHeader, unitInStep, type CadFormat, type CadUnit } from './file-kind.ts'
import { measureMesh, type MeshFacts } from './measure.ts'
import { cleanMesh, joinMeshes, type Mesh } from './mesh.ts'
import { parseGlb } from './parse-glb.ts'
import { parseObj } from './parse-obj.ts'
import { parseOcct, type NamedMesh } from './parse-occt.ts'
import { parsePly } from './parse-ply.ts'
import { parseStl } from './parse-stl.ts'

const parsers = { stl: parseStl, obj: parseObj, ply: parsePly, glb: (bytes: Uint8Array) => joinMeshes(parseGlb(bytes).map(({ mesh }) => mesh)) } as const

export type MeshFormat = keyof typeof parsers
export const meshFormats = Object.keys(parsers) as MeshFormat[]

/**
 * Reads a CAD mesh and joins its corners.
 *
 * @param bytes The file.
 * @returns Clean mesh in the file's unit.
 * @throws RangeError on a damaged file, coordinates that are not finite, no triangle, or no area.
 */
export function loadMesh(bytes: Uint8Array, format: MeshFormat): Mesh {
  return cleanMesh(parsers[format](bytes))
}

/** A CAD file as read: its solids in place, in one unit. */
export interface CadContent {
  readonly format: CadFormat
  readonly solids: readonly NamedMesh[]
  /** Unit of the coordinates, and who says so. */
  readonly unit: CadUnit
  readonly unitFrom: 'file' | 'guess'
  /** The unit it was drawn in where that is another one. */
  readonly drawnIn: string | null
  /** The axis that its format calls up. */
  readonly up: 'y' | 'z'
}

/**
 * Reads a CAD file of any kind.
 *
 * @param ending Of the file's name, without the dot.
 * @throws RangeError saying what is wrong with the file.
 */
export async function loadCad(bytes: Uint8Array, ending: string): Promise<CadContent> {
  const format = kindOf(bytes, ending)
  switch (format) {
    case 'step':
    case 'iges': {
      const drawnIn = format === 'step' ? unitInStep(bytes) : null
      return { format, solids: await parseOcct(bytes, format), unit: 'mm', unitFrom: 'file', drawnIn: drawnIn === 'mm' ? null : drawnIn, up: 'z' }
    }
    case 'glb': return { format, solids: parseGlb(bytes), unit: 'm', unitFrom: 'file', drawnIn: null, up: 'y' }
    default: {
      const solids = [{ name: '', mesh: loadMesh(bytes, format) }]
      const named = unitInHeader(bytes)
      const unit = named ?? guessUnit(Math.max(...measureMesh(solids[0].mesh).size))
      return { format, solids, unit, unitFrom: named ? 'file' : 'guess', drawnIn: null, up: 'z' }
    }
  }
}

/** A part of a file: what is rendered as one workpiece. */
export interface CadPart {
  /** Empty where the file does not say. */
  readonly name: string
  /** How often the file holds it. */
  readonly count: number
  readonly mesh: Mesh
  /** In the file's unit. */
  readonly facts: MeshFacts
}

/**
 * The whole file as one part, or each of its different solids.
 *
 * @throws RangeError if nothing of it has an area, or a coordinate is not finite.
 */
export function partsOf({ solids }: CadContent, parts: 'one' | 'each'): CadPart[] {
  if (parts === 'one' || solids.length === 1) {
    const mesh = cleanMesh(joinMeshes(solids.map((solid) => solid.mesh)))
    return [{ name: solids.length === 1 ? solids[0].name : '', count: 1, mesh, facts: measureMesh(mesh) }]
  }
  const found: { name: string; count: number; mesh: Mesh; facts: MeshFacts }[] = []
  for (const { name, mesh: raw } of solids) {
    if (!hasArea(raw)) continue
    const mesh = cleanMesh(raw)
    const facts = measureMesh(mesh)
    const same = found.find((other) => other.name === name && isSame(other.facts, facts))
    if (same) same.count++
    else found.push({ name, count: 1, mesh, facts })
  }
  if (found.length === 0) throw new RangeError('none of its parts has a surface')
  return found
}

/** Copies of one part differ by their place alone. */
function isSame(a: MeshFacts, b: MeshFacts): boolean {
  return a.triangles === b.triangles && Math.abs(a.volume - b.volume) <= 1e-3 * Math.max(a.volume, b.volume)
}

function hasArea(mesh: Mesh): boolean {
  return mesh.indices.length > 0 && measureMesh(mesh).size.filter((side) => side > 0).length > 1
}

