import type { LabImage } from './lab.ts'
import type { SegmentMap } from './types.ts'

/**
 * Joins the smallest regions to the neighbour of the most similar mean colour until about the wanted number is left.
 *
 * Regions under a quarter of the mean wanted size go while there are more than 0.9 of the wanted number, the rest while there are
 * more than wanted.
 *
 * @param lab CIELAB, [H, W, 3].
 * @param map Connected regions, [H, W].
 * @param wanted Number of regions wanted.
 * @returns Connected regions, numbered 0..n-1 in reading order.
 */
export function mergeSmallRegions(lab: LabImage, map: SegmentMap, wanted: number): SegmentMap {
  const { width, height, count } = map
  const { area, colour } = statistics(lab, map)
  const neighbours = adjacency(map)
  const parent = Int32Array.from({ length: count }, (_, i) => i)
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]]
    return i
  }
  const tooSmall = (width * height) / wanted / 4
  const fewest = Math.ceil(0.9 * wanted)
  const bySize = Array.from({ length: count }, (_, i) => i).sort((a, b) => area[a] - area[b] || a - b)
  let left = count
  for (const i of bySize) {
    if (left <= fewest || (left <= wanted && area[i] >= tooSmall)) continue
    const nearest = mostSimilar(i, neighbours, colour, root)
    if (nearest < 0) continue
    join(i, nearest, parent, area, colour, neighbours)
    left--
  }
  return renumber(map, root)
}

/** Roots numbered in reading order. */
function renumber({ width, height, data, count }: SegmentMap, root: (i: number) => number): SegmentMap {
  const number = new Int32Array(count).fill(-1)
  const out = new Int32Array(data.length)
  let next = 0
  for (let i = 0; i < data.length; i++) {
    const r = root(data[i])
    if (number[r] < 0) number[r] = next++
    out[i] = number[r]
  }
  return { width, height, data: out, count: next }
}

function statistics(lab: LabImage, { data, count }: SegmentMap) {
  const area = new Int32Array(count)
  const colour = new Float64Array(3 * count)
  for (let i = 0; i < data.length; i++) {
    area[data[i]]++
    for (let c = 0; c < 3; c++) colour[3 * data[i] + c] += lab.data[3 * i + c]
  }
  for (let k = 0; k < colour.length; k++) colour[k] /= area[Math.floor(k / 3)]
  return { area, colour }
}

function adjacency({ width, height, data, count }: SegmentMap): Set<number>[] {
  const neighbours = Array.from({ length: count }, () => new Set<number>())
  for (let i = 0; i < data.length; i++) {
    const here = data[i]
    const right = (i + 1) % width === 0 ? here : data[i + 1]
    const below = i + width < width * height ? data[i + width] : here
    for (const other of [right, below]) {
      if (other === here) continue
      neighbours[here].add(other)
      neighbours[other].add(here)
    }
  }
  return neighbours
}

function mostSimilar(i: number, neighbours: Set<number>[], colour: Float64Array, root: (i: number) => number): number {
  let best = -1
  let least = Infinity
  for (const raw of neighbours[i]) {
    const j = root(raw)
    if (j === i) continue
    let d = 0
    for (let c = 0; c < 3; c++) d += (colour[3 * i + c] - colour[3 * j + c]) ** 2
    if (d < least || (d === least && j < best)) {
      least = d
      best = j
    }
  }
  return best
}

function join(
  i: number, into: number, parent: Int32Array, area: Int32Array, colour: Float64Array, neighbours: Set<number>[],
): void {
  parent[i] = into
  for (let c = 0; c < 3; c++)
    colour[3 * into + c] = (area[i] * colour[3 * i + c] + area[into] * colour[3 * into + c]) / (area[i] + area[into])
  area[into] += area[i]
  for (const j of neighbours[i]) neighbours[into].add(j)
}
