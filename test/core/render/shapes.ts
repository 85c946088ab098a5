import type { Mesh } from '../../../main/core/render/mesh.ts'

/** A box around the origin, 12 triangles. */
export function box(x: number, y: number, z: number): Mesh {
  const positions = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [(k & 1 ? x : -x) / 2, (k & 2 ? y : -y) / 2, (k & 4 ? z : -z) / 2]))
  const faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
  return { positions, indices: Uint32Array.from(faces.flatMap(([a, b, c, d]) => [a, b, c, a, c, d])) }
}

/** A ball of radius 1 around the origin, `rings` x `2 rings` quads. */
export function ball(rings: number): Mesh {
  const positions: number[] = []
  const indices: number[] = []
  const around = 2 * rings
  for (let j = 0; j <= rings; j++)
    for (let i = 0; i <= around; i++) {
      const polar = (j / rings) * Math.PI, angle = (i / around) * 2 * Math.PI
      positions.push(Math.sin(polar) * Math.cos(angle), Math.sin(polar) * Math.sin(angle), Math.cos(polar))
    }
  for (let j = 0; j < rings; j++)
    for (let i = 0; i < around; i++) {
      const a = j * (around + 1) + i, b = a + around + 1
      indices.push(a, b, b + 1, a, b + 1, a + 1)
    }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) }
}
