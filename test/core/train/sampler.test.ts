import { describe, expect, it } from 'vitest'
import { evenOrder } from '../../../main/core/train/sampler-order.ts'
import { batchSampler, type PhotoSample, type RenderSample, type SamplerOptions } from '../../../main/core/train/sampler.ts'

const WIDTH = 48, HEIGHT = 36
const augment = { composite: 1, photoBackgrounds: 0.4, randomise: 1, parts: 1.4, clutter: 0.25, shadows: 0, crop: 1, zoomMin: 0.8, zoomMax: 1.3, turn: 180, scaleMin: 0.6, scaleMax: 1.5, cutPaste: 0.5, expectedShare: 0.1 }
const options: SamplerOptions = { seed: 7, width: WIDTH, height: HEIGHT, classes: 4, renderBatch: 3, photoBatch: 4, augment }

function block(label: number, grey: number): { image: RenderSample['image']; mask: RenderSample['mask'] } {
  const image = new Uint8Array(WIDTH * HEIGHT * 3).fill(90), mask = new Uint8Array(WIDTH * HEIGHT)
  for (let y = 10; y < 26; y++)
    for (let x = 14; x < 34; x++) {
      mask[y * WIDTH + x] = label
      image.fill(grey, 3 * (y * WIDTH + x), 3 * (y * WIDTH + x) + 3)
    }
  return { image: { width: WIDTH, height: HEIGHT, data: image }, mask: { width: WIDTH, height: HEIGHT, data: mask } }
}

const renders: RenderSample[] = [1, 1, 1, 1, 1, 1, 2, 3, 3].map((label) => ({ ...block(label, 60 * label), classIndex: label }))
const photo = (label: number, labelled = true): PhotoSample => {
  const { image, mask } = block(label, 70 * label)
  return { image, labels: labelled ? mask : null, tags: label > 0 ? [label] : [] }
}
const photos: PhotoSample[] = [photo(1), photo(1), photo(1), photo(2), photo(3), { ...photo(0), labels: null }]

describe('evenOrder', () => {
  it('draws every group once before any again, and every member within a group', () => {
    const next = evenOrder([['a1', 'a2', 'a3'], [], ['b1']], 1)!
    const drawn = Array.from({ length: 12 }, (_, i) => next(i))
    for (let i = 0; i < 12; i += 2) expect(drawn.slice(i, i + 2).map((s) => s[0]).sort()).toEqual(['a', 'b'])
    const first = drawn.filter((s) => s[0] === 'a').slice(0, 3)
    expect(first.sort()).toEqual(['a1', 'a2', 'a3'])
  })

  it('answers any draw alone, in any order', () => {
    const groups = [[1, 2, 3, 4], [5, 6], [7]]
    const one = evenOrder(groups, 'x', 3)!, other = evenOrder(groups, 'x', 3)!
    const forward = Array.from({ length: 40 }, (_, i) => one(i))
    for (const i of [39, 3, 20, 0]) expect(other(i)).toBe(forward[i])
  })

  it('is null without members', () => {
    expect(evenOrder([[], []], 1)).toBeNull()
  })
})

describe('batchSampler', () => {
  it('lays renders first, then photos, with whole labels', () => {
    const batch = batchSampler(renders, photos, options).batch(1, 0)
    expect([batch.renders, batch.photos]).toEqual([3, 4])
    expect(batch.image.length).toBe(7 * HEIGHT * WIDTH * 3)
    expect(batch.labels.length).toBe(7 * HEIGHT * WIDTH)
    expect(batch.image.every((v) => v >= 0 && v <= 255)).toBe(true)
    for (const label of new Set(batch.labels)) expect([0, 1, 2, 3, 255]).toContain(label)
  })

  it('gives the same batch for the same seed, round and step, whatever was drawn before, and others for others', () => {
    const a = batchSampler(renders, photos, options), b = batchSampler(renders, photos, options)
    for (let step = 0; step < 5; step++) a.batch(1, step)
    expect(a.batch(2, 9)).toEqual(b.batch(2, 9))
    expect(a.batch(2, 9).image).not.toEqual(a.batch(2, 10).image)
    expect(a.batch(2, 9).image).not.toEqual(a.batch(3, 9).image)
    expect(a.batch(2, 9).image).not.toEqual(batchSampler(renders, photos, { ...options, seed: 8 }).batch(2, 9).image)
  })

  it('shows every workpiece equally often, however many renders each has', () => {
    const sampler = batchSampler(renders, photos, { ...options, renderBatch: 3, photoBatch: 0, augment: { ...augment, composite: 0, randomise: 0 } })
    const seen = [0, 0, 0, 0]
    for (let step = 0; step < 6; step++) {
      const { labels } = sampler.batch(1, step)
      for (let row = 0; row < 3; row++) seen[Math.max(...labels.subarray(row * WIDTH * HEIGHT, (row + 1) * WIDTH * HEIGHT))]++
    }
    expect(seen).toEqual([0, 6, 6, 6])
  })

  it('shows every tag equally often, photos without a workpiece among them as pure background', () => {
    const sampler = batchSampler([], photos, { ...options, renderBatch: 0, photoBatch: 4, augment: { ...augment, composite: 0, cutPaste: 0 } })
    const seen = [0, 0, 0, 0]
    for (let step = 0; step < 5; step++) {
      const { labels } = sampler.batch(1, step)
      for (let row = 0; row < 4; row++) {
        const found = new Set(labels.subarray(row * WIDTH * HEIGHT, (row + 1) * WIDTH * HEIGHT))
        found.delete(255)
        seen[Math.max(...found)]++
      }
    }
    expect(seen).toEqual([5, 5, 5, 5])
  })

  it('varies renders that are not pasted as it varies photos', () => {
    const plain = (randomise: number) => batchSampler(renders, [], { ...options, renderBatch: 3, photoBatch: 0, augment: { ...augment, composite: 0, randomise } }).batch(1, 0)
    const varied = plain(1)
    expect(varied.image).not.toEqual(plain(0).image)
    expect([...new Set(varied.labels)].sort((a, b) => a - b).filter((label) => label > 0 && label < 255)).toEqual([1, 2, 3])
  })

  it('gives renders as they are when nothing is pasted and nothing is random', () => {
    const sampler = batchSampler(renders, [], { ...options, renderBatch: 3, photoBatch: 0, augment: { ...augment, composite: 0, randomise: 0 } })
    const { image, labels } = sampler.batch(1, 0)
    for (let i = 0; i < labels.length; i++) expect(image[3 * i]).toBe(labels[i] === 0 ? 90 : 60 * labels[i])
  })

  it('pastes what is before plain grey wherever it pastes at all, and of the rest the share asked for', () => {
    const behind = renders.map((sample) => {
      const data = sample.image.data.map((value, i) => (sample.mask.data[Math.floor(i / 3)] === 0 ? 40 + ((7 * Math.floor(i / 3)) % 160) : value))
      return { ...sample, image: { ...sample.image, data } }
    })
    const kept = (samples: RenderSample[]) => {
      const { image, labels } = batchSampler(samples, [], { ...options, photoBatch: 0, augment: { ...augment, composite: 1e-9, randomise: 0, clutter: 0 } }).batch(1, 0)
      return labels.every((label, i) => label === 0 || image[3 * i] === 60 * label)
    }
    expect(kept(behind)).toBe(true)
    expect(kept(renders)).toBe(false)
  })

  it('ignores photos with tags and without labels, and keeps them out of the backdrops', () => {
    const blind = [photo(1, false), photo(2, false)]
    const sampler = batchSampler(renders, blind, { ...options, augment: { ...augment, photoBackgrounds: 1, cutPaste: 0 } })
    const { labels } = sampler.batch(1, 0)
    const split = 3 * WIDTH * HEIGHT
    expect(labels.subarray(split).every((l) => l === 255)).toBe(true)
    expect(labels.subarray(0, split).every((l) => l !== 255)).toBe(true)
  })

  it('pastes workpieces of other photos on photos', () => {
    const always = { ...options, renderBatch: 0, augment: { ...augment, cutPaste: 1, composite: 0 } }
    const { labels } = batchSampler([], [photo(2), { ...photo(0), labels: null }], always).batch(1, 0)
    const empty = [0, 1, 2, 3].map((row) => labels.subarray(row * WIDTH * HEIGHT, (row + 1) * WIDTH * HEIGHT))
    expect(empty.every((row) => row.includes(2))).toBe(true)
  })

  it('refuses batches it cannot fill', () => {
    expect(() => batchSampler([], photos, options)).toThrow(RangeError)
    expect(() => batchSampler(renders, [], options)).toThrow(RangeError)
  })
})

describe('tagBatch', () => {
  it('marks the tags of photos and the visible classes of renders', () => {
    const sampler = batchSampler(renders, [photo(2, false), { ...photo(0), labels: null }], options)
    const { image, tags } = sampler.tagBatch(0, 4, 0.5)
    expect(image.length).toBe(4 * HEIGHT * WIDTH * 3)
    const rows = [0, 1, 2, 3].map((i) => [...tags.subarray(i * 3, i * 3 + 3)])
    expect(rows.slice(2).map((row) => row.join('')).sort()).toEqual(['000', '010'])
    expect(rows.slice(0, 2).every((row) => row.includes(1))).toBe(true)
    expect(sampler.tagBatch(0, 4, 0.5)).toEqual({ image, tags })
  })

  it('takes photos alone without renders, and renders alone without photos', () => {
    const onPhotos = batchSampler([], [photo(3, false)], { ...options, renderBatch: 0 }).tagBatch(0, 2, 0.5)
    expect([...onPhotos.tags]).toEqual([0, 0, 1, 0, 0, 1])
    const onRenders = batchSampler(renders, [], { ...options, photoBatch: 0 }).tagBatch(0, 2, 0.5)
    expect(onRenders.tags.reduce((s, v) => s + v, 0)).toBeGreaterThanOrEqual(2)
  })
})
