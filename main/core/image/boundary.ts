import { IGNORE, type Raster } from './types.ts'

/**
 * Marks pixels one of whose 4 neighbours carries another label; both sides of a border count.
 *
 * @param labels [H, W].
 * @param options.ignore Label whose pixels neither have nor make borders, such as 255; none = every label counts.
 * @returns 1 on borders, 0 elsewhere, [H, W].
 */
export function boundary({ width, height, data }: Raster<Uint8Array | Int32Array>, { ignore = -1 } = {}): Raster<Uint8Array> {
  const out = new Uint8Array(width * height)
  const compare = (p: number, q: number): void => {
    if (data[p] !== data[q] && data[p] !== ignore && data[q] !== ignore) out[p] = out[q] = 1
  }
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x + 1 < width) compare(i, i + 1)
      if (y + 1 < height) compare(i, i + width)
    }
  }
  return { width, height, data: out }
}

/** `boundary` of a class map, where 255 is no label. */
export function classBoundary(labels: Raster<Uint8Array>): Raster<Uint8Array> {
  return boundary(labels, { ignore: IGNORE })
}
