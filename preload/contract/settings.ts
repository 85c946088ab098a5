import { z } from 'zod'

/** Every setting once: default, range, unit, one sentence of help. Command line, form and checks are made from this table. */

interface Common<T> {
  readonly value: T
  readonly group: SettingGroup
  readonly help: string
}
export interface NumberSetting extends Common<number> {
  readonly kind: 'integer' | 'number'
  readonly min: number
  readonly max: number
  readonly unit?: string
}
export interface SwitchSetting extends Common<boolean> {
  readonly kind: 'switch'
}
export interface ChoiceSetting<T extends string = string> extends Common<T> {
  readonly kind: 'choice'
  readonly options: readonly T[]
}
export interface ListSetting extends Common<readonly number[]> {
  readonly kind: 'list'
  readonly min: number
  readonly max: number
  readonly unit?: string
}
export interface TextSetting extends Common<string> {
  readonly kind: 'text'
}
export type SettingDefinition = NumberSetting | SwitchSetting | ChoiceSetting | ListSetting | TextSetting
type WithoutGroup<D> = D extends unknown ? Omit<D, 'group'> : never
/** A setting of another table than that of runs. */
export type SettingShape = WithoutGroup<SettingDefinition>

export const settingGroups = ['run', 'network', 'classifier', 'initial', 'training', 'augment', 'weights', 'refine', 'predict'] as const
export type SettingGroup = (typeof settingGroups)[number]

const integer = (group: SettingGroup, value: number, min: number, max: number, help: string, unit?: string): NumberSetting =>
  ({ kind: 'integer', group, value, min, max, help, unit })
const number = (group: SettingGroup, value: number, min: number, max: number, help: string, unit?: string): NumberSetting =>
  ({ kind: 'number', group, value, min, max, help, unit })
const toggle = (group: SettingGroup, value: boolean, help: string): SwitchSetting => ({ kind: 'switch', group, value, help })
const choice = <const T extends string>(group: SettingGroup, value: NoInfer<T>, options: readonly T[], help: string): ChoiceSetting<T> =>
  ({ kind: 'choice', group, value, options, help })
const list = (group: SettingGroup, value: readonly number[], min: number, max: number, help: string, unit?: string): ListSetting =>
  ({ kind: 'list', group, value, min, max, help, unit })
const text = (group: SettingGroup, value: string, help: string): TextSetting => ({ kind: 'text', group, value, help })

export const definitions = {
  'run.seed': integer('run', 1, 0, 2147483647, 'Start of every random choice; the same seed on the same device gives the same masks.'),
  'run.rounds': integer('run', 2, 1, 20, 'Rounds of train, predict, refine; more rounds take longer and may sharpen masks.', 'rounds'),
  'run.stopBelowChange': number('run', 0, 0, 0.5, 'Stops early once fewer pixels than this share change from round to round; 0 never stops early.'),
  'run.threads': integer('run', 0, 0, 64, 'Processor threads for training; 0 takes one per core.', 'threads'),

  'network.backbone': choice('network', 'mobilenetv2', ['resnet18', 'resnet34', 'resnet50', 'resnet101', 'mobilenetv2'], 'Feature extractor; larger ones learn more and train slower.'),
  'network.width': number('network', 1, 0.125, 1, 'Share of the channels of every layer kept; smaller is faster.'),
  'network.outputStride': choice('network', '16', ['8', '16', '32'], 'How much smaller than the picture the features are; smaller is sharper and slower.'),
  'network.weights': text('network', 'coco', 'Weights to start from: coco takes those of a mobilenetv2 that come with Maskwright, a safetensors file those of your own for this backbone at width 1, empty random ones.'),
  'network.decoder': choice('network', 'skip', ['none', 'skip'], 'Whether finer features are added on the way up (skip) or the pyramid alone decides (none, as in PSPNet).'),

  'classifier.steps': integer('classifier', 120, 0, 20000, 'Training steps of the tag classifier.', 'steps'),
  'classifier.batch': integer('classifier', 16, 1, 64, 'Photos a step.', 'photos'),
  'classifier.learningRate': number('classifier', 3e-3, 1e-7, 1, 'Step width of the classifier.'),
  'classifier.renders': toggle('classifier', true, 'Whether the classifier also sees the renders, pasted on backgrounds.'),

  'cam.scales': list('initial', [0.5, 1, 1.5], 0.25, 3, 'Picture sizes over which class activation maps are averaged.'),
  'cam.flip': toggle('initial', true, 'Whether class activation maps are averaged with those of the mirrored photo.'),
  'slic.segments': integer('initial', 600, 10, 20000, 'Superpixels a photo of 640 x 480 is cut into; more are smaller.', 'superpixels'),
  'slic.compactness': number('initial', 10, 0.1, 100, 'Weight of nearness against colour; larger makes superpixels squarer.'),
  'slic.iterations': integer('initial', 10, 1, 50, 'Clustering rounds of SLIC.'),
  'masks.size': integer('initial', 640, 64, 4096, 'Long side at which masks of photos are made; larger photos are reduced to it.', 'px'),
  'initial.share': number('initial', 0.09, 0.001, 0.9, 'Share of the photo the most active pixels must fill; take about the size of the workpiece on the photos.'),
  'initial.positive': choice('initial', 'majority', ['whole', 'majority'], 'A superpixel is positive when all its pixels are active (whole) or more than half (majority).'),
  'initial.background': number('initial', 0.2, 0, 1, 'Superpixels whose activation stays under this are background; between it and positive is left open.'),
  'initial.seeds': choice('initial', 'auto', ['auto', 'cam', 'camera'], 'Where initial masks come from: activation maps (cam), the difference to what a fixed camera sees otherwise (camera), or the camera wherever photos agree (auto).'),
  'initial.frames': integer('initial', 12, 3, 64, 'Other photos of the same camera whose median a photo is held against; empty ones first.', 'photos'),

  'training.size': integer('training', 320, 32, 1024, 'Long side of the pictures the network trains on; larger is sharper and slower.', 'px'),
  'training.firstSize': integer('training', 0, 0, 1024, 'The same in the first round; smaller pictures teach what is what faster. 0 takes the same size.', 'px'),
  'training.crop': number('training', 0.75, 0.25, 1, 'Share of a photo\'s sides that one training picture shows; smaller shows workpieces larger at the same speed.'),
  'training.steps': integer('training', 700, 1, 100000, 'Training steps a round.', 'steps'),
  'training.firstSteps': integer('training', 5200, 1, 100000, 'Training steps of the first round.', 'steps'),
  'training.renderBatch': integer('training', 4, 0, 64, 'Renders a step.', 'renders'),
  'training.photoBatch': integer('training', 2, 0, 64, 'Photos a step.', 'photos'),
  'training.photosFromRound': integer('training', 2, 1, 20, 'First round that trains on photos; 2 lets the renders alone teach the first network.'),
  'training.restart': choice('training', 'previous', ['scratch', 'previous', 'first'], 'Weights a round starts from: fresh, those of the round before, or those of the first round.'),
  'training.optimizer': choice('training', 'adamw', ['adam', 'adamw', 'sgd'], 'Rule by which weights move.'),
  'training.learningRate': number('training', 1e-3, 1e-8, 1, 'Step width of the decode head.'),
  'training.firstRate': number('training', 2e-3, 0, 1, 'The same in the first round; a smaller width later keeps what renders taught while photos are learnt. 0 takes the same width.'),
  'training.backboneFactor': number('training', 0.3, 0, 1, 'Step width of the backbone as a share of that of the head; smaller keeps pretrained features.'),
  'training.frozenStride': choice('training', '0', ['0', '2', '4', '8', '16'], 'Layers of the backbone whose features are at most so many times smaller than the picture keep their pretrained weights; 8 makes a step of a mobilenetv2 a quarter cheaper and, measured once, came as far in the mean and less far where several workpieces share a photo. 0 trains all.'),
  'training.weightDecay': number('training', 1e-4, 0, 0.1, 'Pull of the weights towards zero.'),
  'training.momentum': number('training', 0.9, 0, 0.999, 'Momentum of SGD.'),
  'training.schedule': choice('training', 'cosine', ['constant', 'cosine', 'poly'], 'How the step width falls over a round.'),
  'training.power': number('training', 0.9, 0.1, 5, 'Power of the poly schedule.'),
  'training.warmup': integer('training', 10, 0, 1000, 'Steps over which the step width rises at the start of a round.', 'steps'),
  'training.ema': number('training', 0.98, 0, 0.9999, 'Averaging of weights for prediction; 0 predicts with the last weights.'),
  'training.photoLoss': number('training', 1, 0, 10, 'Weight of the photos against the renders in the loss.'),
  'training.checkpointSeconds': integer('training', 10, 1, 600, 'Time between checkpoints; a kill costs at most this much training.', 's'),

  'augment.composite': number('augment', 0.15, 0, 1, 'Share of renders with surroundings of their own that are cut out by their mask and pasted on another background; those before plain grey always are. 0 pastes none.'),
  'augment.photoBackgrounds': number('augment', 0.5, 0, 1, 'Share of pasted renders whose background is a photo of the line; the rest is procedural.'),
  'augment.randomise': number('augment', 1, 0, 1, 'Strength of random tone, tint, noise, blur, light and shadow on renders.'),
  'augment.parts': number('augment', 1.5, 1, 8, 'Mean number of workpieces pasted on one background; more teach what is what faster, fewer teach what is where.'),
  'augment.clutter': number('augment', 0.25, 0, 1, 'Share of pictures on which stray things that are no workpiece are laid; 0 where tables are tidy.'),
  'augment.shadows': number('augment', 0, 0, 1, 'Share of pictures on which shadows of things outside are thrown; more where lamps are hard and shadows end up in masks.'),
  'augment.turn': integer('augment', 180, 0, 180, 'Largest random turn of a picture.', 'degrees'),
  'augment.scaleMin': number('augment', 0.6, 0.1, 1, 'Smallest random size of a pasted render.'),
  'augment.scaleMax': number('augment', 1.5, 1, 5, 'Largest random size of a pasted render.'),
  'augment.zoomMin': number('augment', 0.7, 0.2, 1, 'Smallest random size of a whole picture; smaller shows more of what is around a workpiece.'),
  'augment.zoomMax': number('augment', 1.2, 1, 4, 'Largest random size of a whole picture.'),
  'augment.cutPaste': number('augment', 0.5, 0, 1, 'Share of photos that receive a workpiece cut from another photo by its pseudo label.'),

  'weights.boundary': number('weights', 1, 0, 50, 'Extra weight of the band along the edges of renders; larger insists on shape.'),
  'weights.boundaryWidth': integer('weights', 5, 1, 31, 'Width of that band.', 'px'),
  'weights.background': number('weights', 1, 0.1, 20, 'Weight of background pixels; crops show workpieces larger than photos do, and more weight keeps shadows and patterns out of masks.'),
  'weights.distance': number('weights', 8, 0, 200, 'Distance over which trust in a pseudo label grows from its edge inwards, at 640 x 480; 0 trusts all alike.', 'px'),

  'refine.ratio': number('refine', 0.97, 0.01, 1, 'Share of the most confident pixels that keep their label; larger labels more and errs more.'),
  'refine.background': number('refine', 1, 0, 1, 'The same of background pixels, where each class has a threshold; more tells photos what shadows and stray things are. 0 takes the same share.'),
  'refine.perClass': toggle('refine', true, 'One threshold for each workpiece (on) or one for all (off).'),
  'refine.tags': choice('refine', 'pieces', ['off', 'mask', 'fold', 'pieces'], 'Use of the tags on training photos: none, forbid what is not on the photo, also lift what is, or do so for every connected piece as one and leave out pieces that no tag explains.'),
  'refine.fold': number('refine', 1, 0, 1, 'How much of what the network gives to workpieces that are not on the photo goes to those that are (with fold); 1 is all.'),
  'refine.minShare': number('refine', 0.03, 0, 0.5, 'Share of the photo every tag on it gets at least (with fold); 0 gives no such help.'),
  'refine.pieces': number('refine', 0.7, 0, 1, 'Evidence a piece needs to bear a tag, as a share of that of the best piece of the tag on the photo (with pieces); 0 keeps all, 1 one a tag.'),
  'refine.superpixels': choice('refine', 'blend', ['off', 'vote', 'blend'], 'Superpixels replace pixel labels by majority (vote) or average the probabilities half and half (blend).'),
  'refine.segments': integer('refine', 1500, 10, 20000, 'Superpixels a photo of 640 x 480 is cut into for refinement.', 'superpixels'),
  'refine.crf': toggle('refine', false, 'Whether a dense CRF sharpens the masks of every round.'),

  'crf.iterations': integer('refine', 5, 1, 50, 'Mean-field iterations of the dense CRF.'),
  'crf.gaussianWidth': number('refine', 1.5, 0.1, 50, 'Reach of the smoothing kernel.', 'px'),
  'crf.gaussianWeight': number('refine', 3, 0, 50, 'Strength of the smoothing kernel.'),
  'crf.bilateralWidth': number('refine', 12, 1, 500, 'Reach of the colour kernel.', 'px'),
  'crf.bilateralColour': number('refine', 8, 1, 255, 'Colour difference the colour kernel bridges.'),
  'crf.bilateralWeight': number('refine', 4, 0, 50, 'Strength of the colour kernel.'),

  'predict.scales': list('predict', [1], 0.25, 4, 'Picture sizes over which predictions for pseudo labels are averaged.'),
  'predict.enlarge': list('predict', [1, 1.2, 1.4], 1, 2, 'Sizes, as shares of the training size, to which a photo is enlarged; predictions of pseudo labels and of the finished model are averaged over them. Larger ones beside 1 name workpieces surer and take longer by their square.'),
  'predict.flips': integer('predict', 4, 1, 4, 'Mirrorings averaged: 1 none, 2 left-right, 4 also up-down.'),
  'predict.modelFlips': integer('predict', 4, 1, 4, 'Mirrorings the finished model averages on every photo; 4 is surer, 1 is four times faster.'),
  'predict.windows': toggle('predict', true, 'Whether the pyramid sums up photos in windows as large as training pictures, so that it sees as much around a workpiece as it has learnt from; off sums up whole photos.'),
  'predict.names': number('predict', 0.12, 0, 0.5, 'How far the finished model spreads names over the foreground they stand on, as a share of the photo\'s longer side, so that a piece under several names takes the one most of it bears; larger may rename small workpieces that touch large ones. 0 leaves names as they are.'),
} as const satisfies Record<string, SettingDefinition>

export type SettingName = keyof typeof definitions
export type ValueOf<D> = D extends { kind: 'choice'; options: readonly (infer T)[] } ? T
  : D extends { kind: 'integer' | 'number' } ? number
  : D extends { kind: 'switch' } ? boolean
  : D extends { kind: 'list' } ? readonly number[]
  : string
export type Settings = { readonly [K in SettingName]: ValueOf<(typeof definitions)[K]> }

export const settingNames = Object.keys(definitions) as SettingName[]

const defaults = Object.fromEntries(settingNames.map((name) => [name, definitions[name].value])) as unknown as Settings

/** What random weights need, and a dense CRF as published. */
const fromNothing: Partial<Settings> = {
  'network.backbone': 'resnet18', 'network.weights': '', 'training.firstRate': 0, 'training.backboneFactor': 1,
  'augment.zoomMin': 0.8, 'augment.zoomMax': 1.3, 'refine.ratio': 0.85, 'refine.background': 0, 'predict.enlarge': [1],
  'crf.gaussianWidth': 3, 'crf.bilateralWidth': 80, 'crf.bilateralColour': 13, 'crf.bilateralWeight': 10,
}

/** Crops of half a photo's side show workpieces alone, so that many of them fit in a batch; a narrow network learns from them within minutes. */
const quick: Partial<Settings> = {
  ...fromNothing,
  'network.width': 0.25,
  'classifier.steps': 250,
  'initial.seeds': 'cam', 'initial.share': 0.13,
  'training.size': 160, 'training.firstSize': 128, 'training.crop': 0.5, 'training.renderBatch': 12, 'training.photoBatch': 12,
  'training.firstSteps': 2000, 'training.steps': 900, 'training.learningRate': 0.01,
  'augment.composite': 1, 'augment.parts': 1.1, 'augment.clutter': 0, 'augment.photoBackgrounds': 0.6, 'augment.scaleMin': 0.75, 'augment.scaleMax': 1.3,
  'weights.background': 1.5,
  'refine.tags': 'fold', 'refine.segments': 300, 'refine.crf': true, 'predict.flips': 2, 'predict.windows': false, 'predict.names': 0,
}

const paper: Partial<Settings> = {
  ...fromNothing,
  'run.rounds': 4, 'network.outputStride': '8', 'network.decoder': 'none',
  'classifier.steps': 300, 'classifier.renders': false,
  'initial.share': 0.02, 'initial.positive': 'whole', 'initial.seeds': 'cam',
  'training.size': 192, 'training.crop': 1, 'training.photoBatch': 4, 'training.firstSteps': 1000, 'training.steps': 1000,
  'training.photosFromRound': 1, 'training.restart': 'previous',
  'training.optimizer': 'adam', 'training.learningRate': 1e-4, 'training.weightDecay': 0,
  'training.schedule': 'constant', 'training.warmup': 0, 'training.ema': 0,
  'augment.turn': 0, 'weights.boundary': 4, 'augment.parts': 1, 'augment.clutter': 0,
  'augment.composite': 0, 'augment.photoBackgrounds': 0, 'augment.randomise': 0, 'augment.cutPaste': 0,
  'refine.perClass': false, 'refine.tags': 'off', 'refine.superpixels': 'vote', 'refine.segments': 600, 'refine.crf': true, 'crf.iterations': 10,
  'predict.flips': 1, 'predict.modelFlips': 1, 'predict.windows': false, 'predict.names': 0,
}

const scenario: Partial<Settings> = {
  ...paper,
  'network.backbone': 'resnet101', 'training.optimizer': 'sgd', 'training.learningRate': 1e-5,
  'training.schedule': 'poly', 'training.power': 0.98, 'training.firstSteps': 40000, 'training.steps': 40000,
}

/**
 * Whole sets of settings: `maskwright` is the best that was measured, `quick` a small network from random weights for tidy tables and large workpieces,
 * `paper` is as published, `scenario` its street setting.
 */
export const presets = {
  maskwright: defaults,
  quick: { ...defaults, ...quick },
  paper: { ...defaults, ...paper },
  scenario: { ...defaults, ...scenario },
} as const satisfies Record<string, Settings>
export const presetNames = Object.keys(presets) as PresetName[]
export type PresetName = keyof typeof presets

export function schemaOf(d: SettingShape): z.ZodType {
  switch (d.kind) {
    case 'integer': return z.int().min(d.min).max(d.max)
    case 'number': return z.number().min(d.min).max(d.max)
    case 'switch': return z.boolean()
    case 'choice': return z.enum(d.options as [string, ...string[]])
    case 'list': return z.array(z.number().min(d.min).max(d.max)).min(1).max(16).readonly()
    case 'text': return z.string().max(4096)
  }
}

/** Settings as they cross borders; unknown names are refused. */
export const SettingsSchema = z.strictObject(
  Object.fromEntries(settingNames.map((name) => [name, schemaOf(definitions[name])])),
) as unknown as z.ZodType<Settings>
/** Some settings, the rest taken from a preset. */
export const OverridesSchema = z.strictObject(
  Object.fromEntries(settingNames.map((name) => [name, schemaOf(definitions[name]).optional()])),
) as unknown as z.ZodType<Partial<Settings>>
