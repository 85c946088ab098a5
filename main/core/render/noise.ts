/** Smooth noise in -1 .. 1 over space, with cells one wide (Perlin's value noise). */
export function noise3(x: number, y: number, z: number): number {
  const i = Math.floor(x), j = Math.floor(y), k = Math.floor(z)
  const fx = smooth(x - i), fy = smooth(y - j), fz = smooth(z - k)
  const a = lerp(lerp(cell(i, j, k), cell(i + 1, j, k), fx), lerp(cell(i, j + 1, k), cell(i + 1, j + 1, k), fx), fy)
  const b = lerp(lerp(cell(i, j, k + 1), cell(i + 1, j, k + 1), fx), lerp(cell(i, j + 1, k + 1), cell(i + 1, j + 1, k + 1), fx), fy)
  return lerp(a, b, fz)
}

function cell(i: number, j: number, k: number): number {
  let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(k, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 2147483648 - 1
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t)
}

function lerp(a: number, b: number, t: number): number {
  return a + (b - a) * t
}
