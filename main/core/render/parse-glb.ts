import { Matrix4, Quaternion, Vector3 } from 'three'
import type { Mesh } from './mesh.ts'
import type { NamedMesh } from './parse-occt.ts'

interface Accessor { bufferView?: number; byteOffset?: number; componentType: number; count: number; type: string; sparse?: unknown }
interface BufferView { buffer: number; byteOffset?: number; byteLength: number; byteStride?: number }
interface Primitive { attributes: Record<string, number>; indices?: number; mode?: number; extensions?: Record<string, unknown> }
interface Node { name?: string; mesh?: number; children?: number[]; matrix?: number[]; translation?: number[]; rotation?: number[]; scale?: number[] }
interface Document {
  accessors?: Accessor[]; bufferViews?: BufferView[]; meshes?: { primitives: Primitive[] }[]
  nodes?: Node[]; scenes?: { nodes?: number[] }[]; scene?: number
}
interface Glb { readonly json: Document; readonly bin: DataView }

const MAGIC = 0x46546c67
const JSON_CHUNK = 0x4e4f534a
const BIN_CHUNK = 0x004e4942
const TRIANGLES = 4
const readers: Record<number, { size: number; read: (view: DataView, at: number) => number }> = {
  5121: { size: 1, read: (view, at) => view.getUint8(at) },
  5123: { size: 2, read: (view, at) => view.getUint16(at, true) },
  5125: { size: 4, read: (view, at) => view.getUint32(at, true) },
  5126: { size: 4, read: (view, at) => view.getFloat32(at, true) },
}

/**
 * Reads the triangles of a binary glTF file, every node of its scene in place and under its name, in metres.
 *
 * Khronos, glTF 2.0, sections 3.6 (buffers, accessors), 3.7 (meshes) and 4.4 (GLB).
 *
 * @throws RangeError on a damaged file, sparse or compressed data.
 */
export function parseGlb(bytes: Uint8Array): NamedMesh[] {
  const glb = readChunks(bytes)
  const { json } = glb
  const roots = json.scenes?.[json.scene ?? 0]?.nodes ?? json.nodes?.map((_, i) => i) ?? []
  const meshes: NamedMesh[] = []
  const visit = (index: number, parent: Matrix4, depth: number) => {
    const node = json.nodes?.[index]
    if (!node || depth > 100) throw new RangeError(`expected a tree of nodes, got a bad one at node ${index}`)
    const matrix = parent.clone().multiply(matrixOf(node))
    if (node.mesh !== undefined)
      for (const primitive of json.meshes?.[node.mesh]?.primitives ?? [])
        if ((primitive.mode ?? TRIANGLES) === TRIANGLES) meshes.push({ name: node.name ?? '', mesh: readPrimitive(glb, primitive, matrix) })
    for (const child of node.children ?? []) visit(child, matrix, depth + 1)
  }
  for (const root of roots) visit(root, new Matrix4(), 0)
  return meshes
}

function readChunks(bytes: Uint8Array): Glb {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 20 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 2)
    throw new RangeError('expected a GLB file of version 2, got other bytes')
  let json: Document | undefined
  let bin: DataView = new DataView(new ArrayBuffer(0))
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at, true)
    const type = view.getUint32(at + 4, true)
    if (at + 8 + length > bytes.length) throw new RangeError('expected a whole GLB file, got one cut short')
    if (type === JSON_CHUNK) json = readJson(bytes.subarray(at + 8, at + 8 + length))
    if (type === BIN_CHUNK) bin = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length)
    at += 8 + length
  }
  if (!json) throw new RangeError('expected a description in the GLB file, got none')
  return { json, bin }
}

function readJson(bytes: Uint8Array): Document {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Document
  } catch (cause) {
    throw new RangeError('expected a readable description in the GLB file, got a damaged one', { cause })
  }
}

function matrixOf(node: Node): Matrix4 {
  if (node.matrix) return new Matrix4().fromArray(node.matrix)
  return new Matrix4().compose(
    new Vector3(...(node.translation ?? [0, 0, 0])),
    new Quaternion(...(node.rotation ?? [0, 0, 0, 1])),
    new Vector3(...(node.scale ?? [1, 1, 1])),
  )
}

function readPrimitive(glb: Glb, primitive: Primitive, matrix: Matrix4): Mesh {
  if (primitive.extensions?.KHR_draco_mesh_compression) throw new RangeError('expected uncompressed geometry, got Draco')
  const positions = Float32Array.from(readAccessor(glb, primitive.attributes.POSITION, 3))
  const corner = new Vector3()
  for (let i = 0; i < positions.length; i += 3) corner.fromArray(positions, i).applyMatrix4(matrix).toArray(positions, i)
  const indices = primitive.indices === undefined
    ? Uint32Array.from({ length: positions.length / 3 }, (_, i) => i)
    : Uint32Array.from(readAccessor(glb, primitive.indices, 1))
  return { positions, indices }
}

function readAccessor({ json, bin }: Glb, index: number, parts: number): Float64Array {
  const accessor = json.accessors?.[index]
  const bufferView = json.bufferViews?.[accessor?.bufferView ?? -1]
  if (!accessor || !bufferView || accessor.sparse) throw new RangeError(`expected plain data behind accessor ${index}, got none`)
  const reader = readers[accessor.componentType]
  if (!reader) throw new RangeError(`expected a known number type, got ${accessor.componentType}`)
  const stride = bufferView.byteStride ?? reader.size * parts
  const start = (bufferView.byteOffset ?? 0) + (accessor.byteOffset ?? 0)
  if (start + (accessor.count - 1) * stride + reader.size * parts > bin.byteLength)
    throw new RangeError(`expected the data of accessor ${index} inside the file, got it beyond the end`)
  const out = new Float64Array(accessor.count * parts)
  for (let i = 0; i < accessor.count; i++)
    for (let k = 0; k < parts; k++) out[i * parts + k] = reader.read(bin, start + i * stride + k * reader.size)
  return out
}
