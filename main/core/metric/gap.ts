import { energyDistance, quantile, transportDistance } from './distance.ts'
import type { Grain } from './grain.ts'
import { patchDimensions, type Look } from './look.ts'

/** What is measured of one picture: of the workpiece on it, or of the whole where no mask tells the workpiece. */
export interface Sight {
  readonly look: Look
  /** At one size for all pictures that are compared. */
  readonly grain: Grain
  /** Share of the picture's width or height that the workpiece spans; null without a mask. */
  readonly span: number | null
  /** Patches of what is behind the workpiece, as those of a look. */
  readonly behind: Float32Array
}

/** One measure: 0 alike .. 1 worlds apart, and its mean over photos and renders where it is a number. */
export interface Gap<Name extends string = GapName> {
  readonly name: Name
  readonly gap: number
  readonly photos: number | null
  readonly renders: number | null
}
export type GapName = 'size' | 'brightness' | 'contrast' | 'colour' | 'sharpness' | 'noise' | 'background' | 'features'

/** The difference that counts as worlds apart: a factor for what is compared by ratio, else in the measure's unit. */
const worlds = { size: 4, lightness: 50, contrast: 25, colour: 40, blur: 4, noise: 8 } as const
/** Below, blur in pixels and noise in grey levels are as good as none. */
const none = { blur: 0.3, noise: 0.5 } as const
/** Patches of all pictures together that are compared, at most. */
const mostPatches = 768

/** How far renders are from photos in every measure that both tell. */
export function gapsBetween(renders: readonly Sight[], photos: readonly Sight[]): Gap[] {
  const number = (name: GapName, of: (sight: Sight) => number | null, apart: (a: number[], b: number[]) => number): Gap[] => {
    const [a, b] = [renders, photos].map((sights) => sights.map(of).filter((value) => value !== null))
    return a.length > 0 && b.length > 0 ? [{ name, gap: Math.min(1, apart(a, b)), photos: mean(b), renders: mean(a) }] : []
  }
  const linear = (world: number) => (a: number[], b: number[]) => transportDistance(a, b) / world
  const ratio = (world: number, floor = 0) => (a: number[], b: number[]) => {
    const [p, q] = [a, b].map((values) => values.map((value) => Math.log(Math.max(value, floor))))
    return transportDistance(p, q) / Math.log(world)
  }
  return [
    ...number('size', ({ span }) => span, ratio(worlds.size)),
    ...number('brightness', ({ look }) => look.lightness, linear(worlds.lightness)),
    ...number('contrast', ({ look }) => look.contrast, linear(worlds.contrast)),
    ...colourGap(renders, photos),
    ...number('sharpness', ({ grain }) => grain.blur, ratio(worlds.blur, none.blur)),
    ...number('noise', ({ grain }) => grain.noise, ratio(worlds.noise, none.noise)),
    ...patchGap('background', renders.map(({ behind }) => behind), photos.map(({ behind }) => behind)),
    ...patchGap('features', renders.map(({ look }) => look.patches), photos.map(({ look }) => look.patches)),
  ]
}

function colourGap(renders: readonly Sight[], photos: readonly Sight[]): Gap[] {
  if (renders.length === 0 || photos.length === 0) return []
  const apart = (['a', 'b'] as const).map((axis) => transportDistance(renders.map(({ look }) => look[axis]), photos.map(({ look }) => look[axis])))
  return [{ name: 'colour', gap: Math.min(1, Math.hypot(...apart) / worlds.colour), photos: null, renders: null }]
}

function patchGap(name: GapName, renders: readonly Float32Array[], photos: readonly Float32Array[]): Gap[] {
  const [a, b] = [renders, photos].map(joined)
  return a.length > 0 && b.length > 0 ? [{ name, gap: energyDistance(a, b, patchDimensions), photos: null, renders: null }] : []
}

function joined(lists: readonly Float32Array[]): Float32Array {
  const patches = lists.flatMap((list) => Array.from({ length: list.length / patchDimensions }, (_, i) => list.subarray(i * patchDimensions, (i + 1) * patchDimensions)))
  const every = Math.max(1, patches.length / mostPatches)
  const chosen = Array.from({ length: Math.min(mostPatches, patches.length) }, (_, i) => patches[Math.floor(i * every)])
  const out = new Float32Array(chosen.length * patchDimensions)
  chosen.forEach((patch, i) => out.set(patch, i * patchDimensions))
  return out
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/**
 * The even distribution that has the same tenth and nine tenths as a sample.
 *
 * @returns Its two ends, each within the bounds.
 * @throws RangeError if the sample is empty.
 */
export function evenRange(values: readonly number[], least: number, most: number): [number, number] {
  const low = quantile(values, 0.1), high = quantile(values, 0.9)
  const beyond = (high - low) / 8
  const within = (value: number) => Math.min(most, Math.max(least, value))
  return [within(low - beyond), within(high + beyond)]
}
