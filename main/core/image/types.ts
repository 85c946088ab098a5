/** Pictures as typed arrays; every algorithm of this folder takes and gives these. */

/** A row-major picture: `data` holds `height * width * channels` values. */
export interface Raster<T> {
  readonly width: number
  readonly height: number
  readonly data: T
}

/** 8-bit sRGB, [H, W, 3]. */
export type RgbImage = Raster<Uint8Array>

/** Class index per pixel, [H, W]; 0 = background, 255 = ignore. */
export type LabelMap = Raster<Uint8Array>

/** One number per pixel, [H, W]. */
export type FloatMap = Raster<Float32Array>

/** Superpixel index per pixel, [H, W], 0 .. count - 1. */
export type SegmentMap = Raster<Int32Array> & { readonly count: number }

/** Label of pixels that carry no label. */
export const IGNORE = 255
