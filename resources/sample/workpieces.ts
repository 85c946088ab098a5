import { ExtrudeGeometry, LatheGeometry, Path, Shape, Vector2, type BufferGeometry } from 'three'
import { cleanMesh, joinMeshes, moveMesh, type Mesh } from '../../main/core/render/mesh.ts'

/** The four workpieces of the sample line, modelled in millimetres. */

const straight = [1, 0, 0, 0, 1, 0, 0, 0, 1]

function meshOf(geometry: BufferGeometry): Mesh {
  const flat = geometry.index ? geometry.toNonIndexed() : geometry
  const positions = Float32Array.from(flat.getAttribute('position').array)
  return { positions, indices: Uint32Array.from({ length: positions.length / 3 }, (_, i) => i) }
}

/** A flat shape made `depth` high from z = 0, its rims broken by `bevel`. */
function extrude(shape: Shape, depth: number, bevel: number, curveSegments = 10): Mesh {
  const geometry = new ExtrudeGeometry(shape, {
    depth: depth - 2 * bevel, curveSegments, bevelEnabled: bevel > 0, bevelSize: bevel, bevelThickness: bevel, bevelOffset: -bevel, bevelSegments: 1,
  })
  return moveMesh(meshOf(geometry), straight, [0, 0, bevel])
}

function hole(x: number, y: number, radius: number): Path {
  return new Path().absarc(x, y, radius, 0, 2 * Math.PI, true)
}

function ring(outer: number, inner: number): Shape {
  const shape = new Shape().absarc(0, 0, outer, 0, 2 * Math.PI, false)
  shape.holes.push(hole(0, 0, inner))
  return shape
}

/** A flange bearing housing: a lozenge plate with two bolt holes and a collar around the bore. */
function flange(): Mesh {
  const reach = 38, ear = 10, belly = 25, bore = 13
  const lean = Math.acos((belly - ear) / reach)
  const plate = new Shape()
  plate.absarc(reach, 0, ear, -lean, lean, false)
  plate.absarc(0, 0, belly, lean, Math.PI - lean, false)
  plate.absarc(-reach, 0, ear, Math.PI - lean, Math.PI + lean, false)
  plate.absarc(0, 0, belly, Math.PI + lean, 2 * Math.PI - lean, false)
  plate.holes.push(hole(0, 0, bore), hole(reach, 0, 5), hole(-reach, 0, 5))
  const collar = moveMesh(extrude(ring(19, bore), 14, 1, 16), straight, [0, 0, 8.5])
  return joinMeshes([extrude(plate, 9, 1), collar])
}


/** A hexagon bolt: head, plain shank, rolled thread drawn as rings. */
function bolt(): Mesh {
  const head = new Shape(Array.from({ length: 6 }, (_, k) => new Vector2(19 * Math.cos((k * Math.PI) / 3), 19 * Math.sin((k * Math.PI) / 3))))
  const profile = [new Vector2(0.001, 12), new Vector2(10, 12), new Vector2(10, 32)]
  for (let z = 33; z < 74; z += 3) profile.push(new Vector2(8.4, z), new Vector2(9.9, z + 1.3), new Vector2(9.9, z + 1.7))
  profile.push(new Vector2(8, 75.5), new Vector2(0.001, 75.5))
  const shank = moveMesh(meshOf(new LatheGeometry(profile, 22)), [1, 0, 0, 0, 0, -1, 0, 1, 0], [0, 0, 0])
  return joinMeshes([extrude(head, 13, 1.5), shank])
}

/** A spur gear with a hub, a keyed bore and five holes in its web. */
function gear(): Mesh {
  const teeth = 18, tip = 34, root = 27
  const shape = new Shape()
  for (let k = 0; k < teeth; k++)
    for (const [part, radius] of [[0, root], [0.28, root], [0.42, tip], [0.7, tip], [0.84, root]] as const) {
      const angle = ((k + part) / teeth) * 2 * Math.PI
      if (k === 0 && part === 0) shape.moveTo(radius, 0)
      else shape.lineTo(radius * Math.cos(angle), radius * Math.sin(angle))
    }
  shape.closePath()
  const bore = 8
  const key = Math.asin(2.5 / bore)
  const keyed = () => new Path().absarc(0, 0, bore, key, 2 * Math.PI - key, false).lineTo(bore + 2.5, -2.5).lineTo(bore + 2.5, 2.5).closePath()
  shape.holes.push(keyed())
  for (let k = 0; k < 5; k++) shape.holes.push(hole(19.5 * Math.cos(k * 1.2566), 19.5 * Math.sin(k * 1.2566), 3.8))
  const hub = new Shape().absarc(0, 0, 14, 0, 2 * Math.PI, false)
  hub.holes.push(keyed())
  return joinMeshes([extrude(shape, 13, 0.8, 8), moveMesh(extrude(hub, 10, 0.8), straight, [0, 0, 12.5])])
}

export const workpieces = { bolt, flange, gear } as const
export type WorkpieceName = keyof typeof workpieces
export const workpieceNames = Object.keys(workpieces) as WorkpieceName[]

export function model(name: WorkpieceName): Mesh {
  return cleanMesh(workpieces[name]())
}

/** A mesh as binary STL. */
export function toStl({ positions: p, indices }: Mesh, title: string): Uint8Array {
  const facets = indices.length / 3
  const bytes = new Uint8Array(84 + 50 * facets)
  bytes.set(new TextEncoder().encode(title).subarray(0, 80))
  const view = new DataView(bytes.buffer)
  view.setUint32(80, facets, true)
  for (let t = 0; t < facets; t++)
    for (let c = 0; c < 3; c++)
      for (let k = 0; k < 3; k++) view.setFloat32(84 + 50 * t + 12 + 12 * c + 4 * k, p[3 * indices[3 * t + c] + k], true)
  return bytes
}
