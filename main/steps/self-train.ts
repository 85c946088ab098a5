import type { Settings } from '../../preload/contract/settings.ts'
import { resizeLabels } from '../core/image/resize.ts'
import { IGNORE, type LabelMap } from '../core/image/types.ts'
import { segmentationStep, weightsOf } from '../core/train/train-step.ts'
import { openHints } from '../store/hints.ts'
import type { ImageRow } from '../store/images.ts'
import { classCount } from './classes.ts'
import { estimateMasks } from './quality.ts'
import { graphKey, ofRound, optimizerOf, ratesOf, segmentationNetwork, startWeights } from './networks.ts'
import { canvasOf } from './photos.ts'
import { readWeights } from './predictor.ts'
import { refineMasks, trainable } from './refine.ts'
import type { Run } from './run.ts'
import { nextSteps, openSamples } from './samples.ts'
import { packTensors, train } from './train-loop.ts'

/**
 * Step: photos, renders, masks of round n - 1 -> weights and masks of round n, round after round (method, Algorithm 1).
 * Finished rounds are skipped; an unfinished one goes on from its last checkpoint.
 */
export async function selfTrain(run: Run): Promise<void> {
  const { store, settings } = run
  const classes = classCount(store)
  await estimateMasks(run, 0)
  for (let round = 1; round <= settings['run.rounds']; round++) {
    if (store.rounds.get(run.id, round)?.state !== 'done') {
      const startedAt = performance.now()
      await trainRound(ofRound(run, round), round, classes)
      await refineMasks(ofRound(run, round), round, classes)
      await estimateMasks(run, round)
      store.rounds.upsert(run.id, round, { state: 'done', durationMs: performance.now() - startedAt })
    }
    if (settled(store.rounds.get(run.id, round)?.agreement ?? null, settings)) return
  }
}

/** Whether masks have stopped changing. */
const settled = (agreement: number | null, settings: Settings) => agreement !== null && 1 - agreement < settings['run.stopBelowChange']

/** One joint training: weights of the round. */
async function trainRound(run: Run, round: number, classes: number): Promise<void> {
  const { store, settings } = run
  const name = `weights/${round}`
  if (store.artifacts.get(run.id, 'self-train', name)) return
  const network = segmentationNetwork(settings, classes)
  const withPhotos = round >= settings['training.photosFromRound']
  const batch = batchOf(settings, withPhotos)
  const steps = round === 1 ? settings['training.firstSteps'] : settings['training.steps']
  const rates = (at: number) => ratesOf(settings, settings['training.learningRate'], steps, at)
  const { fn, signature, scalars, startOf } = segmentationStep({
    network, optimizer: optimizerOf(settings), renders: batch.renderBatch, photos: batch.photoBatch,
    photoLoss: settings['training.photoLoss'], ema: settings['training.ema'], ...canvasOf(store, settings),
  })
  const batches = await openSamples(run, { ...batch, photos: photosToSee(run, withPhotos), crop: settings['training.crop'], labels: (photo) => (withPhotos ? trainingLabels(run, round - 1, photo) : null) })
  const wish = (step: number) => ({ kind: 'pixels', round, step }) as const
  const program = await run.executor.compile(fn, signature, graphKey(settings, 'train', batch, settings['training.optimizer'], settings['training.weightDecay'], settings['training.momentum'], settings['training.photoLoss'], settings['training.ema']))
  try {
    await train(run, {
      key: `round ${round}`, step: 'self-train', round, steps, program,
      start: () => startOf(weightsFor(run, round, network.parameters)),
      learningRate: (at) => rates(at).head,
      inputs: async (at) => ({ ...(await batches.draw(wish(at), nextSteps(at, steps).map(wish))), ...scalars(at, rates(at)) }),
    })
    const weights = weightsOf(await program.readState(), settings['training.ema'] > 0 ? 'e' : 'w')
    store.artifacts.put(run.id, 'self-train', name, store.blobs.put(packTensors(weights)))
    store.artifacts.remove(run.id, 'checkpoint', `round ${round}`)
  } finally {
    await batches.close()
    await program.dispose()
  }
}

/** Renders and photos a step; the renders take the places of photos while these do not train yet. */
function batchOf(settings: Settings, withPhotos: boolean) {
  const [renderBatch, photoBatch] = [settings['training.renderBatch'], settings['training.photoBatch']]
  return withPhotos ? { renderBatch, photoBatch } : { renderBatch: renderBatch + photoBatch, photoBatch: 0 }
}

/** Photos of a round: all that train, or, while these do not train yet, the empty ones as backgrounds. */
const photosToSee = ({ store }: Run, withPhotos: boolean) => trainable(store).filter((photo) => withPhotos || photo.tags.length === 0)

/** Weights a round starts from, as `training.restart` says. */
function weightsFor(run: Run, round: number, parameters: Parameters<typeof startWeights>[1]): Record<string, Float32Array> {
  const restart = run.settings['training.restart']
  if (round === 1 || restart === 'scratch') return startWeights(run.settings, parameters)
  return readWeights(run, restart === 'first' ? 1 : round - 1)
}

/** The pseudo label a photo trains on: the mask of a round, under the hints of people where the run uses them. */
function trainingLabels({ store, id }: Run, round: number, photo: ImageRow): LabelMap | null {
  const mask = store.rounds.mask(id, round, photo.id)
  if (!mask) return null
  const labels = store.blobs.getLabels(mask.maskSha)
  const hints = openHints(store).ofRun(id, photo.id)
  return hints ? painted(labels, resizeLabels(hints, labels.width, labels.height)) : labels
}

/** Labels with what people painted over them. */
const painted = (labels: LabelMap, hints: LabelMap): LabelMap =>
  ({ ...labels, data: labels.data.map((label, i) => (hints.data[i] === IGNORE ? label : hints.data[i])) })
