import { BufferAttribute, BufferGeometry } from 'three'
import { MeshBVH, SAH } from 'three-mesh-bvh'
import { cornerNormals, joinMeshes, type Mesh } from './mesh.ts'

/** Triangles in the order of a bounding volume tree, as plain arrays that cross to another thread. */
export interface Surface {
  /** Three corners a triangle, [T, 9]. */
  readonly corners: Float32Array
  /** Normals at these corners, [T, 9]. */
  readonly normals: Float32Array
  /** Number of the mesh a triangle belongs to, [T]. */
  readonly owners: Uint8Array
  /** Lowest and highest x, y, z of a node, [N, 6]; a left child follows its parent. */
  readonly bounds: Float32Array
  /** Right child of an inner node, or -1 - first triangle of a leaf, [N]. */
  readonly links: Int32Array
  /** Triangles of a leaf, 0 for an inner node, [N]. */
  readonly counts: Uint8Array | Uint16Array
}

/**
 * Builds the tree that rays are traced through, with three-mesh-bvh.
 *
 * MacDonald and Booth, The Visual Computer 1990 (surface area heuristic). https://doi.org/10.1007/BF01911006
 *
 * @param meshes Clean meshes in one frame; a triangle's owner is the place of its mesh in this list.
 * @throws RangeError if there is no mesh, or more than 255.
 */
export function buildSurface(meshes: readonly Mesh[]): Surface {
  if (meshes.length === 0 || meshes.length > 255) throw new RangeError(`expected 1 to 255 meshes, got ${meshes.length}`)
  const { positions, indices } = joinMeshes(meshes)
  const corners = new Float32Array(indices.length * 3)
  for (let k = 0; k < indices.length; k++) corners.set(positions.subarray(3 * indices[k], 3 * indices[k] + 3), 3 * k)
  const normals = joinArrays(meshes.map((mesh) => cornerNormals(mesh)), corners.length)
  const owners = meshes.flatMap((mesh, i) => new Array<number>(mesh.indices.length / 3).fill(i))

  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(corners, 3))
  geometry.setIndex(new BufferAttribute(Uint32Array.from(indices, (_, k) => k), 1))
  const nodes = flatten(new MeshBVH(geometry, { strategy: SAH, targetLeafSize: 4 }))
  const sorted = geometry.getIndex()!.array
  const order = Uint32Array.from({ length: indices.length / 3 }, (_, t) => sorted[3 * t] / 3)
  return { ...nodes, corners: reorder(corners, order), normals: reorder(normals, order), owners: Uint8Array.from(order, (t) => owners[t]) }
}

function joinArrays(parts: readonly Float32Array[], length: number): Float32Array {
  const out = new Float32Array(length)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

function reorder(values: Float32Array, order: Uint32Array): Float32Array {
  const out = new Float32Array(values.length)
  for (let t = 0; t < order.length; t++) out.set(values.subarray(9 * order[t], 9 * order[t] + 9), 9 * t)
  return out
}

function flatten(tree: MeshBVH): Pick<Surface, 'bounds' | 'links' | 'counts'> {
  const bounds: number[] = []
  const links: number[] = []
  const counts: number[] = []
  const path: number[] = []
  tree.traverse((depth, isLeaf, box, offset, count) => {
    const node = links.length
    if (depth > 0 && node !== path[depth - 1] + 1) links[path[depth - 1]] = node
    path[depth] = node
    for (let k = 0; k < 6; k++) bounds.push(box[k])
    links.push(isLeaf ? -1 - offset : 0)
    counts.push(isLeaf ? count : 0)
  })
  return { bounds: Float32Array.from(bounds), links: Int32Array.from(links), counts: Uint16Array.from(counts) }
}

/** Where a ray met a surface; filled by `intersect`. */
export interface Hit {
  /** Length of the ray up to there, in lengths of its direction. */
  distance: number
  triangle: number
  /** Barycentric weights of the second and third corner. */
  u: number
  v: number
}

/** Stands for 0 in a divisor, so that 0 times it stays a number. */
const TINY = 1e-30
const stack = new Int32Array(256)

/**
 * First triangle a ray meets, from either side.
 *
 * Moeller and Trumbore, JGT 1997. https://doi.org/10.1080/10867651.1997.10487468
 *
 * @param hit Receives the place; its `distance` on entry is how far to look.
 * @returns Whether anything was met.
 */
export function intersect(
  surface: Surface, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, hit: Hit, any = false,
): boolean {
  const { bounds, links, counts } = surface
  const ix = 1 / (dx || TINY), iy = 1 / (dy || TINY), iz = 1 / (dz || TINY)
  let top = 0
  let node = 0
  let found = false
  if (enter(bounds, 0, ox, oy, oz, ix, iy, iz, hit.distance) === Infinity) return false
  for (;;) {
    const count = counts[node]
    if (count > 0) {
      const first = -1 - links[node]
      for (let t = first; t < first + count; t++)
        if (meets(surface.corners, t, ox, oy, oz, dx, dy, dz, hit)) {
          if (any) return true
          found = true
        }
    } else {
      const left = node + 1
      const right = links[node]
      const l = enter(bounds, left, ox, oy, oz, ix, iy, iz, hit.distance)
      const r = enter(bounds, right, ox, oy, oz, ix, iy, iz, hit.distance)
      if (l <= r && l !== Infinity) {
        if (r !== Infinity) stack[top++] = right
        node = left
        continue
      }
      if (r !== Infinity) {
        if (l !== Infinity) stack[top++] = left
        node = right
        continue
      }
    }
    if (top === 0) return found
    node = stack[--top]
  }
}

/** Distance at which a ray enters a node's box, Infinity if it misses it. */
function enter(
  b: Float32Array, node: number, ox: number, oy: number, oz: number, ix: number, iy: number, iz: number, far: number,
): number {
  const k = 6 * node
  const x0 = (b[k] - ox) * ix, x1 = (b[k + 3] - ox) * ix
  const y0 = (b[k + 1] - oy) * iy, y1 = (b[k + 4] - oy) * iy
  const z0 = (b[k + 2] - oz) * iz, z1 = (b[k + 5] - oz) * iz
  let near = x0 < x1 ? x0 : x1
  let end = x0 < x1 ? x1 : x0
  const yn = y0 < y1 ? y0 : y1, yf = y0 < y1 ? y1 : y0
  if (yn > near) near = yn
  if (yf < end) end = yf
  const zn = z0 < z1 ? z0 : z1, zf = z0 < z1 ? z1 : z0
  if (zn > near) near = zn
  if (zf < end) end = zf
  return near <= end * 1.0000004 && end >= 0 && near <= far ? (near > 0 ? near : 0) : Infinity
}

function meets(
  c: Float32Array, triangle: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, hit: Hit,
): boolean {
  const k = 9 * triangle
  const ax = c[k], ay = c[k + 1], az = c[k + 2]
  const ux = c[k + 3] - ax, uy = c[k + 4] - ay, uz = c[k + 5] - az
  const wx = c[k + 6] - ax, wy = c[k + 7] - ay, wz = c[k + 8] - az
  const px = dy * wz - dz * wy, py = dz * wx - dx * wz, pz = dx * wy - dy * wx
  const det = ux * px + uy * py + uz * pz
  if (det === 0) return false
  const inverse = 1 / det
  const tx = ox - ax, ty = oy - ay, tz = oz - az
  const u = (tx * px + ty * py + tz * pz) * inverse
  if (!(u >= -1e-9 && u <= 1 + 1e-9)) return false
  const qx = ty * uz - tz * uy, qy = tz * ux - tx * uz, qz = tx * uy - ty * ux
  const v = (dx * qx + dy * qy + dz * qz) * inverse
  if (!(v >= -1e-9 && u + v <= 1 + 1e-9)) return false
  const distance = (wx * qx + wy * qy + wz * qz) * inverse
  if (!(distance > 0 && distance < hit.distance)) return false
  hit.distance = distance
  hit.triangle = triangle
  hit.u = u
  hit.v = v
  return true
}
