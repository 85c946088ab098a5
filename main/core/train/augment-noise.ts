import { random } from '../random.ts'

/** Side of the noise tiles; a power of two, so that wrapping is a mask. */
export const TILE = 256
const WRAP = TILE - 1

let smooth: Float32Array | undefined
let gauss: Float32Array | undefined

/** A tile of smooth noise that repeats seamlessly, [256, 256], about -1..1, wavelength 32 pixels with two finer octaves. */
export function noiseTile(): Float32Array {
  if (smooth) return smooth
  const tile = new Float32Array(TILE * TILE)
  for (const [cells, amplitude] of [[8, 0.62], [16, 0.27], [32, 0.14]]) addOctave(tile, cells, amplitude)
  return (smooth = tile)
}

/** 16384 standard normal numbers. */
export function gaussTable(): Float32Array {
  if (gauss) return gauss
  const rng = random('normal table')
  return (gauss = Float32Array.from({ length: 16384 }, () => rng.normal()))
}

function addOctave(tile: Float32Array, cells: number, amplitude: number): void {
  const rng = random('noise tile', cells)
  const grid = Float32Array.from({ length: cells * cells }, () => rng.between(-1, 1))
  const step = cells / TILE
  for (let y = 0; y < TILE; y++) {
    const j = Math.floor(y * step), ty = ease(y * step - j), k = (j + 1) % cells
    for (let x = 0; x < TILE; x++) {
      const i = Math.floor(x * step), tx = ease(x * step - i), n = (i + 1) % cells
      const a = grid[j * cells + i] * (1 - tx) + grid[j * cells + n] * tx
      const b = grid[k * cells + i] * (1 - tx) + grid[k * cells + n] * tx
      tile[y * TILE + x] += amplitude * 1.4 * (a * (1 - ty) + b * ty)
    }
  }
}

const ease = (t: number) => t * t * (3 - 2 * t)

/** Smooth noise at a point, bilinear, repeating every 256. */
export function noiseAt(tile: Float32Array, x: number, y: number): number {
  const i = Math.floor(x), j = Math.floor(y)
  const tx = x - i, ty = y - j
  const x0 = i & WRAP, x1 = (i + 1) & WRAP, y0 = (j & WRAP) * TILE, y1 = ((j + 1) & WRAP) * TILE
  const a = tile[y0 + x0] + (tile[y0 + x1] - tile[y0 + x0]) * tx
  const b = tile[y1 + x0] + (tile[y1 + x1] - tile[y1 + x0]) * tx
  return a + (b - a) * ty
}
