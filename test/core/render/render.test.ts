import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { lookAt, type Camera } from '../../../main/core/render/camera.ts'
import { develop, fromSrgb, toSrgb } from '../../../main/core/render/develop.ts'
import { makeEnvironment, plainSky } from '../../../main/core/render/environment.ts'
import { finishes } from '../../../main/core/render/finish.ts'
import { loadMesh } from '../../../main/core/render/load-mesh.ts'
import { cleanMesh, type Mesh } from '../../../main/core/render/mesh.ts'
import { preparePart, renderMesh, renderPart } from '../../../main/core/render/render.ts'
import { buildSurface } from '../../../main/core/render/surface.ts'
import { trace } from '../../../main/core/render/trace.ts'
import { ball, box } from './shapes.ts'

const gear = resolve('../shared/data/factory/cad/gear.obj')
if (!existsSync(gear)) console.warn(`SKIPPED: the real gear is not at ${gear}`)

const environment = makeEnvironment(plainSky)
const environments = [environment]
const small = { width: 80, height: 60, environments }

function maskOf(mesh: Mesh, camera: Camera, width: number, height: number): Uint8Array {
  const matt = { colour: [0.5, 0.5, 0.5], metal: 0, roughness: 1 } as const
  const scene = { surface: buildSurface([mesh]), materials: [matt], environment, lamps: [], bounces: false }
  return trace(scene, camera, { width, height, antialias: 1 }, random('mask')).owners.data
}

/** Fills every triangle's projection: pixels whose centre is inside it; those within `doubt` of an edge are marked 2. */
function project(mesh: Mesh, camera: Camera, width: number, height: number, doubt: number): Uint8Array {
  const out = new Uint8Array(width * height)
  const flat = (corner: number) => {
    const p = [0, 1, 2].map((k) => mesh.positions[3 * corner + k] - camera.eye[k])
    const along = (axis: readonly number[]) => p[0] * axis[0] + p[1] * axis[1] + p[2] * axis[2]
    const depth = along(camera.forward)
    const w = camera.window
    return [((along(camera.right) / depth - w.left) / (w.right - w.left)) * width, ((along(camera.up) / depth - w.top) / (w.bottom - w.top)) * height]
  }
  for (let t = 0; t < mesh.indices.length; t += 3) {
    const [a, b, c] = [flat(mesh.indices[t]), flat(mesh.indices[t + 1]), flat(mesh.indices[t + 2])]
    const turn = Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    if (turn === 0) continue
    const low = (k: number, size: number) => Math.max(0, Math.min(size, Math.floor(Math.min(a[k], b[k], c[k])) - 1))
    const high = (k: number, size: number) => Math.max(0, Math.min(size, Math.ceil(Math.max(a[k], b[k], c[k])) + 1))
    for (let j = low(1, height); j < high(1, height); j++)
      for (let i = low(0, width); i < high(0, width); i++) {
        const inside = Math.min(...[[a, b], [b, c], [c, a]].map(([p, q]) =>
          (turn * ((q[0] - p[0]) * (j + 0.5 - p[1]) - (q[1] - p[1]) * (i + 0.5 - p[0]))) / Math.hypot(q[0] - p[0], q[1] - p[1])))
        if (inside > doubt) out[j * width + i] = 1
        else if (inside > -doubt && out[j * width + i] === 0) out[j * width + i] = 2
      }
  }
  return out
}

function expectSame(mesh: Mesh, camera: Camera, width: number, height: number): void {
  const traced = maskOf(mesh, camera, width, height)
  const projected = project(mesh, camera, width, height, 1e-4)
  let wrong = 0
  let doubtful = 0
  for (let i = 0; i < traced.length; i++) {
    if (projected[i] === 2) doubtful++
    else if (projected[i] !== traced[i]) wrong++
  }
  expect(wrong).toBe(0)
  expect(doubtful).toBeLessThan(traced.length * 0.002)
  expect(traced.some((value) => value === 1)).toBe(true)
}

describe('the mask', () => {
  test('is the projection of the triangles, pixel by pixel', () => {
    const rng = random('views')
    for (let n = 0; n < 6; n++) {
      const direction = [rng.normal(), rng.normal(), rng.normal()] as const
      const camera = { ...lookAt([0.1, 0, 0.2], direction, 9, rng.between(0, 6)), window: { left: -0.4, right: 0.4, top: 0.3, bottom: -0.3 } }
      expectSame(n % 2 ? cleanMesh(ball(12)) : box(1.5, 2.5, 0.7), camera, 120, 90)
    }
  })

  test('of a ball is its disc', () => {
    const width = 200
    const camera = { ...lookAt([0, 0, 0], [0.3, -0.5, 0.8], 5), window: { left: -0.3, right: 0.3, top: 0.3, bottom: -0.3 } }
    const pixels = maskOf(cleanMesh(ball(90)), camera, width, width).reduce((sum, value) => sum + value, 0)
    const radius = (1 / Math.sqrt(5 * 5 - 1) / 0.6) * width
    expect(pixels / (Math.PI * radius * radius)).toBeCloseTo(1, 2)
  })

  test('carries the label, and agrees with coverage and depth', () => {
    const { mask, coverage, depth } = renderMesh(box(1, 2, 3), { ...small, label: 7 }, random('label'))
    expect(new Set(mask.data)).toEqual(new Set([0, 7]))
    for (let i = 0; i < mask.data.length; i++) {
      if (coverage.data[i] > 0.999) expect(mask.data[i]).toBe(7)
      if (coverage.data[i] === 0) expect(mask.data[i]).toBe(0)
      expect(Number.isFinite(depth.data[i])).toBe(mask.data[i] === 7)
    }
  })

  test.skipIf(!existsSync(gear))('of a real gear is its projection', () => {
    const mesh = loadMesh(readFileSync(gear), 'obj')
    const part = preparePart(mesh)
    const { centre, radius } = part.extent
    const camera = { ...lookAt(centre, [0.4, -0.3, 0.6], radius * 5), window: { left: -0.28, right: 0.28, top: 0.21, bottom: -0.21 } }
    expectSame(mesh, camera, 160, 120)
  })
})

describe('the picture', () => {
  test('is the same for the same seed, and another for another', () => {
    const part = preparePart(box(1, 2, 3))
    const a = renderPart(part, small, random('seed', 1))
    const b = renderPart(part, small, random('seed', 1))
    const c = renderPart(part, small, random('seed', 2))
    expect(b).toEqual(a)
    expect(c.image.data).not.toEqual(a.image.data)
  })

  test('spans the share of the frame that was asked for', () => {
    for (const fill of [0.3, 0.8]) {
      const { mask } = renderMesh(cleanMesh(ball(40)), { ...small, fill: [fill, fill], shift: 0, width: 160, height: 120 }, random('fill'))
      const rows = new Set<number>()
      mask.data.forEach((value, i) => value && rows.add(Math.floor(i / 160)))
      expect(rows.size / 120).toBeGreaterThan(fill - 0.03)
      expect(rows.size / 120).toBeLessThan(fill + 0.03)
      expect(Math.abs((Math.min(...rows) + Math.max(...rows)) / 2 - 59.5)).toBeLessThan(1.6)
    }
  })

  test('keeps its background away from the part', () => {
    const { image, coverage } = renderMesh(box(1, 1, 1), { ...small, background: [10, 200, 30] }, random('background'))
    const bare = coverage.data.findIndex((value) => value === 0)
    expect([...image.data.subarray(3 * bare, 3 * bare + 3)]).toEqual([10, 200, 30])
  })

  test.each(finishes)('of a %s part is neither black nor blown out', (finish) => {
    const { image, coverage } = renderMesh(cleanMesh(ball(30)), { ...small, finishes: [finish] }, random(finish))
    const bright = [...coverage.data.keys()].filter((i) => coverage.data[i] === 1).map((i) => image.data[3 * i + 1])
    const mean = bright.reduce((sum, value) => sum + value, 0) / bright.length
    expect(mean).toBeGreaterThan(40)
    expect(mean).toBeLessThan(235)
  })

  test('plain and resting views differ in light and pose, not in kind', () => {
    const part = preparePart(box(1, 2, 3))
    for (const pose of ['sphere', 'upper', 'resting'] as const)
      for (const look of ['plain', 'varied'] as const) {
        const { mask } = renderPart(part, { ...small, pose, look }, random(pose, look))
        expect(mask.data.filter((value) => value === 1).length).toBeGreaterThan(200)
      }
  })
})

describe('faults', () => {
  const bad = (positions: number[], indices: number[]) => ({ positions: Float32Array.from(positions), indices: Uint32Array.from(indices) })
  test.each([
    ['an empty mesh', bad([], [])],
    ['a coordinate that is not finite', bad([0, 0, NaN, 1, 0, 0, 0, 1, 0], [0, 1, 2])],
    ['no area', bad([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2])],
    ['a corner that is not there', bad([0, 0, 0, 1, 0, 0, 0, 1, 0], [0, 1, 3])],
  ])('%s is told', (_, mesh) => expect(() => renderMesh(mesh, small, random(1))).toThrow(RangeError))
  test.each([{ width: 0 }, { antialias: 0 }, { fill: [0.5, 0.2] as const }, { label: 255 }])('%j is told', (options) =>
    expect(() => renderMesh(box(1, 1, 1), { ...small, ...options }, random(1))).toThrow(RangeError))
})

describe('developing', () => {
  test('sRGB by hand', () => {
    expect([0, 0.0031308, 0.18, 0.5, 1, 2].map(toSrgb)).toEqual([0, 10, 118, 188, 255, 255])
    expect(fromSrgb(188)).toBeCloseTo(0.503, 3)
  })
  test('a half covered pixel is half background, in linear light', () => {
    const one = { width: 1, height: 1 }
    const traced = {
      light: { ...one, data: Float32Array.from([0.25, 0.25, 0.25]) }, coverage: { ...one, data: Float32Array.from([0.5]) },
      owners: { ...one, data: new Uint8Array(1) }, depth: { ...one, data: new Float32Array(1) },
    }
    expect([...develop(traced, 1, [0, 0, 0]).data]).toEqual([137, 137, 137])
    expect([...develop(traced, 1, [255, 255, 255]).data]).toEqual([225, 225, 225])
  })
})
