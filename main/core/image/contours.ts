import type { Raster } from './types.ts'

/** A point at a corner of the pixel grid: pixel (0, 0) covers 0 .. 1 both ways. */
export type Point = readonly [x: number, y: number]
/** A closed line; its last point is joined to its first. */
export type Ring = readonly Point[]

/** Steps along the grid: right, down, left, up. */
const steps = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const
/** The pixels before a corner on the left and on the right hand, as offsets from the corner, by direction. */
const ahead = [[[0, -1], [0, 0]], [[0, 0], [-1, 0]], [[-1, 0], [-1, -1]], [[-1, -1], [0, -1]]] as const

/**
 * The outlines of regions along the edges of their pixels: of each region its outer ring, clockwise on the screen, then the rings of its holes,
 * counter-clockwise. The area within the first less that of the others is the region's, to the pixel.
 *
 * @param regions Regions of 4 neighbours, [H, W].
 * @param wanted Which regions to follow.
 * @returns Rings by region, each point a turn; a ring may touch itself at a corner.
 */
export function contours({ width, height, data }: Raster<Int32Array>, wanted: (region: number) => boolean): Map<number, Ring[]> {
  const found = new Map<number, Ring[]>()
  const walked = new Uint8Array(width * height)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const region = data[i]
      if ((y > 0 && data[i - width] === region) || walked[i] === 1 || !wanted(region)) continue
      const within = (px: number, py: number) => px >= 0 && py >= 0 && px < width && py < height && data[py * width + px] === region
      const ring = follow(x, y, within, (px, py) => (walked[py * width + px] = 1))
      found.set(region, [...(found.get(region) ?? []), ring])
    }
  return found
}

/** Follows an edge with the region on the right hand, from the upper left corner of a pixel; tells each pixel whose upper edge it walks. */
function follow(x0: number, y0: number, within: (x: number, y: number) => boolean, walk: (x: number, y: number) => void): Ring {
  const ring: Point[] = []
  let [x, y, direction] = [x0, y0, 0]
  do {
    if (direction === 0) walk(x, y)
    x += steps[direction][0]
    y += steps[direction][1]
    const [left, right] = ahead[direction]
    const turn = !within(x + right[0], y + right[1]) ? 1 : within(x + left[0], y + left[1]) ? 3 : 0
    if (turn !== 0) ring.push([x, y])
    direction = (direction + turn) % 4
  } while (x !== x0 || y !== y0 || direction !== 0)
  return ring
}

/** The area within a ring, in pixels; negative where it runs counter-clockwise on the screen. */
export function ringArea(ring: Ring): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
}

/**
 * Leaves out points of a ring that lie within a distance of the line without them.
 *
 * Douglas and Peucker, Cartographica 1973. https://doi.org/10.3138/FM57-6770-U75U-7727
 *
 * @param tolerance Pixels; 0 keeps every point.
 * @returns At least three points: a ring that would collapse stays as it is.
 */
export function simplifyRing(ring: Ring, tolerance: number): Ring {
  if (tolerance <= 0) return ring
  const far = farthest(ring, (point) => Math.hypot(point[0] - ring[0][0], point[1] - ring[0][1]))
  const kept = new Set([0, far])
  const spans = [[0, far], [far, ring.length]]
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span
    const between = ring.slice(from + 1, to)
    const distance = (point: Point) => distanceTo(point, ring[from], ring[to % ring.length])
    const i = farthest(between, distance)
    if (between.length === 0 || distance(between[i]) <= tolerance) continue
    kept.add(from + 1 + i)
    spans.push([from, from + 1 + i], [from + 1 + i, to])
  }
  return kept.size < 3 ? ring : ring.filter((_, i) => kept.has(i))
}

function farthest(points: readonly Point[], distance: (point: Point) => number): number {
  let [best, most] = [0, -1]
  points.forEach((point, i) => {
    const d = distance(point)
    if (d > most) [best, most] = [i, d]
  })
  return best
}

/** From a point to the part of a line between two others. */
function distanceTo([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length))
  return Math.hypot(x - ax - t * dx, y - ay - t * dy)
}
