import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { random } from '../../../main/core/random.ts'
import { addLight, addMirrored, mapSky, makeEnvironment, mapRoughness, roomSky } from '../../../main/core/render/environment.ts'
import { noise3 } from '../../../main/core/render/noise.ts'

const hdri = resolve('../shared/data/hdri')
if (!existsSync(hdri)) console.warn(`SKIPPED: real light maps are not at ${hdri}`)

const matt = (environment: ReturnType<typeof makeEnvironment>, x: number, y: number, z: number) => {
  const out = new Float64Array(3)
  addLight(environment.matt, x, y, z, 1, out)
  return out
}

describe('environment light', () => {
  test('an even sky is even at every roughness and direction', () => {
    const even = makeEnvironment((_x, _y, _z, out) => out.set([1, 0.5, 0.25]))
    const rng = random('directions')
    for (let n = 0; n < 50; n++) {
      const d = [rng.normal(), rng.normal(), rng.normal()]
      const length = Math.hypot(...d)
      const out = new Float64Array(3)
      addMirrored(even, rng.uniform(), d[0] / length, d[1] / length, d[2] / length, 2, out)
      expect(out[0]).toBeCloseTo(2, 4)
      expect(out[2]).toBeCloseTo(0.5, 4)
      expect(matt(even, d[0] / length, d[1] / length, d[2] / length)[1]).toBeCloseTo(0.5, 4)
    }
  })

  test('a half sky lights a floor fully, a wall by half, a ceiling not at all', () => {
    const half = makeEnvironment((_x, _y, z, out) => out.fill(z > 0 ? 1 : 0))
    expect(matt(half, 0, 0, 1)[0]).toBeCloseTo(1, 1)
    expect(matt(half, 1, 0, 0)[0]).toBeCloseTo(0.5, 1)
    expect(matt(half, 0, 0, -1)[0]).toBeCloseTo(0, 1)
  })

  test('the rougher, the more blurred', () => {
    const spot = makeEnvironment((x, _y, _z, out) => out.fill(x > 0.97 ? 10 : 0))
    const seen = mapRoughness.map((roughness) => {
      const out = new Float64Array(3)
      addMirrored(spot, roughness, 1, 0, 0, 1, out)
      return out[0]
    })
    for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeLessThan(seen[i - 1])
    expect(seen[0]).toBeCloseTo(10, 3)
  })

  test('a room is the same for the same seed and has lamps', () => {
    const [a, b] = [roomSky(random('room')), roomSky(random('room'))]
    const rng = random('look')
    let most = 0
    for (let n = 0; n < 2000; n++) {
      const z = rng.between(-1, 1), angle = rng.between(0, 7), flat = Math.sqrt(1 - z * z)
      const [one, two] = [new Float64Array(3), new Float64Array(3)]
      a(flat * Math.cos(angle), flat * Math.sin(angle), z, one)
      b(flat * Math.cos(angle), flat * Math.sin(angle), z, two)
      expect(two).toEqual(one)
      expect(Math.min(...one)).toBeGreaterThanOrEqual(0)
      most = Math.max(most, one[1])
    }
    expect(most).toBeGreaterThan(1.5)
  })

  test('bytes that are no EXR are refused', () => {
    expect(() => mapSky(new Uint8Array(100))).toThrow(RangeError)
  })

  test.skipIf(!existsSync(hdri)).each(existsSync(hdri) ? readdirSync(hdri).filter((file) => file.endsWith('.exr')) : ['light map'])('%s', (file) => {
    const sky = mapSky(readFileSync(join(hdri, file)))
    const out = new Float64Array(3)
    const rng = random(file)
    const mean = (low: number, high: number) => {
      let sum = 0
      for (let n = 0; n < 4000; n++) {
        const z = rng.between(low, high), angle = rng.between(0, 7), flat = Math.sqrt(1 - z * z)
        sky(flat * Math.cos(angle), flat * Math.sin(angle), z, out)
        sum += out[1] / 4000
      }
      return sum
    }
    expect(mean(0.5, 1)).toBeGreaterThan(mean(-1, -0.5))
    expect(mean(-1, 1)).toBeGreaterThan(0.25)
    expect(mean(-1, 1)).toBeLessThan(0.85)
  })
})

test('noise stays in -1 .. 1, has mean 0 and no jumps', () => {
  let sum = 0
  for (let i = 0; i < 20000; i++) {
    const value = noise3(i * 0.173, i * 0.031 - 200, 4.5)
    expect(Math.abs(value)).toBeLessThanOrEqual(1)
    expect(Math.abs(noise3(i * 0.173 + 1e-4, i * 0.031 - 200, 4.5) - value)).toBeLessThan(1e-3)
    sum += value
  }
  expect(Math.abs(sum / 20000)).toBeLessThan(0.05)
})
