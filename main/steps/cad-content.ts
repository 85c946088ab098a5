import type { CadContent } from '../../preload/contract/project-data.ts'
import type { CadReading } from '../../preload/contract/render-set.ts'
import type { Codec } from '../core/image/codec.ts'
import { cadIssues, openCad, readCad, readingOf } from './cad-file.ts'

/** Parts of a file that are shown, at most. */
const mostParts = 64

/**
 * What a CAD file holds, measured in millimetres, with a mesh to turn and a still picture of each part.
 *
 * @throws AppError mesh-unreadable or mesh-too-large; an AbortError when stopped.
 */
export async function cadContent(codec: Codec, file: string, reading: CadReading, signal?: AbortSignal): Promise<CadContent> {
  const cad = await openCad(file, await readCad(file), { parts: reading.parts ?? 'one', want: 'look', up: reading.up }, { signal })
  const { unit, millimetres } = readingOf(cad, reading)
  const shown = cad.parts.slice(0, mostParts)
  return {
    format: cad.format, unit, unitFrom: reading.unit ? 'asked' : cad.unitFrom, up: reading.up ?? cad.up, solids: cad.solids,
    parts: shown.map(({ name, count, facts, look }) => ({
      name, count, triangles: facts.triangles, openEdges: facts.openEdges, volume: facts.volume * millimetres ** 3,
      size: facts.size.map((side) => side * millimetres) as [number, number, number],
      positions: base64(look!.mesh.positions), indices: base64(look!.mesh.indices),
      still: `data:image/jpeg;base64,${Buffer.from(codec.encodeJpeg(look!.still, 85)).toString('base64')}`,
    })),
    issues: shown.flatMap(({ name, facts }) => cadIssues(file, name, facts, unit, reading.scale)),
  }
}

const base64 = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array) => Buffer.from(buffer, byteOffset, byteLength).toString('base64')
