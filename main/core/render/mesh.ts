/** Triangle meshes: checks, welding, smooth normals, measures. */

/** Corners [V, 3] in the unit of the file, and three corner numbers a triangle [T, 3]. */
export interface Mesh {
  readonly positions: Float32Array
  readonly indices: Uint32Array
}

/** Centre of the bounding box and radius of the sphere around it that holds every corner. */
export interface Extent {
  readonly centre: readonly [number, number, number]
  readonly radius: number
}

/**
 * A mesh with equal corners joined, empty triangles and unused corners left out.
 *
 * @throws RangeError if a coordinate is not finite, an index is out of range, or no triangle has an area.
 */
export function cleanMesh(mesh: Mesh): Mesh {
  const { positions, indices } = mesh
  if (positions.length === 0 || indices.length === 0) throw new RangeError('expected a mesh with triangles, got an empty one')
  if (positions.length % 3 || indices.length % 3) throw new RangeError('expected coordinates and indices in threes')
  for (let i = 0; i < positions.length; i++)
    if (!Number.isFinite(positions[i])) throw new RangeError(`expected finite coordinates, got ${positions[i]} at corner ${Math.floor(i / 3)}`)
  const corners = positions.length / 3
  for (const index of indices)
    if (index >= corners) throw new RangeError(`expected corner numbers below ${corners}, got ${index}`)
  const joined = joinCorners(positions)
  const kept: number[] = []
  for (let t = 0; t < indices.length; t += 3) {
    const a = joined.ids[indices[t]], b = joined.ids[indices[t + 1]], c = joined.ids[indices[t + 2]]
    if (a !== b && b !== c && a !== c && doubleArea(joined.positions, a, b, c) > 0) kept.push(a, b, c)
  }
  if (kept.length === 0) throw new RangeError('expected a mesh with an area, got one whose triangles are all empty')
  return { positions: joined.positions, indices: Uint32Array.from(kept) }
}

/** Corners with equal coordinates get one number: a hash table with open addresses over the bit patterns. */
function joinCorners(positions: Float32Array): { positions: Float32Array; ids: Uint32Array } {
  const count = positions.length / 3
  const plain = positions.map((value) => value + 0)
  const bits = new Int32Array(plain.buffer)
  const mask = 2 ** Math.ceil(Math.log2(count * 2 + 1)) - 1
  const table = new Int32Array(mask + 1).fill(-1)
  const ids = new Uint32Array(count)
  const out = new Float32Array(positions.length)
  let used = 0
  for (let i = 0; i < count; i++) {
    const x = bits[3 * i], y = bits[3 * i + 1], z = bits[3 * i + 2]
    let h = Math.imul(Math.imul(Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) ^ y ^ (y >>> 13), 0x297a2d39) ^ z ^ (z >>> 16), 0x1b873593)
    h = (h ^ (h >>> 15)) & mask
    while (table[h] >= 0) {
      const j = table[h]
      if (bits[3 * j] === x && bits[3 * j + 1] === y && bits[3 * j + 2] === z) break
      h = (h + 1) & mask
    }
    if (table[h] < 0) {
      table[h] = i
      ids[i] = used
      out.set(plain.subarray(3 * i, 3 * i + 3), 3 * used++)
    } else ids[i] = ids[table[h]]
  }
  return { positions: out.slice(0, 3 * used), ids }
}

function doubleArea(p: Float32Array, a: number, b: number, c: number): number {
  const ux = p[3 * b] - p[3 * a], uy = p[3 * b + 1] - p[3 * a + 1], uz = p[3 * b + 2] - p[3 * a + 2]
  const vx = p[3 * c] - p[3 * a], vy = p[3 * c + 1] - p[3 * a + 1], vz = p[3 * c + 2] - p[3 * a + 2]
  return Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx)
}

/** Normal of every triangle, [T, 3], its length twice the triangle's area. */
export function faceNormals({ positions: p, indices }: Mesh): Float32Array {
  const out = new Float32Array(indices.length)
  for (let t = 0; t < indices.length; t += 3) {
    const a = 3 * indices[t], b = 3 * indices[t + 1], c = 3 * indices[t + 2]
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2]
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2]
    out[t] = uy * vz - uz * vy
    out[t + 1] = uz * vx - ux * vz
    out[t + 2] = ux * vy - uy * vx
  }
  return out
}

/**
 * Normals of the corners of every triangle, [T, 3, 3]: the mean of the triangles that meet there and are bent by
 * less than the crease angle, weighted by area, so that round faces look round and edges stay sharp.
 *
 * @param mesh With joined corners, as `cleanMesh` gives it.
 * @param creaseDegrees Bend from which an edge counts as sharp.
 */
export function cornerNormals(mesh: Mesh, creaseDegrees = 35): Float32Array {
  const { indices } = mesh
  const faces = faceNormals(mesh)
  const triangles = indices.length / 3
  const lengths = new Float32Array(triangles)
  for (let t = 0; t < triangles; t++) lengths[t] = Math.hypot(faces[3 * t], faces[3 * t + 1], faces[3 * t + 2]) || 1e-30
  const { starts, around } = trianglesAround(mesh)
  const limit = Math.cos((creaseDegrees * Math.PI) / 180)
  const out = new Float32Array(indices.length * 3)
  for (let k = 0; k < indices.length; k++) {
    const t = Math.floor(k / 3)
    const nx = faces[3 * t], ny = faces[3 * t + 1], nz = faces[3 * t + 2]
    let x = 0, y = 0, z = 0
    for (let s = starts[indices[k]]; s < starts[indices[k] + 1]; s++) {
      const o = around[s]
      const mx = faces[3 * o], my = faces[3 * o + 1], mz = faces[3 * o + 2]
      if (nx * mx + ny * my + nz * mz < limit * lengths[t] * lengths[o]) continue
      x += mx
      y += my
      z += mz
    }
    const length = Math.hypot(x, y, z) || 1
    out[3 * k] = x / length
    out[3 * k + 1] = y / length
    out[3 * k + 2] = z / length
  }
  return out
}

function trianglesAround({ positions, indices }: Mesh): { starts: Uint32Array; around: Uint32Array } {
  const starts = new Uint32Array(positions.length / 3 + 1)
  for (const index of indices) starts[index + 1]++
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1]
  const next = starts.slice()
  const around = new Uint32Array(indices.length)
  for (let k = 0; k < indices.length; k++) around[next[indices[k]]++] = Math.floor(k / 3)
  return { starts, around }
}

/** Centre and radius of a mesh, in its unit. */
export function meshExtent({ positions }: Mesh): Extent {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < positions.length; i++) {
    low[i % 3] = Math.min(low[i % 3], positions[i])
    high[i % 3] = Math.max(high[i % 3], positions[i])
  }
  const centre = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2] as const
  let radius = 0
  for (let i = 0; i < positions.length; i += 3)
    radius = Math.max(radius, Math.hypot(positions[i] - centre[0], positions[i + 1] - centre[1], positions[i + 2] - centre[2]))
  return { centre, radius }
}

/** Several meshes as one, in order. */
export function joinMeshes(meshes: readonly Mesh[]): Mesh {
  const positions = new Float32Array(meshes.reduce((sum, m) => sum + m.positions.length, 0))
  const indices = new Uint32Array(meshes.reduce((sum, m) => sum + m.indices.length, 0))
  let corner = 0
  let index = 0
  for (const mesh of meshes) {
    positions.set(mesh.positions, 3 * corner)
    for (let k = 0; k < mesh.indices.length; k++) indices[index + k] = mesh.indices[k] + corner
    corner += mesh.positions.length / 3
    index += mesh.indices.length
  }
  return { positions, indices }
}

/** A mesh with every corner turned by a row-major 3 x 3 matrix, then moved. */
export function moveMesh(mesh: Mesh, m: readonly number[], [x, y, z]: readonly [number, number, number]): Mesh {
  const p = mesh.positions
  const positions = new Float32Array(p.length)
  for (let i = 0; i < p.length; i += 3) {
    positions[i] = m[0] * p[i] + m[1] * p[i + 1] + m[2] * p[i + 2] + x
    positions[i + 1] = m[3] * p[i] + m[4] * p[i + 1] + m[5] * p[i + 2] + y
    positions[i + 2] = m[6] * p[i] + m[7] * p[i + 1] + m[8] * p[i + 2] + z
  }
  return { positions, indices: mesh.indices }
}
