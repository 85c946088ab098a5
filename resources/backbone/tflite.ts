/** The few parts of a TensorFlow Lite file that its convolutions need. https://github.com/tensorflow/tensorflow/blob/v2.16.1/tensorflow/lite/schema/schema.fbs */

export interface Convolution {
  /** Of its result, as the file names it. */
  readonly name: string
  readonly depthwise: boolean
  /** [out, h, w, in], depthwise [1, h, w, channels]. */
  readonly shape: readonly number[]
  readonly filter: Float32Array
  /** [out]. */
  readonly bias: Float32Array
}

/** A table of a flatbuffer: the place of a field, or null where it is left out. https://flatbuffers.dev/internals */
type Table = (field: number) => number | null

const CONV_2D = 3
const DEPTHWISE_CONV_2D = 4
const DEQUANTIZE = 6
const FLOAT16 = 1

/**
 * The convolutions of a model's first graph, in the order they are run.
 *
 * @param bytes A TensorFlow Lite file whose filters are floats or half floats.
 * @throws RangeError where the file is of another kind.
 */
export function readConvolutions(bytes: Uint8Array): Convolution[] {
  const file = new Uint8Array(bytes)
  const view = new DataView(file.buffer)
  if (new TextDecoder('latin1').decode(file.subarray(4, 8)) !== 'TFL3') throw new RangeError('expected a TensorFlow Lite file, got another')
  const at = (place: number) => place + view.getUint32(place, true)
  const tableAt = (place: number): Table => {
    const fields = place - view.getInt32(place, true)
    return (field) => {
      const offset = 4 + 2 * field < view.getUint16(fields, true) ? view.getUint16(fields + 4 + 2 * field, true) : 0
      return offset === 0 ? null : place + offset
    }
  }
  const list = (place: number | null) => (place === null ? [] : Array.from({ length: view.getUint32(at(place), true) }, (_, i) => at(place) + 4 + 4 * i))
  const tables = (place: number | null) => list(place).map((entry) => tableAt(at(entry)))
  const numbers = (place: number | null) => list(place).map((entry) => view.getInt32(entry, true))
  const bytesOf = (place: number | null) => (place === null ? new Uint8Array() : file.slice(at(place) + 4, at(place) + 4 + view.getUint32(at(place), true)))
  const count = (place: number | null) => (place === null ? 0 : view.getUint32(place, true))
  const byte = (place: number | null) => (place === null ? 0 : view.getInt8(place))

  const model = tableAt(at(0))
  const codes = tables(model(1)).map((code) => Math.max(byte(code(0)), count(code(3))))
  const buffers = tables(model(4))
  const graph = tables(model(2))[0]
  const tensors = tables(graph(0)).map((tensor) => ({
    shape: numbers(tensor(0)), half: byte(tensor(1)) === FLOAT16, buffer: count(tensor(2)), name: new TextDecoder().decode(bytesOf(tensor(3))),
  }))
  const operators = tables(graph(3)).map((operator) => ({ code: codes[count(operator(0))], inputs: numbers(operator(1)), outputs: numbers(operator(2)) }))
  const whole = new Map(operators.filter(({ code }) => code === DEQUANTIZE).map(({ inputs, outputs }) => [outputs[0], inputs[0]]))
  const values = (index: number): Float32Array => {
    const { half, buffer } = tensors[whole.get(index) ?? index]
    const data = bytesOf(buffers[buffer](0)).buffer
    return half ? Float32Array.from(new Float16Array(data)) : new Float32Array(data)
  }
  return operators.filter(({ code }) => code === CONV_2D || code === DEPTHWISE_CONV_2D).map(({ code, inputs: [, filter, bias], outputs }) => ({
    name: tensors[outputs[0]].name, depthwise: code === DEPTHWISE_CONV_2D, shape: tensors[filter].shape, filter: values(filter), bias: values(bias),
  }))
}
