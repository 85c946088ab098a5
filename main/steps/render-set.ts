import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../preload/contract/error.ts'
import { renderSettingDefaults, renderSettingNames, type RenderSettings } from '../../preload/contract/render-set.ts'
import type { Codec } from '../core/image/codec.ts'
import { resizeRgb } from '../core/image/resize.ts'
import type { RgbImage } from '../core/image/types.ts'
import { mapSky } from '../core/render/environment.ts'
import type { SceneOptions } from '../core/render/scene.ts'
import type { ImageRow } from '../store/images.ts'
import type { Store } from '../store/index.ts'
import { spread } from './photos.ts'
import type { SceneJob } from './render-worker.ts'

/** Long side at most of renders that take their size from photos. */
export const longest = 640
/** Empty photos and light maps a set of renders draws from, at most. */
const mostPhotos = 64
const mostMaps = 16
const plainSize = { width: 320, height: 240 }

/** The settings that differ from their default, in one order. */
export function changedSettings(settings: Partial<RenderSettings>): Partial<RenderSettings> {
  return Object.fromEntries(renderSettingNames.flatMap((name) => (settings[name] !== undefined && settings[name] !== renderSettingDefaults[name] ? [[name, settings[name]]] : [])))
}

/** Options of the renderer as the settings say; what is at its default is left out. */
export function optionsOf(store: Store, settings: Partial<RenderSettings>): Partial<SceneOptions> {
  const changed = changedSettings(settings)
  const all = { ...renderSettingDefaults, ...settings }
  const has = (...names: (keyof RenderSettings)[]) => names.some((name) => name in changed)
  const slope = all['camera.focalLength'] > 0 ? all['camera.sensorWidth'] / (2 * all['camera.focalLength']) : Math.tan((all['camera.fieldOfView'] * Math.PI) / 360)
  const near = all['camera.near'] || all['camera.far']
  return {
    ...(Object.keys(changed).length > 0 && { sparing: true }),
    ...sizeOf(store, settings, slope > 0 || near > 0),
    ...(slope > 0 && { slope }),
    ...(near > 0 && { distance: ordered(near, all['camera.far'] || near) }),
    ...(has('camera.fillMin', 'camera.fillMax') && { fill: ordered(all['camera.fillMin'], all['camera.fillMax']) }),
    ...(has('camera.shift') && { shift: all['camera.shift'] }),
    ...(has('camera.elevation') && { lowest: Math.sin((all['camera.elevation'] * Math.PI) / 180) }),
    ...(has('camera.defocus') && { defocus: all['camera.defocus'] }),
    ...(has('camera.motion') && { motion: all['camera.motion'] }),
    ...(has('camera.noise') && { noise: all['camera.noise'] }),
    ...(has('camera.darkNoise') && { darkNoise: all['camera.darkNoise'] }),
    ...(has('light.lamps') && { lamps: all['light.lamps'] }),
    ...(has('light.strongest') && { strongest: all['light.strongest'] }),
    ...(has('light.softest') && { softest: all['light.softest'] }),
    ...(has('light.lowest') && { lampsFrom: all['light.lowest'] }),
    ...(has('light.darkest', 'light.brightest') && { exposure: ordered(all['light.darkest'], all['light.brightest']) }),
    ...(all['render.material'] !== 'mixed' && { finishes: [all['render.material']] }),
    ...(all['render.pose'] !== 'mixed' && { pose: all['render.pose'] }),
    ...(has('light.matched') && { matched: all['light.matched'] }),
    ...(has('render.shadow') && { shadow: all['render.shadow'] }),
  }
}

const ordered = (a: number, b: number): [number, number] => [Math.min(a, b), Math.max(a, b)]

/** Size of the renders: as set, or where a side is 0 or a camera is set without a size, that of most photos of the line. */
function sizeOf(store: Store, settings: Partial<RenderSettings>, camera: boolean): { width?: number; height?: number } {
  const width = settings['render.width'] ?? (camera ? 0 : renderSettingDefaults['render.width'])
  const height = settings['render.height'] ?? (camera ? 0 : renderSettingDefaults['render.height'])
  if (width === renderSettingDefaults['render.width'] && height === renderSettingDefaults['render.height']) return {}
  if (width > 0 && height > 0) return { width, height }
  const photo = commonSize(store) ?? plainSize
  if (width > 0) return { width, height: Math.max(1, Math.round((width * photo.height) / photo.width)) }
  if (height > 0) return { width: Math.max(1, Math.round((height * photo.width) / photo.height)), height }
  const scale = Math.min(1, longest / Math.max(photo.width, photo.height))
  return { width: Math.round(photo.width * scale), height: Math.round(photo.height * scale) }
}

function commonSize(store: Store): { width: number; height: number } | undefined {
  const found = new Map<string, { width: number; height: number; count: number }>()
  for (const { width, height } of store.images.list({ kind: 'photo' })) {
    const key = `${width} x ${height}`
    found.set(key, { width, height, count: (found.get(key)?.count ?? 0) + 1 })
  }
  return [...found.values()].sort((a, b) => b.count - a.count)[0]
}

/**
 * What lies around and behind the part; null where it is alone before plain grey.
 *
 * @throws AppError too-few-photos where the line has no empty photo and one is wanted.
 */
export function sceneOf(store: Store, codec: Codec, settings: Partial<RenderSettings>, size: { width: number; height: number }): SceneJob | null {
  const all = { ...renderSettingDefaults, ...settings }
  const background = all['render.background']
  const scene = { parts: all['scene.parts'], distractors: all['scene.distractors'], alike: all['scene.sizes'] === 'alike', background }
  if (background === 'grey' && scene.parts === 1 && scene.distractors === 0 && all['light.matched'] === 0) return null
  return { ...scene, photos: background === 'photos' ? emptyPhotos(store, codec, size) : [] }
}

/** Photos that are tagged as background only and have no truth. */
export const emptyOnes = (store: Store): ImageRow[] => store.images.list({ kind: 'photo', tag: null, trainable: true })

function emptyPhotos(store: Store, codec: Codec, { width, height }: { width: number; height: number }): RgbImage[] {
  const empty = emptyOnes(store)
  if (empty.length === 0) throw noPhotos()
  return spread(empty, mostPhotos).map(({ id }) => covering(codec.decodeRgb(store.images.bytes(id)), width, height))
}

/** The middle of a picture in another shape, resized; shared between threads. */
function covering(image: RgbImage, width: number, height: number): RgbImage {
  const scale = Math.max(width / image.width, height / image.height)
  const wide = Math.max(width, Math.round(image.width * scale)), high = Math.max(height, Math.round(image.height * scale))
  const whole = resizeRgb(image, wide, high)
  const left = (wide - width) >> 1, top = (high - height) >> 1
  const data = new Uint8Array(new SharedArrayBuffer(3 * width * height))
  for (let y = 0; y < height; y++) data.set(whole.data.subarray(3 * ((top + y) * wide + left), 3 * ((top + y) * wide + left + width)), 3 * y * width)
  return { width, height, data }
}

/**
 * The bytes of a light map, or of those in a folder.
 *
 * @throws AppError not-found, folder-empty or image-unreadable.
 */
export function readMaps(path: string): Uint8Array[] {
  if (path === '') return []
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info) throw new AppError({ code: 'not-found', subject: path, message: `There is no light map ${path}.`, advice: 'Give an EXR or HDR picture, or a folder of them.' })
  const files = info.isDirectory() ? readdirSync(path).filter((name) => /\.(exr|hdr)$/i.test(name)).sort().map((name) => join(path, name)) : [path]
  if (files.length === 0) throw new AppError({ code: 'folder-empty', subject: path, message: `There is no light map in ${path}.`, advice: 'Put EXR or HDR pictures there.' })
  return files.slice(0, mostMaps).map(readOneMap)
}

function readOneMap(file: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(file))
  try {
    mapSky(bytes)
    return bytes
  } catch (cause) {
    throw new AppError({
      code: 'image-unreadable', subject: file,
      message: `${file} is no light map that can be read.`, advice: 'Give an EXR or HDR picture with equal angles across and down.',
    }, { cause })
  }
}

const noPhotos = () => new AppError({
  code: 'too-few-photos',
  message: 'The line has no photo that is tagged as background only, to render before.',
  advice: 'Take a few photos of the empty place and tag them as background only, or take drawn backgrounds.',
})
