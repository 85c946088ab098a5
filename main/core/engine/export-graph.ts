import * as ort from 'onnxruntime-node'
import { readMetadata } from '../onnx/graph.ts'
import type { Graph } from '../onnx/graph.ts'
import type { FloatMap, LabelMap, RgbImage } from '../image/types.ts'
import { asTensor } from './compile.ts'
import { NCHW } from './layout.ts'
import { openSession } from './session.ts'
import { constant, ints, known, made, op, reshape, scalar, trace, view } from './trace.ts'
import type { Signature, TensorFunction, Values } from './types.ts'
import { checked } from './values.ts'

export interface ExportOptions {
  /** The function's output that is exported: [1, h, w, C]. */
  readonly output: string
  /** Whether that output is logits (a softmax follows the resizing) or probabilities (the default). */
  readonly logits?: boolean
  /** Written into the model as metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * Writes a prediction as one ONNX model (opset 17, standard operators only) for pictures of any size.
 *
 * Input: `image` uint8 [1, H, W, 3], RGB. Outputs: `labels` uint8 [1, H, W], `confidence` float32 [1, H, W], 0..1.
 * The picture is resized to the network's size as core/image/resize.ts does (linear, half-pixel centres, widened when it
 * shrinks, rounded); the result is resized back linearly before the highest class is taken.
 *
 * @param fn The prediction; its one input `image` is [1, h, w, 3], RGB 0..255.
 * @param state The weights, by the names of the signature's state, in logical layout.
 * @throws RangeError if the signature or the output has another shape; TypeError if a weight is missing.
 */
export function exportGraph(fn: TensorFunction, signature: Signature, state: Record<string, Values>, options: ExportOptions): Uint8Array {
  const [batch, height, width, channels] = signature.inputs.image?.shape ?? []
  if (batch !== 1 || channels !== 3 || Object.keys(signature.inputs).length !== 1)
    throw new RangeError(`expected one input 'image' of shape [1, h, w, 3], got ${JSON.stringify(signature.inputs)}`)
  const { graph } = trace('standard', (g) => {
    const photo = g.input({ name: 'image', type: 'uint8', shape: [1, 'H', 'W', 3] })
    const shape = op('Shape', [photo])
    const weights = Object.entries(signature.state ?? {}).map(([name, spec]) => {
      return [name, asTensor(known(checked(name, spec, state[name]), spec.shape, spec.dtype ?? 'float32'))]
    })
    const image = asTensor(made([1, height, width, 3], 'float32', resizedPhoto(photo, shape, height, width)))
    const output = fn({ image, ...Object.fromEntries(weights) })[options.output]
    if (output?.rank !== 4 || output.shape[0] !== 1)
      throw new RangeError(`expected output '${options.output}' of shape [1, h, w, C], got ${output?.shape ?? 'none'}`)
    emitLabels(g, view(output, NCHW), output.shape[3] as number, shape, options.logits ?? false)
  })
  return graph.encode({ metadata: options.metadata })
}

/** The length of one axis of the picture, [1]. */
const lengthOf = (shape: string, axis: number) => op('Slice', [shape, ints([axis]), ints([axis + 1])])

function resizedPhoto(photo: string, shape: string, height: number, width: number): string {
  const rows = resizeMatrix(lengthOf(shape, 1), height)
  const columns = resizeMatrix(lengthOf(shape, 2), width)
  const values = op('Cast', [photo], { to: 1 })
  const lines = op('Reshape', [values, op('Concat', [lengthOf(shape, 1), ints([-1])], { axis: 0 })])
  const low = op('Reshape', [op('MatMul', [rows, lines]), ints([height, -1, 3])])
  const small = op('MatMul', [columns, low])
  return reshape(op('Floor', [op('Add', [small, scalar(0.5)])]), [1, height, width, 3])
}

/** The matrix [to, from] that resizes an axis of unknown length with a triangle as wide as the scale. */
function resizeMatrix(from: string, to: number): string {
  const length = op('Reshape', [op('Cast', [from], { to: 1 }), ints([])])
  const scale = op('Div', [length, scalar(to)])
  const positions = constant(Float32Array.from({ length: to }, (_, i) => i + 0.5), [to, 1])
  const centres = op('Sub', [op('Mul', [positions, scale]), scalar(0.5)])
  const distance = op('Abs', [op('Sub', [op('Range', [scalar(0), length, scalar(1)]), centres])])
  const weights = op('Relu', [op('Sub', [scalar(1), op('Div', [distance, op('Max', [scale, scalar(1)])])])])
  return op('Div', [weights, op('ReduceSum', [weights, ints([1])], { keepdims: 1 })])
}

function emitLabels(graph: Graph, output: string, classes: number, shape: string, logits: boolean) {
  const sizes = op('Concat', [ints([1, classes]), lengthOf(shape, 1), lengthOf(shape, 2)], { axis: 0 })
  const large = op('Resize', [output, '', '', sizes], { mode: 'linear', coordinate_transformation_mode: 'half_pixel' })
  const probabilities = logits ? op('Softmax', [large], { axis: 1 }) : large
  const labels = op('Cast', [op('ArgMax', [probabilities], { axis: 1, keepdims: 0 })], { to: 2 })
  graph.output({ name: 'labels', type: 'uint8', shape: [1, 'H', 'W'] }, labels)
  graph.output({ name: 'confidence', type: 'float32', shape: [1, 'H', 'W'] }, op('ReduceMax', [probabilities], { axes: [1], keepdims: 0 }))
}

/** An exported model, loaded. */
export interface Model {
  /** Class names by index, from the metadata; empty where the model carries none. */
  readonly classes: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
  /** The most probable class of each pixel and its probability. */
  predict(image: RgbImage): Promise<{ labels: LabelMap; confidence: FloatMap }>
  dispose(): Promise<void>
}

/**
 * Opens a model that `exportGraph` wrote.
 *
 * @throws Error of onnxruntime if the bytes are no model; RangeError if it has other inputs or outputs.
 */
export async function openModel(bytes: Uint8Array, { threads }: { threads: number }): Promise<Model> {
  const session = await openSession(bytes, { device: 'cpu', threads, rewriting: 'all' })
  const ends = [...session.inputNames, ...session.outputNames].join()
  if (ends !== 'image,labels,confidence') {
    await session.release()
    throw new RangeError(`expected a model from 'image' to 'labels' and 'confidence', got ${ends}`)
  }
  const metadata = readMetadata(bytes)
  return {
    metadata,
    classes: JSON.parse(metadata.classes ?? '{}') as Record<string, string>,
    predict: async ({ width, height, data }) => {
      const { labels, confidence } = await session.run({ image: new ort.Tensor('uint8', data, [1, height, width, 3]) })
      return {
        labels: { width, height, data: labels.data as Uint8Array },
        confidence: { width, height, data: confidence.data as Float32Array },
      }
    },
    dispose: () => session.release(),
  }
}
