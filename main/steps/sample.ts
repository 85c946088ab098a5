import type { Settings } from '../../preload/contract/settings.ts'

/**
 * Settings that suit the sample line: small pictures, tidy tables, and a network narrow enough to learn from random weights on a processor
 * within minutes. Crops of half a photo's side show workpieces alone, so that many of them fit in a batch.
 */
export const sampleSettings: Partial<Settings> = {
  'run.rounds': 3,
  'network.width': 0.25,
  'classifier.steps': 250, 'classifier.batch': 16,
  'initial.share': 0.13,
  'training.size': 128, 'training.crop': 0.5,
  'training.renderBatch': 12, 'training.photoBatch': 12,
  'training.firstSteps': 2400, 'training.steps': 600, 'training.restart': 'previous', 'training.learningRate': 0.01,
  'augment.parts': 1.1, 'augment.clutter': 0, 'augment.photoBackgrounds': 0.6,
  'weights.boundary': 1,
  'refine.crf': true,
}
