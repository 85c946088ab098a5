import type { Mesh } from './mesh.ts'

const HEADER = 84
const FACET = 50

/**
 * Reads an STL file, binary or text.
 *
 * 3D Systems, StereoLithography Interface Specification, 1988.
 *
 * @returns Three corners of its own for every facet.
 * @throws RangeError on a file that is cut short or holds no facet.
 */
export function parseStl(bytes: Uint8Array): Mesh {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const facets = bytes.length >= HEADER ? view.getUint32(80, true) : 0
  const fits = bytes.length >= HEADER && HEADER + facets * FACET === bytes.length
  if (!fits && startsLikeText(bytes)) return parseText(new TextDecoder().decode(bytes))
  if (bytes.length < HEADER) throw new RangeError(`expected an STL file of at least ${HEADER} bytes, got ${bytes.length}`)
  if (HEADER + facets * FACET > bytes.length)
    throw new RangeError(`expected ${facets} facets of ${FACET} bytes, got a file of ${bytes.length} bytes`)
  return parseBinary(view, facets)
}

function startsLikeText(bytes: Uint8Array): boolean {
  return /^\s*solid\b/i.test(new TextDecoder('latin1').decode(bytes.subarray(0, 80)))
}

function parseBinary(view: DataView, facets: number): Mesh {
  const positions = new Float32Array(facets * 9)
  for (let t = 0; t < facets; t++)
    for (let k = 0; k < 9; k++) positions[9 * t + k] = view.getFloat32(HEADER + t * FACET + 12 + 4 * k, true)
  return { positions, indices: Uint32Array.from({ length: facets * 3 }, (_, i) => i) }
}

function parseText(text: string): Mesh {
  const values: number[] = []
  for (const match of text.matchAll(/vertex\s+(\S+)\s+(\S+)\s+(\S+)/gi)) values.push(+match[1], +match[2], +match[3])
  if (values.length === 0) throw new RangeError('expected facets in the STL text, got none')
  if (values.length % 9) throw new RangeError(`expected three corners a facet, got ${values.length / 3} corners`)
  return { positions: Float32Array.from(values), indices: Uint32Array.from({ length: values.length / 3 }, (_, i) => i) }
}
