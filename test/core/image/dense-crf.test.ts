import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { denseCrf, type CrfOptions } from '../../../main/core/image/dense-crf.ts'
import { buildLattice, filterLattice, latticeScratch } from '../../../main/core/image/permutohedral.ts'
import type { ChannelMap } from '../../../main/core/image/resize.ts'
import type { RgbImage } from '../../../main/core/image/types.ts'
import { random } from '../../../main/core/random.ts'
import { argmax } from '../../../main/core/train/pseudo-label.ts'
import { goldenArray, goldenArrays, goldenFolder, goldenJson, hasGolden } from '../../helpers/golden.ts'
import { readPng } from '../../helpers/png.ts'

const options: CrfOptions = { iterations: 5, gaussian: { width: 3, weight: 3 }, bilateral: { width: 30, colour: 13, weight: 10 } }

/** A bright square on a dark ground; beliefs are weak and a fifth of them wrong. */
function noisySquare(size: number): { image: RgbImage; probabilities: ChannelMap; truth: Uint8Array } {
  const { chance } = random('crf')
  const truth = Uint8Array.from({ length: size * size }, (_, i) =>
    ((i % size) > size / 4 && (i % size) < size * 0.75 && i > size * size / 4 && i < size * size * 0.75 ? 1 : 0))
  const image = new Uint8Array(3 * truth.length)
  const data = new Float32Array(3 * truth.length)
  for (const [i, label] of truth.entries()) {
    image.fill(label ? 200 : 40, 3 * i, 3 * i + 3)
    const belief = chance(0.2) ? 1 - label : label
    data[3 * i] = belief ? 0.4 : 0.6
    data[3 * i + 1] = belief ? 0.6 : 0.4
  }
  return { image: { width: size, height: size, data: image }, probabilities: { width: size, height: size, channels: 3, data }, truth }
}

describe('denseCrf', () => {
  it('finds the square behind weak and partly wrong beliefs', () => {
    const { image, probabilities, truth } = noisySquare(48)
    const q = denseCrf(probabilities, image, options)
    expect([...argmax(q)]).toEqual([...truth])
    for (let at = 0; at < q.data.length; at += 3) {
      expect(q.data[at] + q.data[at + 1]).toBeCloseTo(1, 5)
      expect(q.data[at + 2]).toBe(0)
    }
  })

  it('leaves probabilities alone without iterations or without kernels', () => {
    const { image, probabilities } = noisySquare(8)
    const without = { ...options, gaussian: { width: 1, weight: 0 }, bilateral: { width: 1, colour: 1, weight: 0 } }
    for (const given of [{ ...options, iterations: 0 }, without])
      for (const [i, v] of denseCrf(probabilities, image, given).data.entries()) expect(v).toBeCloseTo(probabilities.data[i], 6)
  })

  it('takes one pixel, one class, and no belief at all at some pixels', () => {
    const one = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) }
    expect([...denseCrf({ width: 1, height: 1, channels: 1, data: Float32Array.of(1) }, one, options).data]).toEqual([1])
    const { image, probabilities } = noisySquare(16)
    probabilities.data.fill(0, 0, 3)
    expect(denseCrf(probabilities, image, options).data.every((v) => v >= 0 && v <= 1)).toBe(true)
  })

  it('refuses sizes that differ and widths of nothing', () => {
    const { image, probabilities } = noisySquare(8)
    expect(() => denseCrf({ ...probabilities, width: 4, height: 16 }, image, options)).toThrow('expected an image of 4 x 16, got 8 x 8')
    expect(() => denseCrf(probabilities, image, { ...options, gaussian: { width: 0, weight: 1 } })).toThrow('expected widths over 0, got 0, 30 and 13')
  })
})

describe('buildLattice', () => {
  it('gives each point weights that sum to 1 over d + 1 vertices', () => {
    const { normal } = random('points')
    const features = Float32Array.from({ length: 300 }, () => 3 * normal())
    const { points, stride, corners, weights, vertices } = buildLattice(features, 3)
    expect(points).toBe(100)
    for (let p = 0; p < points; p++) {
      expect(weights.subarray(stride * p, stride * p + 4).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
      expect(Math.min(...weights.subarray(stride * p, stride * p + 4))).toBeGreaterThan(-1e-6)
      expect(new Set(corners.subarray(stride * p, stride * p + 4)).size).toBe(4)
    }
    expect(Math.max(...corners)).toBe(vertices)
  })

  it('approximates the Gaussian of one point', () => {
    const features = Float32Array.from({ length: 41 }, (_, i) => (i - 20) / 5)
    const lattice = buildLattice(features, 1)
    const values = new Float32Array(41)
    values[20] = 1
    const out = new Float32Array(41)
    filterLattice(lattice, values, 1, out, latticeScratch(lattice, 1))
    for (let i = 0; i < 41; i++) expect(Math.abs(out[i] / 1.5 - Math.exp(-(features[i] ** 2) / 2))).toBeLessThan(0.3)
    expect(out[20]).toBeGreaterThan(out[30])
  })

  it('refuses data that do not fit', () => {
    expect(() => buildLattice(new Float32Array(5), 2)).toThrow('expected features of 2 dimensions, got 5 values')
  })
})

interface Parameters { gauss_sxy: number; gauss_compat: number; bilat_sxy: number; bilat_srgb: number; bilat_compat: number }

/** Planes [C, H, W] to pixels [H, W, C]. */
function pixels(planes: Float32Array, [channels, height, width]: number[], map = (v: number) => v): ChannelMap {
  const n = height * width
  const data = new Float32Array(planes.length)
  for (let i = 0; i < planes.length; i++) data[(i % n) * channels + Math.floor(i / n)] = map(planes[i])
  return { width, height, channels, data }
}

function compare(q: ChannelMap, expected: ChannelMap) {
  let max = 0
  let sum = 0
  for (let i = 0; i < q.data.length; i++) {
    const d = Math.abs(q.data[i] - expected.data[i])
    max = Math.max(max, d)
    sum += d
  }
  const own = argmax(q), theirs = argmax(expected)
  return { max, mean: sum / q.data.length, agreement: own.filter((c, i) => c === theirs[i]).length / own.length }
}

function optionsOf(sidecar: string, iterations: number): CrfOptions {
  const p = goldenJson<{ parameters: Parameters }>(sidecar).parameters
  return {
    iterations, gaussian: { width: p.gauss_sxy, weight: p.gauss_compat },
    bilateral: { width: p.bilat_sxy, colour: p.bilat_srgb, weight: p.bilat_compat },
  }
}

describe.skipIf(!hasGolden('2_dense_crf'))('beside pydensecrf', () => {
  const folder = '2_dense_crf'
  const photo = async (name: string) => await readPng(resolve(goldenFolder, folder, `${name}.png`)) as RgbImage
  const given = (name: string): ChannelMap => {
    const unary = goldenArray(`${folder}/${name}_unary.bin`)
    return pixels(unary.data, unary.shape, (u) => Math.exp(-u))
  }

  it.each(['tools', 'fasteners'].flatMap((name) => ['p1', 'p2'].map((set) => [name, set])))('%s, parameters %s', async (name, set) => {
    const image = await photo(`${name}_160x120`)
    for (const iterations of [1, 5, 10]) {
      const expected = goldenArray(`${folder}/${name}_${set}_q_iter${iterations}.bin`)
      const q = denseCrf(given(name), image, optionsOf(`${folder}/${name}_${set}_q_iter${iterations}.json`, iterations))
      const { max, mean, agreement } = compare(q, pixels(expected.data, expected.shape))
      expect(max).toBeLessThanOrEqual(1e-3)
      expect(mean).toBeLessThanOrEqual(1e-5)
      expect(agreement).toBeGreaterThanOrEqual(0.999)
    }
  })

  it.each(['p1', 'p2'])('a tiny picture, parameters %s: its lattice and the exact kernels', async (set) => {
    const image = await photo('tiny_24x20')
    for (const iterations of [1, 5, 10]) {
      const q = denseCrf(given('tiny'), image, optionsOf(`${folder}/tiny_${set}_exact_q_iter${iterations}.json`, iterations))
      const lattice = goldenArray(`${folder}/tiny_${set}_lattice_q_iter${iterations}.bin`)
      const beside = compare(q, pixels(lattice.data, lattice.shape))
      expect(beside.max).toBeLessThanOrEqual(1e-3)
      expect(beside.mean).toBeLessThanOrEqual(1e-5)
      const exact = goldenArray(`${folder}/tiny_${set}_exact_q_iter${iterations}.bin`)
      const { mean, agreement } = compare(q, pixels(exact.data, exact.shape))
      expect(agreement).toBeGreaterThanOrEqual(0.97)
      expect(mean).toBeLessThanOrEqual(0.015)
    }
  })

  it('one pass of the lattice, before normalisation', async () => {
    const image = await photo('tiny_24x20')
    const arrays = goldenArrays(`${folder}/tiny_one_filter_pass.bin`)
    const n = 480
    const features = {
      gaussian: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? (i / 2) % 24 : Math.floor(i / 48)) / 2),
      bilateral: Float32Array.from({ length: 5 * n }, (_, i) => {
        const p = Math.floor(i / 5), k = i % 5
        return k === 0 ? (p % 24) / 8 : k === 1 ? Math.floor(p / 24) / 8 : image.data[3 * p + k - 2] / 10
      }),
    }
    const input = pixels(arrays.input.data as Float32Array, [2, 20, 24])
    for (const [name, d, vertices] of [['gaussian', 2, 165], ['bilateral', 5, 1014]] as const) {
      const lattice = buildLattice(features[name], d)
      expect(lattice.vertices).toBe(vertices)
      const out = new Float32Array(2 * n)
      filterLattice(lattice, input.data, 2, out, latticeScratch(lattice, 2))
      const expected = pixels(arrays[`${name}_lattice_of_input`].data as Float32Array, [2, 20, 24]).data
      for (let i = 0; i < out.length; i++) expect(Math.abs(out[i] / (1 + 2 ** -d) - expected[i])).toBeLessThanOrEqual(1e-4 * Math.abs(expected[i]) + 1e-6)
    }
  })
})
