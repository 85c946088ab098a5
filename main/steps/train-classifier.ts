import { classifierStep, weightsOf } from '../core/train/train-step.ts'
import { classCount } from './classes.ts'
import { classifierNetwork, optimizerOf, ratesOf, startWeights } from './networks.ts'
import { canvasOf } from './photos.ts'
import { trainable } from './refine.ts'
import type { Run } from './run.ts'
import { nextSteps, openSamples } from './samples.ts'
import { packTensors, train } from './train-loop.ts'

/** Share of a batch that are composited renders, where the classifier sees them. */
const renderShare = 0.5

/** Step: photos and their tags (and renders) -> weights of the tag classifier. Skipped when they are there. */
export async function trainClassifier(run: Run): Promise<void> {
  const { store, settings } = run
  const step = 'train-classifier'
  if (store.artifacts.get(run.id, step, 'weights')) return
  const tags = classCount(store) - 1
  const classifier = classifierNetwork(settings, tags)
  const batch = settings['classifier.batch']
  const { fn, signature, scalars, startOf } = classifierStep({ classifier, batch, tags, optimizer: optimizerOf(settings), ...canvasOf(store, settings) })
  const batches = await openSamples(run, { renderBatch: settings['classifier.renders'] ? 1 : 0, photoBatch: batch, photos: trainable(store), crop: 1, labels: () => null })
  const steps = settings['classifier.steps']
  const wish = (at: number) => ({ kind: 'tags', step: at, size: batch, renderShare: settings['classifier.renders'] ? renderShare : 0 }) as const
  const rates = (at: number) => ratesOf(settings, settings['classifier.learningRate'], steps, at)
  const tagWeights = new Float32Array(batch * tags).fill(1)
  const program = await run.executor.compile(fn, signature)
  try {
    await train(run, {
      key: 'classifier', step, program, steps,
      start: () => startOf(startWeights(settings, classifier.parameters)),
      learningRate: (at) => rates(at).head,
      inputs: async (at) => ({ ...(await batches.draw(wish(at), nextSteps(at, steps).map(wish))), tagWeights, ...scalars(at, rates(at)) }),
    })
    store.artifacts.put(run.id, step, 'weights', store.blobs.put(packTensors(weightsOf(await program.readState()))))
    store.artifacts.remove(run.id, 'checkpoint', 'classifier')
  } finally {
    await batches.close()
    await program.dispose()
  }
}
