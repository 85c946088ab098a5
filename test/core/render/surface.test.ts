import { describe, expect, test } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { cleanMesh, cornerNormals, type Mesh } from '../../../main/core/render/mesh.ts'
import { buildSurface, intersect } from '../../../main/core/render/surface.ts'
import { ball, box } from './shapes.ts'

const far = () => ({ distance: Infinity, triangle: -1, u: 0, v: 0 })

describe('rays through the tree', () => {
  test('a box is met on its near side, at the depth of that side', () => {
    const surface = buildSurface([box(2, 4, 6)])
    const hit = far()
    expect(intersect(surface, 0.3, 0.2, 10, 0, 0, -1, hit)).toBe(true)
    expect(hit.distance).toBeCloseTo(7, 6)
    expect(intersect(surface, 1.1, 0, 10, 0, 0, -1, far())).toBe(false)
    expect(intersect(surface, 0, 0, 10, 0, 0, 1, far())).toBe(false)
  })

  test('a ray no longer than the way there meets nothing', () => {
    expect(intersect(buildSurface([box(2, 2, 2)]), 0, 0, 5, 0, 0, -1, { ...far(), distance: 3.9 })).toBe(false)
    expect(intersect(buildSurface([box(2, 2, 2)]), 0, 0, 5, 0, 0, -1, { ...far(), distance: 4.1 })).toBe(true)
  })

  test('owners tell which mesh was met', () => {
    const high: Mesh = { ...box(1, 1, 1), positions: box(1, 1, 1).positions.map((value, i) => (i % 3 === 2 ? value + 3 : value)) }
    const surface = buildSurface([box(1, 1, 1), high])
    const hit = far()
    intersect(surface, 0.1, 0.2, 9, 0, 0, -1, hit)
    expect(surface.owners[hit.triangle]).toBe(1)
    const below = far()
    intersect(surface, 0.1, 0.2, -9, 0, 0, 1, below)
    expect(surface.owners[below.triangle]).toBe(0)
  })

  test('the nearest triangle of a heap is that of trying them all', () => {
    const rng = random('heap')
    const positions = Float32Array.from({ length: 300 * 9 }, () => rng.between(-1, 1))
    const surface = buildSurface([{ positions, indices: Uint32Array.from({ length: 900 }, (_, i) => i) }])
    let met = 0
    for (let n = 0; n < 300; n++) {
      const o = [rng.between(-3, 3), rng.between(-3, 3), 4] as const
      const d = [rng.between(-0.15, 0.15) - o[0] / 4, rng.between(-0.15, 0.15) - o[1] / 4, -1] as const
      const hit = far()
      const found = intersect(surface, ...o, ...d, hit)
      const best = nearest(positions, o, d)
      expect(found).toBe(best < Infinity)
      if (found) expect(hit.distance).toBeCloseTo(best, 4)
      met += found ? 1 : 0
    }
    expect(met).toBeGreaterThan(200)
  })

  test('no mesh is refused', () => expect(() => buildSurface([])).toThrow(RangeError))
})

/** Plane, then inside-ness by three areas: another way than the one under test. */
function nearest(p: Float32Array, o: readonly number[], d: readonly number[]): number {
  let best = Infinity
  for (let t = 0; t < p.length; t += 9) {
    const at = (c: number) => [p[t + 3 * c], p[t + 3 * c + 1], p[t + 3 * c + 2]]
    const [a, b, c] = [at(0), at(1), at(2)]
    const n = cross(minus(b, a), minus(c, a))
    const distance = dot(minus(a, o), n) / dot(d, n)
    if (!(distance > 0 && distance < best)) continue
    const x = o.map((value, k) => value + distance * d[k])
    const inside = [[a, b], [b, c], [c, a]].every(([from, to]) => dot(cross(minus(to, from), minus(x, from)), n) >= 0)
    if (inside) best = distance
  }
  return best
}
const minus = (a: readonly number[], b: readonly number[]) => a.map((value, k) => value - b[k])
const dot = (a: readonly number[], b: readonly number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const cross = (a: readonly number[], b: readonly number[]) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]

describe('corner normals', () => {
  test('a box keeps its edges sharp', () => {
    const mesh = box(1, 1, 1)
    const normals = cornerNormals(mesh)
    for (let k = 0; k < normals.length; k += 3) expect([...normals.subarray(k, k + 3)].map(Math.abs).sort()).toEqual([0, 0, 1])
  })
  test('a ball is round: normals point away from its middle', () => {
    const mesh = cleanMesh(ball(24))
    const normals = cornerNormals(mesh)
    for (let k = 0; k < mesh.indices.length; k++) {
      const at = 3 * mesh.indices[k]
      const along = [0, 1, 2].reduce((sum, c) => sum + normals[3 * k + c] * mesh.positions[at + c], 0)
      expect(Math.abs(along)).toBeGreaterThan(0.99)
    }
  })
})
