import { parentPort, workerData } from 'node:worker_threads'
import type { CadReading } from '../../preload/contract/render-set.ts'
import type { RgbImage } from '../core/image/types.ts'
import { random } from '../core/random.ts'
import { loadCad, partsOf, type CadContent, type CadPart } from '../core/render/load-mesh.ts'
import type { MeshFacts } from '../core/render/measure.ts'
import type { Mesh } from '../core/render/mesh.ts'
import { preparePart, renderPart, type Part } from '../core/render/render.ts'
import { simplify } from '../core/render/simplify.ts'
import { axes } from './axes.ts'

/** Thread entry: reads one CAD file, so that neither its size nor a fault of the reader holds up anything else. */

export interface CadJob {
  readonly bytes: Uint8Array
  /** Of the file's name, without the dot. */
  readonly ending: string
  readonly parts: 'one' | 'each'
  /** What is wanted of each part: what it measures, that and a picture to look at, or all that rendering needs. */
  readonly want: 'facts' | 'look' | 'part'
  /** Axis that is up in the picture; without, the one its format says. */
  readonly up?: CadReading['up']
}

export type CadAnswer = Omit<CadContent, 'solids'> & {
  readonly solids: number
  /** All solids together. */
  readonly whole: MeshFacts
  readonly parts: readonly { name: string; count: number; facts: MeshFacts; part?: Part; look?: CadLook }[]
}
/** Why the file was not taken. */
export interface CadRefusal {
  readonly refused: string
}
/** A mesh of few triangles to turn, and a still picture. */
export interface CadLook {
  readonly mesh: Mesh
  readonly still: RgbImage
}

/** Triangles to look at, shared by all parts. */
const lookTriangles = 60_000
const still = { width: 320, height: 240, look: 'plain', pose: 'upper', fill: [0.8, 0.8], shift: 0, background: [236, 238, 240] } as const

function look({ mesh }: CadPart, up: NonNullable<CadReading['up']>, triangles: number): CadLook {
  const part = preparePart(mesh, { up: axes[up] })
  return { mesh: simplify(mesh, triangles), still: renderPart(part, still, random(1, 'still')).image }
}

const { bytes, ending, parts, want, up } = workerData as CadJob
try {
  const content = await loadCad(bytes, ending)
  const found = partsOf(content, parts)
  const answer: CadAnswer = {
    ...content,
    solids: content.solids.length,
    whole: found.length > 1 ? partsOf(content, 'one')[0].facts : found[0].facts,
    parts: found.map((part) => ({
      name: part.name, count: part.count, facts: part.facts,
      ...(want === 'part' ? { part: preparePart(part.mesh) } : want === 'look' ? { look: look(part, up ?? content.up, Math.max(500, lookTriangles / found.length)) } : {}),
    })),
  }
  parentPort!.postMessage(answer)
} catch (error) {
  if (!(error instanceof RangeError)) throw error
  parentPort!.postMessage({ refused: error.message } satisfies CadRefusal)
}
