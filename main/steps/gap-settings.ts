import type { GapRow } from '../../preload/contract/project-data.ts'
import type { RenderSettings } from '../../preload/contract/render-set.ts'
import { evenRange, type GapName, type Sight } from '../core/metric/gap.ts'
import { quantile } from '../core/metric/distance.ts'
import type { Grain } from '../core/metric/grain.ts'

/** What is measured of a photo: also its grain at the size that renders of the line would have. */
export interface PhotoSight extends Sight {
  readonly fine: Grain
}
type Match = Partial<RenderSettings>

/** Luma holds this share of the noise of a channel, where channels have noise of their own. */
const lumaNoise = Math.hypot(0.299, 0.587, 0.114)
/** Blur of renders that are sharp everywhere, what `camera.defocus` adds to it for each of its pixels (seen on three parts), and up to where. */
const sharpest = 0.15
const blurOfDefocus = 0.1
const mostDefocus = 8
/** Colour and contrast of parts beyond which one material alone gives them. */
const paintedChroma = 15
const mattContrast = 14

/**
 * The settings of a set of renders that look like photos; those that want a mask of the workpiece are left out where there is none.
 *
 * @param hasEmpty Whether the line has photos of its background alone.
 */
export function matching(photos: readonly PhotoSight[], hasEmpty: boolean): Match {
  const spans = photos.map(({ span }) => span).filter((span) => span !== null)
  return { 'render.width': 0, 'render.height': 0, 'render.background': hasEmpty ? 'photos' : 'drawn', ...grainSettings(photos), ...(spans.length > 0 && partSettings(photos, spans)) }
}

/** Texture adds to what is taken for noise, never the other way: the quieter photos tell it. */
function grainSettings(photos: readonly PhotoSight[]): Match {
  const levels = photos.flatMap(({ fine: { noise, noiseAt } }) => (noise === null ? [] : [noise / lumaNoise / Math.sqrt(0.15 + (0.85 * noiseAt) / 255)]))
  const blurs = photos.flatMap(({ fine: { blur } }) => (blur === null ? [] : [blur]))
  return {
    ...(levels.length > 0 && { 'camera.noise': rounded(quantile(levels, 0.25), 0, 60) }),
    ...(blurs.length > 0 && { 'camera.defocus': rounded((quantile(blurs, 0.5) - sharpest) / blurOfDefocus, 0, mostDefocus) }),
  }
}

function partSettings(photos: readonly PhotoSight[], spans: readonly number[]): Match {
  const [fillMin, fillMax] = evenRange(spans, 0.02, 5)
  const [darkest, brightest] = evenRange(photos.map(({ look }) => look.light), 0.01, 1)
  const chroma = quantile(photos.map(({ look: { a, b } }) => Math.hypot(a, b)), 0.5)
  const contrast = quantile(photos.map(({ look }) => look.contrast), 0.5)
  return {
    'camera.fillMin': rounded(fillMin, 0.02, 5), 'camera.fillMax': rounded(fillMax, 0.02, 5),
    'light.darkest': rounded(darkest, 0.01, 1), 'light.brightest': rounded(brightest, 0.01, 1),
    'render.material': chroma >= paintedChroma ? 'painted' : contrast < mattContrast ? 'matt' : 'mixed',
  }
}

const rounded = (value: number, least: number, most: number) => Number(Math.min(most, Math.max(least, value)).toPrecision(2))

const ofPart: Record<GapName, readonly (keyof RenderSettings)[]> = {
  size: ['camera.fillMin', 'camera.fillMax'], brightness: ['light.darkest', 'light.brightest'], contrast: ['render.material'], colour: ['render.material'],
  sharpness: ['camera.defocus'], noise: ['camera.noise'], background: ['render.background'], features: [],
}
/** Of whole pictures, light and colour are those of the background. */
const ofPicture: typeof ofPart = { ...ofPart, brightness: ['render.background'], contrast: ['render.background'], colour: ['render.background'], features: ['render.background'] }

/** The settings of a match that would close one gap. */
export function closing(name: GapName, match: Match, region: GapRow['region']): Match {
  const names = (region === 'mask' ? ofPart : ofPicture)[name]
  return Object.fromEntries(names.filter((setting) => match[setting] !== undefined).map((setting) => [setting, match[setting]]))
}
