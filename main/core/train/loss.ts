import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'

/** Keeps a division by a sum of weights that is zero at zero. */
const SMALLEST = 1e-12

/** Sums over the pixels of each picture, [B]. */
export interface PictureSums {
  readonly losses: Tensor1D
  readonly weights: Tensor1D
}

/**
 * Spatially weighted cross entropy, summed over each picture.
 *
 * method.md, section 3 (eq. 1, 2): w(u) * -log softmax(logits(u))[label(u)].
 *
 * @param logits [B, H, W, classes].
 * @param labels Class per pixel, int32 [B, H, W]; anything from `classes` up, such as 255, is ignored.
 * @param pixelWeights w, [B, H, W]; ignored pixels count nothing whatever their weight.
 */
export function weightedCrossEntropy(logits: Tensor4D, labels: Tensor3D, pixelWeights: Tensor3D): PictureSums {
  const classes = logits.shape[3]
  const target = tf.oneHot(labels, classes, 1, 0, 'float32')
  const likelihood = tf.sum(tf.mul(tf.logSoftmax(logits), target), 3)
  const labelled = tf.cast(tf.less(labels, tf.scalar(classes, 'int32')), 'float32')
  return {
    losses: tf.neg(tf.sum(tf.mul(likelihood, pixelWeights), [1, 2])),
    weights: tf.sum(tf.mul(labelled, pixelWeights), [1, 2]),
  }
}

/**
 * Mean loss of some pictures of a batch, normalised by the sum of their weights; 0 where that is 0.
 *
 * @param from First picture.
 * @param count Number of pictures.
 */
export function meanLoss({ losses, weights }: PictureSums, from: number, count: number): Tensor {
  const total = tf.sum(tf.slice(weights, from, count))
  return tf.div(tf.sum(tf.slice(losses, from, count)), tf.maximum(total, SMALLEST))
}

/**
 * Binary cross entropy per tag, averaged over the tags that count.
 *
 * log(1 + exp(x)) - x y, the stable form of -y log p - (1 - y) log(1 - p).
 *
 * @param logits [B, tags].
 * @param targets 1 where the tag is on the picture, 0 where not, [B, tags].
 * @param counts Weight of each entry, [B, tags]; 0 leaves it out. All alike where left out.
 */
export function tagLoss(logits: Tensor2D, targets: Tensor2D, counts?: Tensor2D): Tensor {
  const losses = tf.sub(tf.softplus(logits), tf.mul(logits, targets))
  if (!counts) return tf.mean(losses)
  return tf.div(tf.sum(tf.mul(losses, counts)), tf.maximum(tf.sum(counts), SMALLEST))
}
