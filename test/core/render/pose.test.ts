import { describe, expect, test } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { dot, lookAt, windowAround } from '../../../main/core/render/camera.ts'
import { cleanMesh } from '../../../main/core/render/mesh.ts'
import { directionBetween, drawRest, frame, restsOf, turnToZ } from '../../../main/core/render/pose.ts'
import { ball, box } from './shapes.ts'

describe('rests', () => {
  test('a cube rests on six faces, each as likely', () => {
    const rests = restsOf(box(1, 1, 1))
    expect(rests.length).toBe(6)
    for (const { weight } of rests) expect(weight).toBeCloseTo((4 * Math.PI) / 6, 5)
  })
  test('a plate mostly lies flat', () => {
    const rng = random('plate')
    const rests = restsOf(box(4, 4, 0.3))
    const flat = Array.from({ length: 200 }, () => drawRest(rests, rng)).filter((down) => Math.abs(down[2]) > 0.99)
    expect(flat.length).toBeGreaterThan(160)
  })
  test('a cone of a ball and a spike does not stand on the spike', () => {
    const mesh = cleanMesh(ball(8))
    const spiked = { ...mesh, positions: mesh.positions.map((value, i) => (i % 3 === 2 && value > 0.99 ? 5 : value)) }
    for (const { down } of restsOf(spiked)) expect(down[2]).toBeLessThan(0.9)
  })
})

describe('camera', () => {
  test('axes are square to each other, right-handed, one long', () => {
    const rng = random('camera')
    for (let n = 0; n < 50; n++) {
      const { right, up, forward } = lookAt([1, 2, 3], directionBetween(-1, 1, rng), 4, rng.between(0, 7))
      for (const [a, b, value] of [[right, up, 0], [up, forward, 0], [right, forward, 0], [right, right, 1], [up, up, 1]] as const)
        expect(dot(a, b)).toBeCloseTo(value, 6)
      const m = turnToZ(directionBetween(-1, 1, rng), rng.between(0, 7))
      const det = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6])
      expect(det).toBeCloseTo(1, 6)
    }
  })
  test('looking straight down works too', () => {
    expect(lookAt([0, 0, 0], [0, 0, 1], 2).eye).toEqual([0, 0, 2])
    expect(Number.isFinite(lookAt([0, 0, 0], [0, 0, 1], 2).right[0])).toBe(true)
  })
  test('a square of side 2 at distance 4 spans a quarter to each side', () => {
    const corners = Float32Array.from([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0])
    const w = windowAround(lookAt([0, 0, 0], [0, 0, 1], 4), corners)
    for (const [value, wanted] of [[w.left, -0.25], [w.right, 0.25], [w.top, 0.25], [w.bottom, -0.25]]) expect(value).toBeCloseTo(wanted, 6)
  })
  test('a frame keeps the part inside when it fills less than all of it', () => {
    const rng = random('frame')
    const mesh = box(1, 2, 3)
    for (let n = 0; n < 50; n++) {
      const camera = frame(lookAt([0, 0, 0], directionBetween(-1, 1, rng), 10), mesh.positions, 4 / 3, rng.between(0.2, 1), 1, rng)
      const around = windowAround(camera, mesh.positions)
      expect(around.left).toBeGreaterThanOrEqual(camera.window.left - 1e-9)
      expect(around.right).toBeLessThanOrEqual(camera.window.right + 1e-9)
      expect(around.top).toBeLessThanOrEqual(camera.window.top + 1e-9)
      expect(around.bottom).toBeGreaterThanOrEqual(camera.window.bottom - 1e-9)
    }
  })
})
