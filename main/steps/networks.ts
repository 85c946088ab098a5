import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../preload/contract/error.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import { backboneWeights } from '../core/model/backbone-weights.ts'
import { camClassifier } from '../core/model/cam-classifier.ts'
import { initialise } from '../core/model/initialise.ts'
import type { Classifier, Network, ParameterSpecs } from '../core/model/network.ts'
import { backbone, pspnet } from '../core/model/pspnet.ts'
import type { OutputStride } from '../core/model/resnet.ts'
import { readSafetensors } from '../core/model/safetensors.ts'
import { optimizer, type LearningRates, type Optimizer } from '../core/train/optimizer.ts'
import { learningRate } from '../core/train/schedule.ts'
import type { Size } from './worker.ts'

/** Networks and rules of training as the settings say. */

const outputStride = (settings: Settings) => Number(settings['network.outputStride']) as OutputStride

/** Nothing stays as drawn by chance. */
const frozenStride = (settings: Settings) => (settings['network.weights'] === '' ? 0 : Number(settings['training.frozenStride']))

/** `window` is the size of the pictures it has learnt from, where larger ones are looked at in windows of that size. */
export const segmentationNetwork = (settings: Settings, classes: number, window?: Size): Network => pspnet({
  backbone: settings['network.backbone'], width: settings['network.width'], outputStride: outputStride(settings),
  decoder: settings['network.decoder'], frozenStride: frozenStride(settings), classes, ...(window && { window: [window.height, window.width] }),
})

export const classifierNetwork = (settings: Settings, tags: number): Classifier =>
  camClassifier(backbone(settings['network.backbone'], settings['network.width'], outputStride(settings)), tags)

export const optimizerOf = (settings: Settings): Optimizer => optimizer({
  name: settings['training.optimizer'], weightDecay: settings['training.weightDecay'], momentum: settings['training.momentum'],
})

/** A run as a round sees it: the first may have a picture size and a step width of its own (`training.firstSize`, `training.firstRate`). */
export function ofRound<T extends { readonly settings: Settings }>(run: T, round: number): T {
  if (round > 1) return run
  const { 'training.firstSize': size, 'training.firstRate': rate } = run.settings
  return { ...run, settings: { ...run.settings, ...(size > 0 && { 'training.size': size }), ...(rate > 0 && { 'training.learningRate': rate }) } }
}

/** Names the function that a network of these settings and some more words makes, for the cache of compiled graphs. */
export const graphKey = (settings: Settings, ...words: readonly unknown[]) => JSON.stringify([
  settings['network.backbone'], settings['network.width'], settings['network.outputStride'], settings['network.decoder'], settings['training.frozenStride'], ...words,
])

/** Step width of head and backbone at a step of a stretch of training. */
export function ratesOf(settings: Settings, rate: number, steps: number, step: number): LearningRates {
  const head = learningRate({
    name: settings['training.schedule'], rate, steps, power: settings['training.power'], warmup: settings['training.warmup'],
  }, step)
  return { head, backbone: head * settings['training.backboneFactor'] }
}

/** The word of `network.weights` for the weights that come with Maskwright, and their file: two folders up, as written and as built. */
export const ownWeights = 'coco'
const ownFile = new URL('../../resources/backbone/coco.safetensors', import.meta.url)

/** The file of `network.weights`; null where weights are drawn. */
export const weightsFile = ({ 'network.weights': file }: Settings): string | null =>
  file === '' ? null : file === ownWeights ? fileURLToPath(ownFile) : file

/**
 * Weights a network starts from: drawn by the seed, the backbone's from the file of `network.weights` where one is named.
 *
 * @throws AppError `weights-unreadable`.
 */
export function startWeights(settings: Settings, parameters: ParameterSpecs): Record<string, Float32Array> {
  const drawn = initialise(parameters, settings['run.seed'])
  const file = weightsFile(settings)
  if (file === null) return drawn
  try {
    return { ...drawn, ...backboneWeights(readSafetensors(readFileSync(file)), parameters) }
  } catch (error) {
    throw new AppError({
      code: 'weights-unreadable', subject: file,
      message: `The weights in ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      advice: 'Choose a safetensors file with torchvision names for this backbone at width 1, or take coco for those that come with Maskwright, or leave network.weights empty.',
    }, { cause: error })
  }
}
