import { existsSync, readFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { loadCad, partsOf } from '../../../main/core/render/load-mesh.ts'
import { cleanMesh, type Mesh } from '../../../main/core/render/mesh.ts'
import { poses } from '../../../main/core/render/pose.ts'
import { preparePart, renderPart } from '../../../main/core/render/render.ts'
import { renderScene } from '../../../main/core/render/scene.ts'
import type { Surface } from '../../../main/core/render/surface.ts'
import { project } from './project.ts'
import { ball, box } from './shapes.ts'

const cad = resolve('../shared/data/cad')
const hasCad = existsSync(cad)
if (!hasCad) console.warn('SKIPPED: the CAD files are not at ../shared/data/cad, drawn solids alone are looked at')
const files = [
  'trimesh_models/featuretype.STEP', 'trimesh_models/box_sides.STEP', 'trimesh_models/featuretype.STL', 'o2ac_wrs2020/04_37D-GEARMOTOR-50-70.stl',
  'trimesh_models/fandisk.obj', 'isaacgym_factory/factory_bolt_m16_loose.obj', 'trimesh_models/cycloidal.ply',
]
const size = { width: 160, height: 120 }
const grey = { ...size, data: new Uint8Array(3 * 160 * 120).fill(128) }
const quick = { ...size, antialias: 1, look: 'plain', lamps: 0 } as const

/** Pixels that two label maps tell apart, those left out that rounding decides; and how many were left out. */
function compare(mask: Uint8Array, wanted: Uint8Array) {
  let wrong = 0, unsure = 0
  for (let i = 0; i < mask.length; i++) {
    if (wanted[i] === 255) unsure++
    else if (mask[i] !== wanted[i]) wrong++
  }
  return { wrong, unsure, seen: mask.filter((label) => label > 0).length }
}

function checkAlone(mesh: Mesh): void {
  const part = preparePart(mesh)
  for (const [i, pose] of [...poses, ...poses].entries()) {
    const model = i < poses.length ? {} : { slope: 0.3, fill: [0.6, 0.9] as const, defocus: 2, motion: 4, noise: 5 }
    const { mask, camera } = renderPart(part, { ...quick, pose, ...model }, random('silhouette', i))
    const { wrong, unsure, seen } = compare(mask.data, project([mesh], camera, size.width, size.height))
    expect(seen).toBeGreaterThan(300)
    expect({ pose, wrong }).toEqual({ pose, wrong: 0 })
    expect(unsure).toBeLessThan(5)
  }
}

/** The meshes of a placed surface, one for each owner. */
function meshesOf({ corners, owners }: Surface): Mesh[] {
  const count = Math.max(...owners) + 1
  return Array.from({ length: count }, (_, owner) => {
    const triangles = [...owners.keys()].filter((t) => owners[t] === owner)
    const positions = Float32Array.from(triangles.flatMap((t) => [...corners.subarray(9 * t, 9 * t + 9)]))
    return { positions, indices: Uint32Array.from({ length: positions.length / 3 }, (_, i) => i) }
  })
}

describe('a mask is the projection of the part', () => {
  it('of drawn solids', () => {
    checkAlone(box(30, 20, 10))
    checkAlone(cleanMesh(ball(12)))
  })

  it('also where several things hide each other', () => {
    const things = [{ part: preparePart(box(30, 20, 10)), label: 7 }, { part: preparePart(ball(12), { millimetres: 12 }), label: 3 }, { part: preparePart(box(1, 1, 5), { millimetres: 9 }), label: 0 }]
    for (let i = 0; i < 6; i++) {
      const { mask, instances, camera, surface } = renderScene(things, grey, { ...quick, pose: poses[i % 3], lowest: 0.1 }, random('several', i))
      const wanted = project(meshesOf(surface), camera, size.width, size.height)
      const label = (owner: number) => [0, 7, 3, 0][owner] ?? 255
      expect(compare(mask.data, wanted.map(label))).toMatchObject({ wrong: 0 })
      expect(compare(instances.data, wanted.map((owner) => [0, 1, 2, 0][owner] ?? 255))).toMatchObject({ wrong: 0 })
    }
  })

  it.runIf(hasCad).each(files)('of %s', async (name) => {
    const content = await loadCad(readFileSync(join(cad, name)), extname(name).slice(1))
    checkAlone(partsOf(content, 'one')[0].mesh)
  })
})
