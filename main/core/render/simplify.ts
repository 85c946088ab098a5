import { meshExtent, type Mesh } from './mesh.ts'

/**
 * A mesh of fewer triangles for a quick look: corners that share a cell of a grid become one, until it is small enough.
 *
 * Rossignac and Borrel, Multi-resolution 3D approximations, 1993.
 */
export function simplify(mesh: Mesh, maxTriangles: number): Mesh {
  let small = mesh
  for (let cells = 256; small.indices.length / 3 > maxTriangles; cells = Math.floor(cells * 0.75)) small = cluster(mesh, cells)
  return small
}

function cluster(mesh: Mesh, cells: number): Mesh {
  const { centre, radius } = meshExtent(mesh)
  const p = mesh.positions
  const cellAt = (i: number, k: number) => Math.floor(((p[i + k] - centre[k]) / radius + 1) * 0.5 * (cells - 1e-6))
  const numbers = new Map<number, number>()
  const ids = new Uint32Array(p.length / 3)
  const corners: number[] = []
  for (let i = 0; i < p.length; i += 3) {
    const cell = (cellAt(i, 0) * cells + cellAt(i, 1)) * cells + cellAt(i, 2)
    const known = numbers.get(cell)
    ids[i / 3] = known ?? numbers.size
    if (known !== undefined) continue
    numbers.set(cell, numbers.size)
    corners.push(p[i], p[i + 1], p[i + 2])
  }
  const indices: number[] = []
  for (let t = 0; t < mesh.indices.length; t += 3) {
    const a = ids[mesh.indices[t]], b = ids[mesh.indices[t + 1]], c = ids[mesh.indices[t + 2]]
    if (a !== b && b !== c && a !== c) indices.push(a, b, c)
  }
  return { positions: Float32Array.from(corners), indices: Uint32Array.from(indices) }
}
