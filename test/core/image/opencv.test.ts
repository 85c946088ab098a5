import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canny, median } from '../../../main/core/image/canny.ts'
import { components } from '../../../main/core/image/components.ts'
import { distanceTransform } from '../../../main/core/image/distance-transform.ts'
import { dilate } from '../../../main/core/image/morphology.ts'
import type { Raster } from '../../../main/core/image/types.ts'
import { goldenArray, goldenFolder, goldenJson, hasGolden } from '../../helpers/golden.ts'
import { readPng } from '../../helpers/png.ts'

interface Case {
  readonly op: string
  readonly input: string
  readonly output: string
  readonly parameters: {
    threshold1: number; threshold2: number; L2gradient: boolean; median?: number; kernel: number[][]; connectivity: 4 | 8
  }
  readonly areas_sorted?: number[]
  readonly components_without_background?: number
}

const present = hasGolden('3_opencv')
const cases = present ? goldenJson<{ cases: Case[] }>('3_opencv/cases.json').cases : []
const png = async (name: string) => await readPng(resolve(goldenFolder, '3_opencv', name)) as Raster<Uint8Array>

describe.skipIf(!present)('beside OpenCV, bit for bit', () => {
  it.each(cases.filter(({ op }) => op === 'Canny'))('$output', async ({ input, output, parameters }) => {
    const image = await png(input)
    if (parameters.median !== undefined) expect(median(image.data)).toBe(parameters.median)
    const { threshold1: low, threshold2: high, L2gradient: l2 } = parameters
    expect(Buffer.from(canny(image, { low, high, l2 }).data).equals((await png(output)).data)).toBe(true)
  })

  it.each(cases.filter(({ op }) => op === 'dilate'))('$output', async ({ input, output, parameters: { kernel } }) => {
    const element = { width: kernel[0].length, height: kernel.length, data: Uint8Array.from(kernel.flat()) }
    expect(Buffer.from(dilate(await png(input), element).data).equals((await png(output)).data)).toBe(true)
  })

  it.each(cases.filter(({ op }) => op === 'connectedComponents'))('$output', async (example) => {
    const found = components(await png(example.input), example.parameters.connectivity)
    expect(found.count).toBe(example.components_without_background)
    expect([...found.areas.subarray(1)].sort((a, b) => a - b)).toEqual(example.areas_sorted)
    const expected = (await png(example.output)).data
    const pairs = new Set(Array.from(found.data, (label, i) => `${label} ${expected[i]}`))
    expect(pairs.size).toBe(found.count + 1)
  })

  it.each(['fasteners', 'tools'])('%s: exact Euclidean distance', async (photo) => {
    const distance = distanceTransform(await png(`${photo}_binary.png`)).data
    const expected = goldenArray(`3_opencv/${photo}_edt_exact.bin`).data
    expect(distance.length).toBe(expected.length)
    for (let i = 0; i < expected.length; i++) {
      if (Math.abs(distance[i] - expected[i]) > 1e-4) expect(distance[i]).toBe(expected[i])
      if (Math.round(distance[i] ** 2) !== Math.round(expected[i] ** 2)) expect(distance[i]).toBe(expected[i])
    }
  })
})
