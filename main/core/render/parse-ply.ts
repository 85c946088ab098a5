import { PLYLoader } from 'three/addons/loaders/PLYLoader.js'
import type { Mesh } from './mesh.ts'

/**
 * Reads a PLY file, text or binary of either byte order.
 *
 * Turk, The PLY Polygon File Format, 1994.
 *
 * @throws RangeError on anything that is not a PLY file with corners.
 */
export function parsePly(bytes: Uint8Array): Mesh {
  if (String.fromCharCode(...bytes.subarray(0, 3)) !== 'ply') throw new RangeError('expected a PLY file, got other bytes')
  const geometry = readGeometry(bytes)
  const position = geometry.getAttribute('position')
  if (!position) throw new RangeError('expected a PLY file with corners, got none')
  const corners = Float32Array.from(position.array)
  const indices = geometry.getIndex()
  if (!indices) throw new RangeError('expected a PLY file with faces, got corners alone')
  return { positions: corners, indices: Uint32Array.from(indices.array) }
}

function readGeometry(bytes: Uint8Array) {
  try {
    return new PLYLoader().parse(Uint8Array.from(bytes).buffer)
  } catch (cause) {
    throw new RangeError(`expected a whole PLY file, got a damaged one (${(cause as Error).message})`, { cause })
  }
}
