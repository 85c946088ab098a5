import type { Mesh } from './mesh.ts'

/**
 * Reads the corners and faces of a Wavefront OBJ file; a face of more than three corners becomes a fan.
 *
 * Wavefront, Advanced Visualizer manual, appendix B1.
 *
 * @throws RangeError on a face that names a corner the file does not have.
 */
export function parseObj(bytes: Uint8Array): Mesh {
  const positions: number[] = []
  const indices: number[] = []
  const text = new TextDecoder().decode(bytes).replace(/\\\r?\n/g, ' ')
  for (const line of text.split('\n')) {
    if (line.startsWith('v ') || line.startsWith('v\t')) {
      const [, x, y, z] = line.trim().split(/\s+/)
      positions.push(+x, +y, +z)
    } else if (line.startsWith('f ') || line.startsWith('f\t')) {
      const face = line.trim().split(/\s+/).slice(1).map((entry) => cornerOf(entry, positions.length / 3))
      for (let k = 2; k < face.length; k++) indices.push(face[0], face[k - 1], face[k])
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) }
}

/** `7`, `7/1`, `7//3`, `7/1/3`; a negative number counts back from the last corner read. */
function cornerOf(entry: string, corners: number): number {
  const number = parseInt(entry, 10)
  const index = number < 0 ? corners + number : number - 1
  if (!(index >= 0 && index < corners)) throw new RangeError(`expected a corner number in 1 .. ${corners}, got "${entry}"`)
  return index
}
