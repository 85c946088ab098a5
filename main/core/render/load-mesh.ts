import { cleanMesh, type Mesh } from './mesh.ts'
import { parseGlb } from './parse-glb.ts'
import { parseObj } from './parse-obj.ts'
import { parsePly } from './parse-ply.ts'
import { parseStl } from './parse-stl.ts'

const parsers = { stl: parseStl, obj: parseObj, ply: parsePly, glb: parseGlb } as const

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
