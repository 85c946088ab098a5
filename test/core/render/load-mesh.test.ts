import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadMesh, meshFormats, type MeshFormat } from '../../../main/core/render/load-mesh.ts'

const text = (value: string) => new TextEncoder().encode(value)
const cad = resolve('../shared/data/cad')
if (!existsSync(cad)) console.warn(`SKIPPED: real CAD files are not at ${cad}`)

const tetraStl = `solid t
${[[0, 0, 0, 0, 1, 0, 1, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, 0, 0, 0, 1]].map((f) =>
  `facet normal 0 0 0\n outer loop\n${[0, 3, 6].map((k) => `  vertex ${f[k]} ${f[k + 1]} ${f[k + 2]}\n`).join('')} endloop\nendfacet`).join('\n')}
endsolid t`

function binaryStl(facets: number[][], header = ''): Uint8Array {
  const bytes = new Uint8Array(84 + 50 * facets.length)
  bytes.set(text(header))
  const view = new DataView(bytes.buffer)
  view.setUint32(80, facets.length, true)
  facets.forEach((facet, t) => facet.forEach((value, k) => view.setFloat32(84 + 50 * t + 12 + 4 * k, value, true)))
  return bytes
}

function glb(json: object, bin: Uint8Array): Uint8Array {
  const head = text(JSON.stringify(json).padEnd(Math.ceil(JSON.stringify(json).length / 4) * 4))
  const bytes = new Uint8Array(12 + 8 + head.length + 8 + bin.length)
  const view = new DataView(bytes.buffer)
  ;[0x46546c67, 2, bytes.length, head.length, 0x4e4f534a].forEach((value, i) => view.setUint32(4 * i, value, true))
  bytes.set(head, 20)
  view.setUint32(20 + head.length, bin.length, true)
  view.setUint32(24 + head.length, 0x004e4942, true)
  bytes.set(bin, 28 + head.length)
  return bytes
}

describe('STL', () => {
  test('text: four facets share four corners', () => {
    const mesh = loadMesh(text(tetraStl), 'stl')
    expect(mesh.positions.length / 3).toBe(4)
    expect(mesh.indices.length / 3).toBe(4)
  })
  test('binary whose header says solid is still binary', () => {
    const mesh = loadMesh(binaryStl([[0, 0, 0, 2, 0, 0, 0, 3, 0]], 'solid of a CAD system'), 'stl')
    expect([...mesh.positions]).toEqual([0, 0, 0, 2, 0, 0, 0, 3, 0])
  })
  test('minus zero and zero are one corner', () => {
    const mesh = loadMesh(binaryStl([[0, 0, 0, 1, 0, 0, 0, 1, 0], [-0, 0, 0, 0, 1, 0, -1, 0, 0]]), 'stl')
    expect(mesh.positions.length / 3).toBe(4)
  })
  test.each([
    ['nothing', new Uint8Array(0)],
    ['a header alone', new Uint8Array(84)],
    ['a cut file', binaryStl([[0, 0, 0, 1, 0, 0, 0, 1, 0]]).subarray(0, 100)],
    ['text without facets', text('solid t\nendsolid t'.padEnd(120))],
    ['a coordinate that is not finite', binaryStl([[NaN, 0, 0, 1, 0, 0, 0, 1, 0]])],
    ['no area', binaryStl([[0, 0, 0, 1, 0, 0, 2, 0, 0]])],
    ['words for numbers', text('solid t facet outer loop vertex a b c vertex 0 0 1 vertex 1 0 0 endloop')],
  ])('refuses %s', (_, bytes) => expect(() => loadMesh(bytes, 'stl')).toThrow(RangeError))
})

describe('OBJ', () => {
  test('quads become two triangles; negative numbers count back; texture numbers are passed over', () => {
    const mesh = loadMesh(text('# q\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nf 1/1 2/1 3//1 4/1/1\nv 0 0 1\nf -1 1 2\n'), 'obj')
    expect([...mesh.indices]).toEqual([0, 1, 2, 0, 2, 3, 4, 0, 1])
  })
  test('a line may go on after a backslash', () => {
    expect(loadMesh(text('v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 \\\n 2 3\n'), 'obj').indices.length).toBe(3)
  })
  test.each(['', 'v 0 0 0\nf 1 2 3\n', 'v 0 0 0\nv 1 0 0\nv 0 x 0\nf 1 2 3\n', 'f a b c\n'])('refuses %j', (bad) => {
    expect(() => loadMesh(text(bad), 'obj')).toThrow(RangeError)
  })
})

describe('PLY', () => {
  const head = (format: string) => `ply\nformat ${format} 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n`
    + 'element face 1\nproperty list uchar int vertex_indices\nend_header\n'
  test('text', () => {
    const mesh = loadMesh(text(`${head('ascii')}0 0 0\n1 0 0\n1 1 0\n0 1 0\n4 0 1 2 3\n`), 'ply')
    expect(mesh.indices.length / 3).toBe(2)
  })
  test('binary, both byte orders', () => {
    for (const little of [true, false]) {
      const start = text(head(little ? 'binary_little_endian' : 'binary_big_endian'))
      const bytes = new Uint8Array(start.length + 48 + 17)
      bytes.set(start)
      const view = new DataView(bytes.buffer, start.length)
      ;[0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0].forEach((value, i) => view.setFloat32(4 * i, value, little))
      view.setUint8(48, 4)
      ;[0, 1, 2, 3].forEach((value, i) => view.setInt32(49 + 4 * i, value, little))
      expect([...loadMesh(bytes, 'ply').positions]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0])
      expect(() => loadMesh(bytes.subarray(0, start.length + 20), 'ply')).toThrow(RangeError)
    }
  })
  test('a cloud of corners without faces is refused', () => {
    const cloud = 'ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n1 0 0\n0 1 0\n'
    expect(() => loadMesh(text(cloud), 'ply')).toThrow(/corners alone/)
  })
  test.each(['', 'plywood', head('ascii')])('refuses %j', (bad) => expect(() => loadMesh(text(bad), 'ply')).toThrow(RangeError))
})

describe('GLB', () => {
  const bin = new Uint8Array(36 + 8)
  ;[0, 0, 0, 1, 0, 0, 0, 1, 0].forEach((value, i) => new DataView(bin.buffer).setFloat32(4 * i, value, true))
  ;[0, 1, 2].forEach((value, i) => new DataView(bin.buffer).setUint16(36 + 2 * i, value, true))
  const document = {
    asset: { version: '2.0' }, scene: 0, scenes: [{ nodes: [0] }],
    nodes: [{ translation: [10, 0, 0], children: [1] }, { mesh: 0, scale: [2, 2, 2] }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: 'VEC3' }, { bufferView: 1, componentType: 5123, count: 3, type: 'SCALAR' }],
    bufferViews: [{ buffer: 0, byteLength: 36 }, { buffer: 0, byteOffset: 36, byteLength: 6 }],
    buffers: [{ byteLength: 44 }],
  }
  test('nodes are in place', () => {
    expect([...loadMesh(glb(document, bin), 'glb').positions]).toEqual([10, 0, 0, 12, 0, 0, 10, 2, 0])
  })
  test('a node that contains itself is refused', () => {
    expect(() => loadMesh(glb({ ...document, nodes: [{ children: [0] }] }, bin), 'glb')).toThrow(/tree of nodes/)
  })
  test('data beyond the end and cut files are refused', () => {
    expect(() => loadMesh(glb(document, bin.subarray(0, 20)), 'glb')).toThrow(/beyond the end/)
    expect(() => loadMesh(glb(document, bin).subarray(0, 60), 'glb')).toThrow(/cut short/)
    expect(() => loadMesh(text('glTF but not really, much too short'), 'glb')).toThrow(RangeError)
  })
})

describe.skipIf(!existsSync(cad))('real CAD files', () => {
  const files = (existsSync(cad) ? readdirSync(cad, { recursive: true, encoding: 'utf8' }) : [])
    .filter((file) => meshFormats.includes(extname(file).slice(1).toLowerCase() as MeshFormat))
  test.each(files)('%s', (file) => {
    const mesh = loadMesh(readFileSync(join(cad, file)), extname(file).slice(1).toLowerCase() as MeshFormat)
    expect(mesh.indices.length / 3).toBeGreaterThan(100)
    expect(Math.max(...mesh.indices.subarray(0, 3000))).toBeLessThan(mesh.positions.length / 3)
  })
})
