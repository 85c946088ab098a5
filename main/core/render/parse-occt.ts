import openOcct, { type OcctMesh, type OcctNode } from 'occt-import-js'
import type { Mesh } from './mesh.ts'

/** A solid of a file under the name that its author gave it; empty where there is none. */
export interface NamedMesh {
  readonly name: string
  readonly mesh: Mesh
}

/** Chords stray from a curve by at most this share of the part's size and turn by at most these radians. */
const fineness = { linearDeflectionType: 'bounding_box_ratio', linearDeflection: 0.001, angularDeflection: 0.35 } as const
const ends = { step: /END-ISO-10303-21\s*;/, iges: /T\s{0,7}1\s*$/ } as const

/**
 * Reads the solids of a STEP or IGES file with OpenCascade, every one in its place, in millimetres.
 *
 * ISO 10303-21 (STEP), ANSI US PRO/IPO-100-1996 (IGES).
 *
 * @throws RangeError on a file that is cut short, damaged or holds no surface.
 */
export async function parseOcct(bytes: Uint8Array, format: 'step' | 'iges'): Promise<NamedMesh[]> {
  const tail = new TextDecoder('latin1').decode(bytes.subarray(-4096))
  if (!ends[format].test(tail)) throw new RangeError(`the ${format.toUpperCase()} file is cut short: its end is missing`)
  const said: string[] = []
  const keep = (line: string) => void said.push(line)
  const occt = await openOcct({ print: keep, printErr: keep })
  const read = format === 'step' ? occt.ReadStepFile : occt.ReadIgesFile
  const { success, root, meshes } = read(bytes, { linearUnit: 'millimeter', ...fineness })
  if (!success || !root || !meshes) throw new RangeError(`the ${format.toUpperCase()} file is damaged${reasonIn(said)}`)
  const found = collect(root, meshes).filter(({ mesh }) => mesh.indices.length > 0)
  if (found.length === 0) throw new RangeError(`the ${format.toUpperCase()} file holds no surface of its own; an assembly must be saved with its parts in one file`)
  return found
}

/** What OpenCascade said was wrong, such as " (Line 691: Incorrect syntax)". */
function reasonIn(said: readonly string[]): string {
  const line = said.map((text) => /(Line \d+: .*?)[\s*]*$/.exec(text)?.[1]).find(Boolean)
  return line ? ` (${line})` : ''
}

function collect(node: OcctNode, meshes: readonly OcctMesh[], above = ''): NamedMesh[] {
  const name = node.name || above
  const own = node.meshes.map((i) => ({ name: meshes[i].name || name, mesh: meshOf(meshes[i]) }))
  return [...own, ...node.children.flatMap((child) => collect(child, meshes, name))]
}

const meshOf = ({ attributes, index }: OcctMesh): Mesh =>
  ({ positions: Float32Array.from(attributes.position.array), indices: Uint32Array.from(index.array) })
