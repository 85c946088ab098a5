import type { Labels } from './labels.ts'

/** Pictures by address, the last used ones kept. */
function keeper<T>(limit: number, load: (address: string) => Promise<T>) {
  const kept = new Map<string, Promise<T>>()
  return (address: string): Promise<T> => {
    const found = kept.get(address) ?? load(address)
    kept.delete(address)
    kept.set(address, found)
    found.catch(() => kept.delete(address))
    if (kept.size > limit) kept.delete(kept.keys().next().value as string)
    return found
  }
}

async function bitmapOf(address: string): Promise<ImageBitmap> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`expected a picture at ${address}, got ${response.status}`)
  return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
}

async function pixelsOf(address: string): Promise<ImageData> {
  const bitmap = await bitmapOf(address)
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('expected a canvas context, got none')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height)
}

/** A photo as it is. */
export const loadPhoto = keeper(24, bitmapOf)

/** A label picture: the grey value is the class index. */
export const loadLabels = keeper(48, async (address): Promise<Labels> => {
  const { width, height, data } = await pixelsOf(address)
  const labels = new Uint8Array(width * height)
  for (let i = 0; i < labels.length; i++) labels[i] = data[i * 4]
  return { width, height, data: labels }
})

/** A superpixel map: red + 256 green + 65536 blue. */
export const loadSegments = keeper(4, async (address): Promise<Int32Array> => {
  const { width, height, data } = await pixelsOf(address)
  const segments = new Int32Array(width * height)
  for (let i = 0; i < segments.length; i++) segments[i] = data[i * 4] + 256 * data[i * 4 + 1] + 65536 * data[i * 4 + 2]
  return segments
})
