import type { Surface } from './surface.ts'

/** A surface put somewhere: its corners turned (and scaled) by a row-major 3 x 3 matrix, then moved. */
export interface Placed {
  readonly surface: Surface
  readonly turn: readonly number[]
  readonly move: readonly [number, number, number]
}

/**
 * Several surfaces as one, each in its place, without building their trees anew; a triangle's owner is the place of its surface in the list.
 *
 * @throws RangeError if there is none, or more than 255.
 */
export function placeSurfaces(placed: readonly Placed[]): Surface {
  if (placed.length === 0 || placed.length > 255) throw new RangeError(`expected 1 to 255 surfaces, got ${placed.length}`)
  const triangles = placed.reduce((sum, { surface }) => sum + surface.owners.length, 0)
  const nodes = placed.reduce((sum, { surface }) => sum + surface.links.length, placed.length - 1)
  const out = {
    corners: new Float32Array(9 * triangles), normals: new Float32Array(9 * triangles), owners: new Uint8Array(triangles),
    bounds: new Float32Array(6 * nodes), links: new Int32Array(nodes), counts: new Uint16Array(nodes),
  }
  let triangle = 0
  let node = 0
  placed.forEach(({ surface, turn, move }, owner) => {
    const last = owner === placed.length - 1
    const start = last ? node : node + 1
    if (!last) out.links[node] = start + surface.links.length
    turnAll(surface.corners, turn, move, out.corners, 9 * triangle)
    turnAll(surface.normals, turn, [0, 0, 0], out.normals, 9 * triangle)
    out.owners.fill(owner, triangle, triangle + surface.owners.length)
    out.counts.set(surface.counts, start)
    surface.links.forEach((link, i) => { out.links[start + i] = surface.counts[i] > 0 ? link - triangle : link + start })
    triangle += surface.owners.length
    node = start + surface.links.length
  })
  fitBounds(out)
  return out
}

function turnAll(from: Float32Array, m: readonly number[], [x, y, z]: readonly [number, number, number], to: Float32Array, at: number): void {
  for (let i = 0; i < from.length; i += 3) {
    const a = from[i], b = from[i + 1], c = from[i + 2]
    to[at + i] = m[0] * a + m[1] * b + m[2] * c + x
    to[at + i + 1] = m[3] * a + m[4] * b + m[5] * c + y
    to[at + i + 2] = m[6] * a + m[7] * b + m[8] * c + z
  }
}

/** Boxes of all nodes from the leaves up: children come after their parents. */
function fitBounds({ corners, bounds, links, counts }: Surface): void {
  for (let node = links.length - 1; node >= 0; node--) {
    const at = 6 * node
    for (let k = 0; k < 3; k++) {
      let low = Infinity, high = -Infinity
      if (counts[node] > 0) {
        const first = -1 - links[node]
        for (let i = 9 * first + k; i < 9 * (first + counts[node]); i += 3) {
          if (corners[i] < low) low = corners[i]
          if (corners[i] > high) high = corners[i]
        }
      } else {
        const left = 6 * (node + 1) + k, right = 6 * links[node] + k
        low = Math.min(bounds[left], bounds[right])
        high = Math.max(bounds[left + 3], bounds[right + 3])
      }
      bounds[at + k] = low
      bounds[at + k + 3] = high
    }
  }
}
