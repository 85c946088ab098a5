import { z } from 'zod'
import { schemaOf, type SettingShape, type ValueOf } from './settings.ts'

/** Every setting of a set of renders once, as settings.ts holds those of a run; with all at their default, a camera and a light are drawn for every render. */

const integer = (value: number, min: number, max: number, help: string, unit?: string) => ({ kind: 'integer', value, min, max, help, unit }) as const
const number = (value: number, min: number, max: number, help: string, unit?: string) => ({ kind: 'number', value, min, max, help, unit }) as const
const choice = <const T extends string>(value: NoInfer<T>, options: readonly T[], help: string) => ({ kind: 'choice', value: value as T, options, help }) as const
const text = (value: string, help: string) => ({ kind: 'text', value, help }) as const

export const renderDefinitions = {
  'render.width': integer(320, 0, 4096, 'Width of the renders; 0 takes the shape and size of the line\'s photos, 640 at most.', 'px'),
  'render.height': integer(240, 0, 4096, 'Height of the renders; 0 takes the shape and size of the line\'s photos, 640 at most.', 'px'),
  'render.pose': choice('mixed', ['mixed', 'sphere', 'resting', 'upper'], 'How the part lies: in any way (sphere), as it comes to rest, upright as drawn and seen from above, or three in five at rest (mixed).'),
  'render.material': choice('mixed', ['mixed', 'matt', 'cast', 'brushed', 'polished', 'painted'], 'What the part is made of; mixed draws one for every render.'),
  'render.background': choice('grey', ['grey', 'drawn', 'photos'], 'What is behind the part: plain grey, drawn surfaces, or the line\'s own photos that are tagged as background only.'),
  'render.shadow': number(1, 0, 1, 'How much the part darkens the background where it stands; 0 throws no shadow.'),

  'camera.fieldOfView': number(0, 0, 150, 'Angle the camera sees across; 0 draws one for every render.', 'degrees'),
  'camera.focalLength': number(0, 0, 500, 'Focal length of the lens, in place of the angle; 0 leaves the angle.', 'mm'),
  'camera.sensorWidth': number(7.2, 0.5, 100, 'Width of the sensor behind that lens; 7.2 is 1/1.8 inch.', 'mm'),
  'camera.near': integer(0, 0, 100_000, 'Least distance of the camera; 0 goes where the part fills its share of the picture.', 'mm'),
  'camera.far': integer(0, 0, 100_000, 'Largest distance of the camera; 0 takes the least one.', 'mm'),
  'camera.fillMin': number(0.4, 0.02, 5, 'Least share of the picture\'s width or height that the part spans.'),
  'camera.fillMax': number(0.85, 0.02, 5, 'Largest share of the picture\'s width or height that the part spans; over 1 cuts it.'),
  'camera.shift': number(0.5, 0, 1, 'How far the part may be from the middle; 1 lets it touch the border.'),
  'camera.elevation': number(20, 0, 89, 'Lowest angle of the camera over the table; larger looks more straight down.', 'degrees'),
  'camera.defocus': number(0, 0, 30, 'Blur of what is one radius of the part behind the sharp distance; 0 is sharp everywhere.', 'px'),
  'camera.motion': number(0, 0, 60, 'Longest smear of a part that moves while the picture is taken.', 'px'),
  'camera.noise': number(0, 0, 60, 'Noise of the sensor at white, in grey levels of 255.'),
  'camera.darkNoise': number(0, 0, 60, 'Largest grain of shadows and of what stands in front of them, in grey levels of 255; dim places of photos are grainier than light ones.'),

  'light.lamps': integer(-1, -1, 4, 'Lamps beside the light from all around; -1 draws none or one for every render.', 'lamps'),
  'light.strongest': number(1.5, 0.2, 20, 'Strength of the brightest lamp against the light from all around; stronger ones throw darker shadows.'),
  'light.softest': number(0.3, 0.005, 1, 'Size of the largest lamp as a share of its distance; smaller ones throw harder shadows.'),
  'light.lowest': number(34, 1, 85, 'Lowest height of a lamp over the table; lower ones throw longer shadows.', 'degrees'),
  'light.map': text('', 'An EXR or HDR picture of all directions, or a folder of them, as light; empty draws rooms.'),
  'light.darkest': number(0.1, 0.01, 1, 'Least mean light of the part in the picture.'),
  'light.brightest': number(0.45, 0.01, 1, 'Largest mean light of the part in the picture.'),
  'light.matched': number(0, 0, 1, 'Share of renders whose things are about as light as what is behind them; more where workpieces hardly stand out.'),

  'scene.parts': integer(1, 1, 12, 'Most workpieces in one picture; a mask of each is made beside that of all.', 'workpieces'),
  'scene.sizes': choice('true', ['true', 'alike'], 'Sizes of workpieces that share a picture: as their files say, or all about as large as the first.'),
  'scene.distractors': integer(0, 0, 12, 'Most stray things in one picture that are no workpiece.', 'things'),
} as const satisfies Record<string, SettingShape>

export type RenderSettingName = keyof typeof renderDefinitions
export type RenderSettings = { readonly [K in RenderSettingName]: ValueOf<(typeof renderDefinitions)[K]> }
export const renderSettingNames = Object.keys(renderDefinitions) as RenderSettingName[]

export const renderSettingDefaults = Object.fromEntries(renderSettingNames.map((name) => [name, renderDefinitions[name].value])) as unknown as RenderSettings

/** Some settings of a set of renders, the rest at their default; unknown names are refused. */
export const RenderSettingsSchema = z.strictObject(
  Object.fromEntries(renderSettingNames.map((name) => [name, schemaOf(renderDefinitions[name]).optional()])),
) as unknown as z.ZodType<Partial<RenderSettings>, Partial<RenderSettings>>

export const cadUnits = ['mm', 'cm', 'm', 'inch'] as const
export const upAxes = ['x', '-x', 'y', '-y', 'z', '-z'] as const
/** How a CAD file is to be taken; what is left out is as the file says or as its size suggests. */
export const CadReading = z.strictObject({
  unit: z.enum(cadUnits).optional(),
  up: z.enum(upAxes).optional(),
  scale: z.number().positive().max(1e6).optional(),
  parts: z.enum(['one', 'each']).optional(),
})
export type CadReading = z.output<typeof CadReading>
