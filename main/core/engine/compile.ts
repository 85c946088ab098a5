import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import type { Graph } from '../onnx/graph.ts'
import './gradients.ts'
import './kernels/elementwise.ts'
import './kernels/reduce.ts'
import './kernels/shape.ts'
import './kernels/matmul.ts'
import './kernels/conv.ts'
import './kernels/pool.ts'
import './kernels/resize.ts'
import './kernels/normalise.ts'
import { identity, NCHW, OIHW, physicalShape, sameOrder } from './layout.ts'
import type { Layout } from './layout.ts'
import { layoutOf, made, trace, typeOf, view, wantedLayout } from './trace.ts'
import type { Target } from './trace.ts'
import type { Dtype, Signature, Specs, TensorFunction, TensorSpec } from './types.ts'

/** A tensor at the border of a compiled graph. */
export interface Port {
  readonly name: string
  /** Name in the graph. */
  readonly value: string
  readonly dtype: Dtype
  /** Logical shape. */
  readonly shape: readonly number[]
  readonly layout: Layout
}

/** A compiled function: an ONNX model and what its inputs and outputs mean. */
export interface Compiled {
  readonly bytes: Uint8Array
  readonly nodeCount: number
  readonly inputs: readonly Port[]
  /** State as it goes in, each in the layout the graph wants. */
  readonly state: readonly Port[]
  /** State as it comes out; entries the function leaves as they are do not. */
  readonly nextState: readonly Port[]
  readonly outputs: readonly Port[]
}

type Layouts = Readonly<Record<string, Layout>>

const MAX_TRACES = 4

/**
 * Turns a TensorFlow.js function into one ONNX model: a whole training step is one run of it.
 *
 * State of rank 4 is first taken for filters; the function is traced again until the state comes out in the layout in
 * which it goes in, so that it feeds back as it is.
 *
 * @throws Error naming the kernel, if the function uses one that is not mapped; RangeError if a state entry changes its shape.
 */
export function compile(fn: TensorFunction, signature: Signature, { target = 'train' as Target } = {}): Compiled {
  const filters = Object.entries(signature.state ?? {}).filter(([, { shape }]) => shape.length === 4)
  let layouts: Layouts = Object.fromEntries(filters.map(([name]) => [name, OIHW]))
  for (let i = 1; ; i++) {
    const { compiled, better } = traceOnce(fn, signature, target, layouts)
    const settled = Object.entries(signature.state ?? {}).every(([name, { shape }]) =>
      sameOrder(shape, better[name], layouts[name] ?? identity(shape.length)))
    if (settled || i === MAX_TRACES) return compiled()
    layouts = better
  }
}

function traceOnce(fn: TensorFunction, { inputs, state = {} }: Signature, target: Target, layouts: Layouts) {
  const shared = Object.keys(inputs).find((name) => name in state)
  if (shared !== undefined) throw new RangeError(`expected inputs and state of different names, got '${shared}' twice`)
  const { graph, result } = trace(target, (g) => {
    const inputPorts = ports(inputs, 'in', {})
    const statePorts = ports(state, 'state', layouts)
    const given = Object.fromEntries([...inputPorts, ...statePorts].map((port) => [port.name, place(g, port, port.name in inputs)]))
    const made = fn({ ...given })
    const better = Object.fromEntries(Object.entries(given).filter(([name]) => name in state)
      .map(([name, tensor]) => [name, made[name] && made[name].dataId !== tensor.dataId ? layoutOf(made[name]) : wantedLayout(tensor)]))
    const next = statePorts.filter(({ name }) => made[name] && made[name].dataId !== given[name].dataId)
    const nextState = next.map((port) => emitState(g, made[port.name], port))
    const outputs = Object.keys(made).filter((name) => !(name in state)).map((name) => emitOutput(g, name, made[name]))
    return { ports: { inputs: inputPorts, state: statePorts, nextState, outputs }, better }
  })
  const compiled = (): Compiled => ({ bytes: graph.encode(), nodeCount: graph.nodeCount(), ...result.ports })
  return { compiled, better: result.better as Layouts }
}

function ports(specs: Specs, kind: string, layouts: Layouts): Port[] {
  return Object.entries(specs).map(([name, { shape, dtype = 'float32' }]: [string, TensorSpec]) =>
    ({ name, value: `${kind}:${name}`, dtype, shape, layout: layouts[name] ?? identity(shape.length) }))
}

function place(graph: Graph, { value, dtype, shape, layout }: Port, isInput: boolean): Tensor {
  const name = graph.input({ name: value, type: dtype, shape: physicalShape(shape, layout) })
  const info = made(shape, dtype, name, layout)
  if (isInput && isPicture(shape)) view(info, NCHW)
  return asTensor(info)
}

/** Pictures are turned channels first as they come in: what is done to them per channel is faster so. */
const isPicture = (shape: readonly number[]) => shape.length === 4 && shape[3] < Math.min(shape[1], shape[2])

/** A tensor that TensorFlow.js tracks, over what the tracer made. */
export const asTensor = (info: TensorInfo): Tensor =>
  tf.engine().makeTensorFromTensorInfo({ ...info, dtype: info.dtype as 'float32' })

function emitState(graph: Graph, tensor: Tensor, { name, shape, dtype, layout }: Port): Port {
  if (String(tensor.shape) !== String(shape)) throw new RangeError(`expected state '${name}' of shape [${shape}], got [${tensor.shape}]`)
  if (typeOf(tensor) !== dtype) throw new TypeError(`expected state '${name}' of type ${dtype}, got ${typeOf(tensor)}`)
  const port = { name, value: `next:${name}`, dtype, shape, layout }
  graph.output({ name: port.value, type: dtype, shape: physicalShape(shape, layout) }, view(tensor, layout))
  return port
}

function emitOutput(graph: Graph, name: string, tensor: Tensor): Port {
  const plain = typeOf(tensor) === 'bool' ? tf.cast(tensor, 'int32') : tensor
  const port: Port = { name, value: `out:${name}`, dtype: typeOf(plain) as Dtype, shape: plain.shape, layout: identity(plain.rank) }
  graph.output({ name: port.value, type: port.dtype, shape: port.shape }, view(plain))
  return port
}
