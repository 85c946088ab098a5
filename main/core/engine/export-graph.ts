import * as ort from 'onnxruntime-node'
import { anyBatch, batchProbes } from '../onnx/any-batch.ts'
import { readMetadata } from '../onnx/read-model.ts'
import type { Graph } from '../onnx/graph.ts'
import { sharingConstants, type OnnxModel } from '../onnx/model.ts'
import { resizeLabels, resizeMap, resizeRgb } from '../image/resize.ts'
import type { FloatMap, LabelMap, RgbImage } from '../image/types.ts'
import { repeated } from './calibrate.ts'
import { asTensor } from './compile.ts'
import { NCHW } from './layout.ts'
import { openSession, type OnnxDevice } from './session.ts'
import { constant, ints, known, made, op, scalar, trace, view } from './trace.ts'
import type { Signature, TensorFunction, Values } from './types.ts'
import { checked } from './values.ts'

export interface ExportOptions {
  /** The function's output that is exported: [B, h, w, C]. */
  readonly output: string
  /** Whether that output is logits (a softmax follows the resizing) or probabilities (the default). */
  readonly logits?: boolean
  /** Pictures a run takes: so many, or any number of one size (default 1). */
  readonly batch?: number | 'dynamic'
  /** The one size of pictures it takes; any where left out. */
  readonly size?: { readonly width: number; readonly height: number }
  /** Written into the model as metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A prediction as one ONNX model (opset 17, standard operators only) for pictures of one or any size.
 *
 * Input: `image` uint8 [N, H, W, 3], RGB. Outputs: `labels` uint8 [N, H, W], `confidence` float32 [N, H, W], 0..1.
 * The picture is resized to the network's size as core/image/resize.ts does (linear, half-pixel centres, widened when it
 * shrinks, rounded); the result is resized back linearly before the highest class is taken.
 *
 * @param fn The prediction; its one input `image` is [B, h, w, 3], RGB 0..255.
 * @param signature With an image of batch 1.
 * @param state The weights, by the names of the signature's state, in logical layout.
 * @throws RangeError if the signature or the output has another shape, or the batch cannot be left open; TypeError if a weight is missing.
 */
export function exportGraph(fn: TensorFunction, signature: Signature, state: Record<string, Values>, options: ExportOptions): OnnxModel {
  const { batch = 1 } = options
  if (batch !== 'dynamic') return sharingConstants(traced(fn, signature, state, options, batch, batch))
  const [a, b] = batchProbes.map((probe) => traced(fn, signature, state, options, probe, 'N'))
  return sharingConstants(anyBatch(a, b))
}

function traced(fn: TensorFunction, signature: Signature, state: Record<string, Values>, options: ExportOptions, batch: number, named: number | string): OnnxModel {
  const [one, height, width, channels] = signature.inputs.image?.shape ?? []
  if (one !== 1 || channels !== 3 || Object.keys(signature.inputs).length !== 1)
    throw new RangeError(`expected one input 'image' of shape [1, h, w, 3], got ${JSON.stringify(signature.inputs)}`)
  const { graph } = trace('standard', (g) => {
    const [rows, columns] = options.size ? [options.size.height, options.size.width] : ['H', 'W']
    const photo = g.input({ name: 'image', type: 'uint8', shape: [named, rows, columns, 3] })
    const ends = { photo, shape: op('Shape', [photo]), sides: [rows, columns], pictures: [named, rows, columns] }
    const weights = Object.entries(signature.state ?? {}).map(([name, spec]) => {
      return [name, asTensor(known(checked(name, spec, state[name]), spec.shape, spec.dtype ?? 'float32'))]
    })
    const image = asTensor(made([batch, height, width, 3], 'float32', resizedPhoto(ends, height, width), NCHW))
    const output = fn({ image, ...Object.fromEntries(weights) })[options.output]
    if (output?.rank !== 4 || output.shape[0] !== batch)
      throw new RangeError(`expected output '${options.output}' of shape [B, h, w, C], got ${output?.shape ?? 'none'}`)
    emitLabels(g, view(output, NCHW), output.shape[3] as number, ends, options.logits ?? false)
  })
  return graph.model(options.metadata)
}

/** What the ends of the graph know of a picture: its value, its shape as a value, its sides and the shape of a map of it. */
interface Ends {
  readonly photo: string
  readonly shape: string
  readonly sides: readonly (number | string)[]
  readonly pictures: readonly (number | string)[]
}

/** The length of one axis of the picture, [1]. */
const lengthOf = (shape: string, axis: number) => op('Slice', [shape, ints([axis]), ints([axis + 1])])

/** The picture at the network's size, lying as [N, 3, h, w]: products of few large matrices. */
function resizedPhoto({ photo, shape, sides }: Ends, height: number, width: number): string {
  const [down, across] = [height, width].map((to, i) => {
    const from = sides[i]
    return typeof from === 'number' ? constant(resizeMatrix(from, to), [to, from]) : openResizeMatrix(lengthOf(shape, i + 1), to)
  })
  const values = op('Cast', [photo], { to: 1 })
  const planes = (lines: string) => op('Transpose', [lines], { perm: [0, 3, 1, 2] })
  if (sides[0] === height && sides[1] === width) return planes(values)
  const low = op('MatMul', [down, op('Reshape', [values, ints([0, 0, -1])])])
  const small = op('MatMul', [planes(op('Reshape', [low, ints([0, 0, -1, 3])])), op('Transpose', [across], { perm: [1, 0] })])
  return op('Floor', [op('Add', [small, scalar(0.5)])])
}

/** The matrix [to, from] that resizes an axis with a triangle as wide as the scale. */
function resizeMatrix(from: number, to: number): Float32Array {
  const scale = from / to
  const reach = Math.max(1, scale)
  const matrix = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    const weights = Array.from({ length: from }, (_, x) => Math.max(0, 1 - Math.abs(x - (i + 0.5) * scale + 0.5) / reach))
    const sum = weights.reduce((a, b) => a + b, 0)
    matrix.set(weights.map((weight) => weight / sum), i * from)
  }
  return matrix
}

/** The same for an axis of unknown length. */
function openResizeMatrix(from: string, to: number): string {
  const length = op('Reshape', [op('Cast', [from], { to: 1 }), ints([])])
  const scale = op('Div', [length, scalar(to)])
  const positions = constant(Float32Array.from({ length: to }, (_, i) => i + 0.5), [to, 1])
  const centres = op('Sub', [op('Mul', [positions, scale]), scalar(0.5)])
  const distance = op('Abs', [op('Sub', [op('Range', [scalar(0), length, scalar(1)]), centres])])
  const weights = op('Relu', [op('Sub', [scalar(1), op('Div', [distance, op('Max', [scale, scalar(1)])])])])
  return op('Div', [weights, op('ReduceSum', [weights, ints([1])], { keepdims: 1 })])
}

function emitLabels(graph: Graph, output: string, classes: number, { shape, pictures }: Ends, logits: boolean) {
  const known = pictures.every((length) => typeof length === 'number')
  const sizes = known ? ints([pictures[0], classes, pictures[1], pictures[2]] as number[])
    : op('Concat', [lengthOf(shape, 0), ints([classes]), lengthOf(shape, 1), lengthOf(shape, 2)], { axis: 0 })
  const large = op('Resize', [output, '', '', sizes], { mode: 'linear', coordinate_transformation_mode: 'half_pixel' })
  const probabilities = logits ? op('Softmax', [large], { axis: 1 }) : large
  const labels = op('Cast', [op('ArgMax', [probabilities], { axis: 1, keepdims: 0 })], { to: 2 })
  graph.output({ name: 'labels', type: 'uint8', shape: pictures }, labels)
  graph.output({ name: 'confidence', type: 'float32', shape: pictures }, op('ReduceMax', [probabilities], { axes: [1], keepdims: 0 }))
}

/** An exported model, loaded. */
export interface Model {
  /** Class names by index, from the metadata; empty where the model carries none. */
  readonly classes: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
  /** Pictures a run takes; null where it takes any number. */
  readonly batch: number | null
  /** The one size of pictures it takes; null where it takes any. */
  readonly size: { readonly width: number; readonly height: number } | null
  /** The most probable class of each pixel and its probability. A picture of another size is brought to the model's, its labels back. */
  predict(image: RgbImage): Promise<{ labels: LabelMap; confidence: FloatMap }>
  dispose(): Promise<void>
}

/**
 * Opens a model that `exportGraph` wrote.
 *
 * @throws Error of onnxruntime if the bytes are no model; RangeError if it has other inputs or outputs.
 */
export async function openModel(bytes: Uint8Array, { threads, device = 'cpu' }: { threads: number; device?: OnnxDevice }): Promise<Model> {
  const session = await openSession(bytes, { device, threads, rewriting: 'all' })
  const ends = [...session.inputNames, ...session.outputNames].join()
  if (ends !== 'image,labels,confidence') {
    await session.release()
    throw new RangeError(`expected a model from 'image' to 'labels' and 'confidence', got ${ends}`)
  }
  const metadata = readMetadata(bytes)
  const [input] = session.inputMetadata
  const [batch, rows, columns] = (input as ort.InferenceSession.TensorValueMetadata).shape
  const size = typeof rows === 'number' && typeof columns === 'number' ? { width: columns, height: rows } : null
  const pictures = typeof batch === 'number' ? batch : null
  return {
    metadata, size, batch: pictures,
    classes: JSON.parse(metadata.classes ?? '{}') as Record<string, string>,
    predict: async (image) => {
      const { width, height, data } = size ? resizeRgb(image, size.width, size.height) : image
      const times = pictures ?? 1
      const out = await session.run({ image: new ort.Tensor('uint8', repeated(data, times), [times, height, width, 3]) })
      const labels = { width, height, data: (out.labels.data as Uint8Array).subarray(0, width * height) }
      const confidence = { width, height, data: (out.confidence.data as Float32Array).subarray(0, width * height) }
      if (width === image.width && height === image.height) return { labels, confidence }
      return { labels: resizeLabels(labels, image.width, image.height), confidence: resizeMap(confidence, image.width, image.height) }
    },
    dispose: () => session.release(),
  }
}
