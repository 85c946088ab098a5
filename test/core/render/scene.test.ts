import { describe, expect, it } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { drawDistractor } from '../../../main/core/render/distractors.ts'
import { measureMesh } from '../../../main/core/render/measure.ts'
import { cleanMesh, meshExtent } from '../../../main/core/render/mesh.ts'
import { placeSurfaces } from '../../../main/core/render/place-surfaces.ts'
import { preparePart, renderPart } from '../../../main/core/render/render.ts'
import { renderScene, type SceneOptions } from '../../../main/core/render/scene.ts'
import { addNoise } from '../../../main/core/render/sensor.ts'
import { simplify } from '../../../main/core/render/simplify.ts'
import { buildSurface, intersect } from '../../../main/core/render/surface.ts'
import { ball, box } from './shapes.ts'

const size = { width: 96, height: 72 }
const picture = (grey: number) => ({ ...size, data: new Uint8Array(3 * size.width * size.height).fill(grey) })
const slab = { part: preparePart(box(40, 30, 10)), label: 5 }
const render = (options: Partial<SceneOptions>, seed = 1, things = [slab]) => renderScene(things, picture(128), { ...size, antialias: 2, pose: 'resting', ...options }, random('scene', seed))
const same = [1, 0, 0, 0, 1, 0, 0, 0, 1]

describe('placed surfaces', () => {
  it('are met where they were put, by their place in the list', () => {
    const cube = buildSurface([box(2, 2, 2)]), sphere = buildSurface([cleanMesh(ball(10))])
    const all = placeSurfaces([
      { surface: cube, turn: same, move: [0, 0, 0] }, { surface: sphere, turn: same.map((value) => 3 * value), move: [10, 0, 0] }, { surface: cube, turn: same, move: [0, 20, 0] },
    ])
    const shot = (x: number, y: number) => {
      const hit = { distance: Infinity, triangle: 0, u: 0, v: 0 }
      return intersect(all, x, y, 50, 0, 0, -1, hit) ? [all.owners[hit.triangle], hit.distance] : null
    }
    expect(shot(0.3, 0.2)).toEqual([0, 49])
    expect(shot(10, 0.001)![0]).toBe(1)
    expect(shot(10, 0.001)![1]).toBeCloseTo(47, 1)
    expect(shot(0.3, 20.2)).toEqual([2, 49])
    expect(shot(5, 10)).toBeNull()
    expect(all.bounds.slice(0, 6)).toEqual(Float32Array.of(-1, -3, -3, 13, 21, 3))
  })
})

describe('a camera model', () => {
  const of = (options: Partial<SceneOptions>) => renderPart(slab.part, { ...size, antialias: 1, look: 'plain', ...options }, random('camera', 3))
  const distance = ({ camera }: ReturnType<typeof of>) => Math.hypot(...camera.eye)

  it('sees the asked angle, square to its axis', () => {
    const { camera } = of({ slope: 0.25 })
    expect(camera.window).toEqual({ left: -0.25, right: 0.25, top: 0.1875, bottom: -0.1875 })
  })
  it('goes where the part fills its share', () => {
    const { camera, mask } = of({ slope: 0.25, fill: [0.5, 0.5], shift: 0 })
    const columns = [...mask.data.keys()].filter((i) => mask.data[i]).map((i) => i % size.width), rows = [...mask.data.keys()].filter((i) => mask.data[i]).map((i) => Math.floor(i / size.width))
    const share = Math.max((Math.max(...columns) - Math.min(...columns) + 1) / size.width, (Math.max(...rows) - Math.min(...rows) + 1) / size.height)
    expect(share).toBeGreaterThan(0.47)
    expect(share).toBeLessThan(0.53)
    expect(camera.window.right).toBe(0.25)
  })
  it('keeps the asked distance in millimetres, whatever the unit of the part', () => {
    const metres = preparePart(box(0.04, 0.03, 0.01), { millimetres: 1000 })
    expect(distance(of({ slope: 0.25, distance: [200, 200], shift: 0 }))).toBeCloseTo(200, -1)
    expect(1000 * Math.hypot(...renderPart(metres, { ...size, antialias: 1, look: 'plain', slope: 0.25, distance: [200, 200], shift: 0 }, random('camera', 3)).camera.eye)).toBeCloseTo(200, -1)
  })
  it('blurs the picture and not the mask', () => {
    const sharp = of({ slope: 0.25, antialias: 3 }), blurred = of({ slope: 0.25, antialias: 3, defocus: 4, motion: 0 })
    expect(blurred.mask.data).toEqual(sharp.mask.data)
    const half = ({ coverage }: ReturnType<typeof of>) => coverage.data.filter((share) => share > 0.05 && share < 0.95).length
    expect(half(blurred)).toBeGreaterThan(1.3 * half(sharp))
  })
  it('adds noise of the asked strength at white', () => {
    const noisy = addNoise(picture(255), 10, random(1)).data, dark = addNoise(picture(128), 10, random(1)).data
    expect(255 - noisy.reduce((sum, value) => sum + value, 0) / noisy.length).toBeCloseTo(10 / Math.sqrt(2 * Math.PI), 0)
    const spread = Math.sqrt(dark.reduce((sum, value) => sum + (value - 128) ** 2, 0) / dark.length)
    expect(spread).toBeCloseTo(10 * Math.sqrt(0.15 + (0.85 * 128) / 255), 0)
  })
})

describe('a scene', () => {
  it('leaves a picture behind that has noise of its own without more', () => {
    const clean = render({ shadow: 0 }), noisy = render({ shadow: 0, noise: 20, noisyBehind: true })
    const changed = [...clean.mask.data.keys()].filter((i) => clean.image.data[3 * i] !== noisy.image.data[3 * i])
    expect(changed.some((i) => clean.mask.data[i] > 0)).toBe(true)
    expect(changed.filter((i) => clean.mask.data[i] === 0 && clean.image.data[3 * i] === 128)).toEqual([])
  })
  it('is the same for the same seed and leaves the picture behind as it is far from the part', () => {
    const a = render({}), b = render({})
    expect(a.image.data).toEqual(b.image.data)
    expect(render({}, 2).image.data).not.toEqual(a.image.data)
    const none = render({ shadow: 0 })
    const free = [...none.mask.data.keys()].filter((i) => none.mask.data[i] === 0 && none.image.data[3 * i] === 128)
    expect(free.length).toBeGreaterThan(1000)
  })
  it('mirrors the picture behind at its place and as light as it is, and only on what faces the table', () => {
    const options: Partial<SceneOptions> = { finishes: ['polished'], exposure: [0.2, 0.2], shadow: 0, lowest: 0.5, fill: [0.6, 0.6], antialias: 3 }
    const shown = (behind: typeof grey) => renderScene([slab], behind, { ...size, pose: 'resting', ...options }, random('mirror', 3))
    const grey = picture(128)
    const red = { ...size, data: grey.data.map((_, i) => (i % 3 === 0 ? 128 : 20)) }
    const striped = { ...size, data: grey.data.map((_, i) => (Math.floor(i / 3 / size.width) % 4 < 2 ? 20 : 230)) }
    const [a, b, c] = [grey, red, striped].map(shown)
    const covered = [...a.mask.data.keys()].filter((i) => a.mask.data[i] > 0)
    expect(b.mask.data).toEqual(a.mask.data)
    const wall = covered.filter((i) => a.image.data[3 * i + 1] - b.image.data[3 * i + 1] > 10)
    expect(wall.length).toBeGreaterThan(0.05 * covered.length)
    expect(wall.length).toBeLessThan(0.6 * covered.length)
    for (const i of covered) expect(Math.abs(a.image.data[3 * i] - b.image.data[3 * i])).toBeLessThan(3)
    const spread = ({ image }: typeof a) => {
      const values = wall.map((i) => image.data[3 * i + 1]), mean = values.reduce((sum, value) => sum + value) / values.length
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    }
    expect(spread(c)).toBeGreaterThan(spread(a) + 10)
  })
  it('darkens the floor beside the part and less far from it', () => {
    const { image, mask } = render({ lamps: 0 })
    const beside: number[] = []
    for (let i = size.width + 1; i < mask.data.length - size.width - 1; i++) {
      const alone = mask.data[i] === 0 && [i - 3, i + 3].some((k) => mask.data[k] > 0) && [i - 2, i - 1, i + 1, i + 2].every((k) => mask.data[k] === 0)
      if (alone) beside.push(image.data[3 * i])
    }
    const corner = [0, size.width - 1, mask.data.length - 1].map((i) => image.data[3 * i])
    expect(beside.length).toBeGreaterThan(20)
    expect(beside.reduce((sum, value) => sum + value) / beside.length).toBeLessThan(corner.reduce((sum, value) => sum + value) / 3 - 4)
  })
  it('throws darker shadows under stronger lamps and harder ones under smaller', () => {
    const left = (options: Partial<SceneOptions>) => {
      const { image, mask } = render({ lamps: 1, ...options })
      return [...mask.data.keys()].filter((i) => mask.data[i] === 0).map((i) => image.data[3 * i])
    }
    const darkest = (options: Partial<SceneOptions>) => Math.min(...left(options))
    expect(darkest({ strongest: 20, softest: 0.05 })).toBeLessThan(darkest({ strongest: 0.3, softest: 0.05 }) - 10)
    const between = (options: Partial<SceneOptions>) => {
      const values = left(options), low = Math.min(...values)
      return values.filter((value) => value > low + 0.25 * (128 - low) && value < low + 0.75 * (128 - low)).length
    }
    expect(between({ strongest: 20, softest: 0.01 })).toBeLessThan(between({ strongest: 20, softest: 1 }))
  })
  it('throws longer shadows under lower lamps', () => {
    const shaded = (lampsFrom: number) => [1, 2, 3, 4].reduce((sum, seed) => {
      const { image, mask } = render({ lamps: 1, strongest: 20, softest: 0.02, lampsFrom, lowest: 0.9 }, seed)
      return sum + [...mask.data.keys()].filter((i) => mask.data[i] === 0 && image.data[3 * i] < 90).length
    }, 0)
    expect(shaded(5)).toBeGreaterThan(1.2 * shaded(80))
  })
  it('shows the largest of several as large as one alone', () => {
    const wide = (things: (typeof slab)[]) => {
      const { instances } = render({ fill: [0.3, 0.3], shift: 0, slope: 0.3 }, 5, things)
      const areas = [1, 2, 3].map((number) => instances.data.filter((value) => value === number).length)
      return Math.max(...areas)
    }
    expect(wide([slab, slab, slab])).toBeGreaterThan(0.5 * wide([slab]))
  })
  it('numbers what is looked for and leaves out what is not', () => {
    const stray = { part: preparePart(drawDistractor(random('stray', 1)), { millimetres: 15 }), label: 0 }
    const { mask, instances, depth, surface } = render({}, 4, [slab, stray, slab, stray, stray, stray])
    expect(new Set(mask.data)).toEqual(new Set([0, 5]))
    expect(new Set(instances.data)).toEqual(new Set([0, 1, 3]))
    expect([...depth.data].some((z, i) => z < Infinity && mask.data[i] === 0)).toBe(true)
    expect(Math.min(...surface.corners.filter((_, i) => i % 3 === 2))).toBeCloseTo(0, 4)
  })
  it('with fewer rays within even surfaces keeps masks and, nearly, light', () => {
    const all = render({ sparing: false, antialias: 3 }), few = render({ sparing: true, antialias: 3 })
    expect(few.mask.data).toEqual(all.mask.data)
    const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length
    expect(Math.abs(mean(few.image.data) - mean(all.image.data))).toBeLessThan(6)
  })
  it('lights things like the picture behind where that is asked, and as set elsewhere', () => {
    const lightOf = (matched: number, behind: number) => {
      const { image, mask } = renderScene([slab], picture(behind), { ...size, antialias: 2, pose: 'resting', exposure: [0.1, 0.1], matched }, random('scene', 1))
      const covered = [...mask.data.keys()].filter((i) => mask.data[i])
      return covered.reduce((sum, i) => sum + image.data[3 * i + 1], 0) / covered.length
    }
    expect(lightOf(0, 200)).toBeLessThan(140)
    expect(lightOf(1, 200)).toBeGreaterThan(160)
    expect(lightOf(1, 60)).toBeLessThan(90)
  })
  it('grains shadows and leaves the lit table as it is', () => {
    const { image, mask } = render({ lamps: 1, strongest: 8, darkNoise: 30 }), { image: clean } = render({ lamps: 1, strongest: 8 })
    const off = (lit: boolean) => {
      const changes = [...mask.data.keys()].filter((i) => mask.data[i] === 0 && (clean.data[3 * i] > 126) === lit).map((i) => Math.abs(image.data[3 * i] - clean.data[3 * i]))
      return changes.reduce((sum, change) => sum + change, 0) / changes.length
    }
    expect(off(true)).toBeLessThan(0.1)
    expect(off(false)).toBeGreaterThan(1)
  })
  it('refuses a picture behind of another size', () => {
    expect(() => renderScene([slab], picture(1), { width: 10, height: 10 }, random(1))).toThrow(RangeError)
  })
})

it('stray things are closed solids of about radius 1', () => {
  for (let i = 0; i < 40; i++) {
    const mesh = cleanMesh(drawDistractor(random('stray', i)))
    const facts = measureMesh(mesh)
    expect(facts.openEdges).toBe(0)
    expect(facts.volume).toBeGreaterThan(0.005)
    expect(meshExtent(mesh).radius).toBeLessThan(1.4)
  }
})

it('a simplified mesh is as small as asked and keeps its size', () => {
  const mesh = cleanMesh(ball(60))
  const small = simplify(mesh, 2000)
  expect(mesh.indices.length / 3).toBeGreaterThan(14_000)
  expect(small.indices.length / 3).toBeLessThanOrEqual(2000)
  expect(small.indices.length / 3).toBeGreaterThan(500)
  for (const side of measureMesh(small).size) expect(side).toBeCloseTo(2, 0)
})
