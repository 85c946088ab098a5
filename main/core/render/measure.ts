import type { Mesh } from './mesh.ts'

/** What a mesh measures, in its own unit. */
export interface MeshFacts {
  readonly triangles: number
  /** Sides of its box along x, y, z. */
  readonly size: readonly [number, number, number]
  /** Edges at which an odd number of triangles meet: none in a closed surface. */
  readonly openEdges: number
  /** Enclosed volume; means little where the surface is open. */
  readonly volume: number
}

/** A closed volume under this share of the cube over the mesh's diagonal is none, and a side of its box under this share of the longest. */
const flatShare = 1e-7

/**
 * Measures a mesh with joined corners, as `cleanMesh` gives it.
 *
 * Mirtich, JGT 1996 (volume by the divergence theorem).
 */
export function measureMesh(mesh: Mesh): MeshFacts {
  return { triangles: mesh.indices.length / 3, size: sizeOf(mesh), openEdges: countOpenEdges(mesh), volume: volumeOf(mesh) }
}

export const isWatertight = (facts: MeshFacts) => facts.openEdges === 0

/** Whether a mesh encloses nothing, as a sheet does. */
export function isFlat({ size, volume, openEdges }: MeshFacts): boolean {
  return Math.min(...size) <= flatShare * Math.max(...size) || (openEdges === 0 && volume <= flatShare * Math.hypot(...size) ** 3)
}

function sizeOf({ positions }: Mesh): [number, number, number] {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < positions.length; i++) {
    if (positions[i] < low[i % 3]) low[i % 3] = positions[i]
    if (positions[i] > high[i % 3]) high[i % 3] = positions[i]
  }
  return [high[0] - low[0], high[1] - low[1], high[2] - low[2]]
}

function countOpenEdges({ positions, indices }: Mesh): number {
  const corners = positions.length / 3
  const keys = new Float64Array(indices.length)
  for (let t = 0; t < indices.length; t += 3)
    for (let k = 0; k < 3; k++) {
      const a = indices[t + k], b = indices[t + ((k + 1) % 3)]
      keys[t + k] = a < b ? a * corners + b : b * corners + a
    }
  keys.sort()
  let open = 0
  for (let i = 0; i < keys.length;) {
    let j = i
    while (j < keys.length && keys[j] === keys[i]) j++
    open += (j - i) % 2
    i = j
  }
  return open
}

function volumeOf({ positions: p, indices }: Mesh): number {
  const x = p[0], y = p[1], z = p[2]
  let sum = 0
  for (let t = 0; t < indices.length; t += 3) {
    const a = 3 * indices[t], b = 3 * indices[t + 1], c = 3 * indices[t + 2]
    const ax = p[a] - x, ay = p[a + 1] - y, az = p[a + 2] - z
    const bx = p[b] - x, by = p[b + 1] - y, bz = p[b + 2] - z
    const cx = p[c] - x, cy = p[c + 1] - y, cz = p[c + 2] - z
    sum += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
  }
  return Math.abs(sum) / 6
}
