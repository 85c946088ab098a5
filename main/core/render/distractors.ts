import type { Random } from '../random.ts'
import { joinMeshes, moveMesh, type Mesh } from './mesh.ts'

/** Drawn things that lie about in a workshop and are no workpiece: blocks, cubes, bars, rings, angles, cones, balls; about 1 in radius. */
export function drawDistractor(rng: Random): Mesh {
  switch (rng.below(9)) {
    case 0: return block(rng.between(0.3, 1.4), rng.between(0.3, 1.4), rng.between(0.1, 1))
    case 1: return ring(3 + rng.below(6), 0, rng.between(0.3, 0.9), rng.between(0.2, 1.4))
    case 2: return ring(32, 0, rng.between(0.15, 0.8), rng.between(0.2, 1.8))
    case 3: return ring(32, rng.between(0.3, 0.6), rng.between(0.65, 0.95), rng.between(0.08, 0.9))
    case 4: return cube(rng.between(0.6, 1.1))
    case 5: return angle(rng)
    case 6: return turned([[0, 0], [rng.between(0.25, 0.8), 0], [rng.chance(0.7) ? 0 : 0.15, rng.between(0.5, 1.6)]])
    case 7: return turned(circle(0, rng.between(0.4, 0.9)))
    default: return turned(circle(rng.between(0.5, 0.8), rng.between(0.08, 0.25)))
  }
}

const cube = (side: number) => block(side, side, side)

function block(x: number, y: number, z: number): Mesh {
  const positions = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [(k & 1 ? x : -x) / 2, (k & 2 ? y : -y) / 2, (k & 4 ? z : -z) / 2]))
  const faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
  return { positions, indices: Uint32Array.from(faces.flatMap(([a, b, c, d]) => [a, b, c, a, c, d])) }
}

/** A prism with a hole; without a hole where the inner radius is 0. */
function ring(sides: number, inner: number, outer: number, height: number): Mesh {
  const positions: number[] = []
  const indices: number[] = []
  for (let i = 0; i < sides; i++) {
    const turn = (2 * Math.PI * i) / sides
    for (const [radius, z] of [[outer, -height / 2], [outer, height / 2], [inner, height / 2], [inner, -height / 2]])
      positions.push(radius * Math.cos(turn), radius * Math.sin(turn), z)
    for (let k = 0; k < 4; k++) {
      const a = 4 * i + k, b = 4 * i + ((k + 1) % 4), c = 4 * ((i + 1) % sides) + k, d = 4 * ((i + 1) % sides) + ((k + 1) % 4)
      indices.push(a, c, d, a, d, b)
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) }
}

/** Points [radius, height] of half a circle from pole to pole, or of a whole one that is away from the axis. */
function circle(away: number, radius: number): [number, number][] {
  const turn = away > 0 ? 2 * Math.PI : Math.PI
  return Array.from({ length: 17 }, (_, i) => {
    const angle = (turn * i) / 16 - Math.PI / 2
    return [Math.round(1e6 * (away + radius * Math.cos(angle))) / 1e6, Math.round(1e6 * (radius * Math.sin(angle))) / 1e6]
  })
}

/** What a line of points [radius, height] sweeps when it turns about the upright axis: closed where both ends lie on the axis, or on each other. */
function turned(line: readonly (readonly [number, number])[]): Mesh {
  const sides = 32
  const positions = line.flatMap(([radius, z]) => Array.from({ length: sides }, (_, i) => {
    const turn = (2 * Math.PI * i) / sides
    return [radius * Math.cos(turn), radius * Math.sin(turn), z]
  }))
  const indices: number[] = []
  for (let k = 0; k + 1 < line.length; k++)
    for (let i = 0; i < sides; i++) {
      const j = (i + 1) % sides
      const [a, b, c, d] = [k * sides + i, k * sides + j, (k + 1) * sides + i, (k + 1) * sides + j]
      if (line[k][0] > 0) indices.push(a, b, d)
      if (line[k + 1][0] > 0) indices.push(a, d, c)
    }
  return { positions: Float32Array.from(positions.flat()), indices: Uint32Array.from(indices) }
}

function angle(rng: Random): Mesh {
  const width = rng.between(0.4, 1.4), thick = rng.between(0.06, 0.2), foot = rng.between(0.5, 1.3), wall = rng.between(0.4, 1.2)
  const same = [1, 0, 0, 0, 1, 0, 0, 0, 1]
  return joinMeshes([block(foot, width, thick), moveMesh(block(thick, width, wall), same, [-foot / 2 + thick / 2, 0, wall / 2])])
}
