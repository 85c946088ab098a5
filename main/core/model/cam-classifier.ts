import * as tf from '@tensorflow/tfjs-core'
import { score } from './convolution.ts'
import { mergeParameters } from './network.ts'
import type { Backbone, Classifier, Pass } from './network.ts'
import { resize } from './resample.ts'

/**
 * Tag classifier whose score maps are its class activation maps: backbone, 1x1 scores, global average pooling.
 *
 * Zhou et al., CVPR 2016, section 2 (with the linear layer moved before the pooling, which changes nothing).
 *
 * @param tags Number of tags; the background is none of them.
 * @throws RangeError if there is no tag.
 */
export function camClassifier(extractor: Backbone, tags: number): Classifier {
  if (!Number.isInteger(tags) || tags < 1) throw new RangeError(`expected at least 1 tag, got ${tags}`)
  const head = score('fc', extractor.stages[extractor.stages.length - 1].channels, tags)
  return {
    parameters: mergeParameters(extractor.parameters, head.parameters),
    forward: (image, weights, training, size) => {
      const pass: Pass = { weights, training, updates: {} }
      const features = extractor.features(extractor.normalise(image), pass)
      const maps = head.apply(features[features.length - 1], pass)
      return { output: tf.mean(maps, [1, 2]), maps: size ? resize(maps, size) : maps, updates: pass.updates }
    },
  }
}
