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
  if (!hasFaces(bytes)) throw new RangeError('expected a PLY file with faces, got corners alone')
  const positions = Float32Array.from(position.array)
  const indices = geometry.getIndex()?.array ?? Uint32Array.from({ length: position.count }, (_, i) => i)
  return { positions, indices: Uint32Array.from(indices) }
}

function readGeometry(bytes: Uint8Array) {
  try {
    return new PLYLoader().parse(Uint8Array.from(bytes).buffer)
  } catch (cause) {
    throw new RangeError(`expected a whole PLY file, got a damaged one (${(cause as Error).message})`, { cause })
  }
}

function hasFaces(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 65536))
  return /^element face 0*[1-9]/m.test(head.slice(0, head.indexOf('end_header')))
}
