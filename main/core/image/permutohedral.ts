/**
 * Points embedded in the permutohedral lattice, ready to filter values over them. Vertex 0 stands for every missing neighbour and
 * stays 0.
 */
export interface Lattice {
  readonly points: number
  readonly dimensions: number
  /** Number of vertices, the missing one left out. */
  readonly vertices: number
  /** Corners kept per point: d + 1, rounded up to a multiple of 3 by corners of vertex 0 with weight 0. */
  readonly stride: number
  /** Vertices of the simplex around each point, [points, stride]. */
  readonly corners: Int32Array
  /** Barycentric weights of these vertices, [points, stride]. */
  readonly weights: Float32Array
  /** The two neighbours of each vertex along each axis, [d + 1, vertices + 1, 2]. */
  readonly neighbours: Int32Array
}

/**
 * Places points in the permutohedral lattice, scaled so that `filterLattice` approximates the kernel exp(-|fi - fj|^2 / 2).
 *
 * Adams, Baek and Davis, Eurographics 2010, section 3. https://doi.org/10.1111/j.1467-8659.2009.01645.x
 *
 * @param features Positions, [points, d] row-major, in standard deviations.
 * @param dimensions d, 1 or more.
 * @throws RangeError if the data is no multiple of d long.
 */
export function buildLattice(features: Float32Array, dimensions: number): Lattice {
  if (!Number.isInteger(dimensions) || dimensions < 1 || features.length % dimensions !== 0)
    throw new RangeError(`expected features of ${dimensions} dimensions, got ${features.length} values`)
  const d = dimensions, d1 = d + 1
  const points = features.length / d
  const stride = 3 * Math.ceil(d1 / 3)
  const corners = new Int32Array(points * stride)
  const weights = new Float32Array(points * stride)
  const table = vertexTable(d)
  const simplex = locator(d)
  const key = new Int32Array(d)
  for (let p = 0; p < points; p++) {
    const same = simplex.locate(features, p * d, weights, p * stride)
    if (same) {
      corners.copyWithin(p * stride, (p - 1) * stride, p * stride)
      continue
    }
    const { origin, rank } = simplex
    for (let r = 0; r <= d; r++) {
      for (let i = 0; i < d; i++) key[i] = origin[i] + (rank[i] <= d - r ? r : r - d1)
      corners[p * stride + r] = table.add(key)
    }
  }
  return { points, dimensions, vertices: table.size() - 1, stride, corners, weights, neighbours: findNeighbours(table, d) }
}

/** Finds the simplex that encloses a point and its barycentric coordinates (section 3, "splat"). */
function locator(d: number) {
  const d1 = d + 1
  // the root of 2/3 times d + 1 makes the blur's standard deviation 1
  const scale = Float64Array.from({ length: d }, (_, i) => (Math.sqrt(2 / 3) * d1) / Math.sqrt((i + 1) * (i + 2)))
  const elevated = new Float64Array(d1)
  const barycentric = new Float64Array(d1 + 1)
  const origin = new Int32Array(d1).fill(-1)
  const rank = new Int32Array(d1).fill(-1)
  const lastOrigin = new Int32Array(d1)
  const lastRank = new Int32Array(d1)
  return {
    /** Remainder-0 vertex of the simplex. */
    origin,
    /** Order of the coordinates by their distance from it. */
    rank,
    /** Writes the weights; true if the simplex is that of the call before. */
    locate(features: Float32Array, at: number, weights: Float32Array, out: number): boolean {
      let sum = 0
      for (let j = d; j > 0; j--) {
        const v = features[at + j - 1] * scale[j - 1]
        elevated[j] = sum - j * v
        sum += v
      }
      elevated[0] = sum
      lastOrigin.set(origin)
      lastRank.set(rank)
      roundToSimplex(elevated, origin, rank)
      barycentric.fill(0)
      for (let i = 0; i <= d; i++) {
        const v = (elevated[i] - origin[i]) / d1
        barycentric[d - rank[i]] += v
        barycentric[d1 - rank[i]] -= v
      }
      barycentric[0] += 1 + barycentric[d1]
      let same = true
      for (let i = 0; i <= d; i++) {
        weights[out + i] = barycentric[i]
        same &&= origin[i] === lastOrigin[i] && rank[i] === lastRank[i]
      }
      return same
    },
  }
}

function roundToSimplex(elevated: Float64Array, origin: Int32Array, rank: Int32Array): void {
  const d1 = elevated.length
  let sum = 0
  for (let i = 0; i < d1; i++) {
    const v = elevated[i] / d1
    const up = Math.ceil(v) * d1, down = Math.floor(v) * d1
    origin[i] = up - elevated[i] < elevated[i] - down ? up : down
    sum += origin[i] / d1
    rank[i] = 0
  }
  for (let i = 0; i < d1 - 1; i++) {
    const di = elevated[i] - origin[i]
    for (let j = i + 1; j < d1; j++) rank[di < elevated[j] - origin[j] ? i : j]++
  }
  for (let i = 0; i < d1; i++) {
    rank[i] += sum
    if (rank[i] < 0) {
      rank[i] += d1
      origin[i] += d1
    } else if (rank[i] >= d1) {
      rank[i] -= d1
      origin[i] -= d1
    }
  }
}

/** Numbers vertices by their first d coordinates, from 1 in order of appearance: open addressing, no object per vertex. */
function vertexTable(d: number) {
  let keys = new Int32Array(d * 4096)
  let slots = new Int32Array(8192)
  let count = 1
  const hash = (from: Int32Array, at: number): number => {
    let h = 0
    for (let i = 0; i < d; i++) h = Math.imul(h + from[at + i], 0x9e3779b1) ^ (h >>> 15)
    return h ^ (h >>> 13)
  }
  /** Slot of a key, or the free slot where it belongs. */
  const slotOf = (from: Int32Array, at: number): number => {
    const mask = slots.length - 1
    for (let s = hash(from, at) & mask; ; s = (s + 1) & mask) {
      const v = slots[s]
      if (v === 0) return s
      let i = 0
      while (i < d && keys[v * d + i] === from[at + i]) i++
      if (i === d) return s
    }
  }
  const grow = (): void => {
    const larger = new Int32Array(keys.length * 2)
    larger.set(keys)
    keys = larger
    slots = new Int32Array(slots.length * 2)
    for (let v = 1; v < count; v++) slots[slotOf(keys, v * d)] = v
  }
  return {
    size: () => count,
    coordinate: (vertex: number, i: number) => keys[vertex * d + i],
    /** Number of a key; 0 if it is not there. */
    find: (key: Int32Array) => slots[slotOf(key, 0)],
    /** Number of a key, which is added if it is new. */
    add(key: Int32Array): number {
      let s = slotOf(key, 0)
      if (slots[s] > 0) return slots[s]
      if ((count + 1) * d > keys.length) {
        grow()
        s = slotOf(key, 0)
      }
      keys.set(key, count * d)
      return (slots[s] = count++)
    },
  }
}

function findNeighbours(table: ReturnType<typeof vertexTable>, d: number): Int32Array {
  const count = table.size()
  const neighbours = new Int32Array((d + 1) * count * 2)
  const one = new Int32Array(d)
  const two = new Int32Array(d)
  for (let axis = 0, at = 0; axis <= d; axis++) {
    at += 2
    for (let v = 1; v < count; v++, at += 2) {
      for (let i = 0; i < d; i++) {
        const k = table.coordinate(v, i)
        one[i] = i === axis ? k + d : k - 1
        two[i] = i === axis ? k - d : k + 1
      }
      neighbours[at] = table.find(one)
      neighbours[at + 1] = table.find(two)
    }
  }
  return neighbours
}

/** Room for `filterLattice`: two arrays of [vertices + 1, channels]. */
export type Scratch = readonly [Float32Array, Float32Array]
export const latticeScratch = ({ vertices }: Lattice, channels: number): Scratch =>
  [new Float32Array((vertices + 1) * channels), new Float32Array((vertices + 1) * channels)]

/**
 * Adds the Gaussian filter of values to an array: splat, blur along each axis with 1/2 1 1/2, slice.
 *
 * Adams, Baek and Davis 2010, sections 3.2 to 3.4. The factor 1 / (1 + 2^-d) that makes the kernel 1 at its centre is the caller's.
 *
 * @param values [points, channels].
 * @param out [points, channels]; added to.
 */
export function filterLattice(lattice: Lattice, values: Float32Array, channels: number, out: Float32Array, scratch: Scratch): void {
  const { points, dimensions, vertices, stride, corners, weights, neighbours } = lattice
  let [now, next] = scratch
  now.fill(0)
  next.fill(0)
  splat(corners, weights, points, stride, values, channels, now)
  for (let axis = 0; axis <= dimensions; axis++) {
    blur(neighbours, axis * (vertices + 1) * 2, vertices, channels, now, next)
    ;[now, next] = [next, now]
  }
  slice(corners, weights, points, stride, now, channels, out)
}

function splat(
  corners: Int32Array, weights: Float32Array, points: number, stride: number, values: Float32Array, channels: number, into: Float32Array,
): void {
  for (let p = 0, k = 0; p < points; p++) {
    const from = p * channels
    for (const end = k + stride; k < end; k += 3) {
      const w0 = weights[k], w1 = weights[k + 1], w2 = weights[k + 2]
      const a0 = corners[k] * channels, a1 = corners[k + 1] * channels, a2 = corners[k + 2] * channels
      for (let c = 0; c < channels; c++) {
        const v = values[from + c]
        into[a0 + c] += w0 * v
        into[a1 + c] += w1 * v
        into[a2 + c] += w2 * v
      }
    }
  }
}

function blur(neighbours: Int32Array, offset: number, vertices: number, channels: number, from: Float32Array, to: Float32Array): void {
  for (let v = 1; v <= vertices; v++) {
    const one = neighbours[offset + 2 * v] * channels, two = neighbours[offset + 2 * v + 1] * channels
    const at = v * channels
    for (let c = 0; c < channels; c++) to[at + c] = from[at + c] + 0.5 * (from[one + c] + from[two + c])
  }
}

function slice(
  corners: Int32Array, weights: Float32Array, points: number, stride: number, from: Float32Array, channels: number, out: Float32Array,
): void {
  for (let p = 0, k = 0; p < points; p++) {
    const to = p * channels
    for (const end = k + stride; k < end; k += 3) {
      const w0 = weights[k], w1 = weights[k + 1], w2 = weights[k + 2]
      const a0 = corners[k] * channels, a1 = corners[k + 1] * channels, a2 = corners[k + 2] * channels
      for (let c = 0; c < channels; c++) out[to + c] += w0 * from[a0 + c] + w1 * from[a1 + c] + w2 * from[a2 + c]
    }
  }
}
