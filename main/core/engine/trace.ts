import * as tf from '@tensorflow/tfjs-core'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import { createGraph } from '../onnx/graph.ts'
import type { Graph } from '../onnx/graph.ts'
import type { Attributes, ElementType } from '../onnx/model.ts'
import { identity, isIdentity, permutation, physicalShape, relayout, sameOrder, size } from './layout.ts'
import type { Layout } from './layout.ts'

/**
 * The tracing backend: a TensorFlow.js backend whose kernels append ONNX nodes instead of computing.
 * A traced tensor is a set of names of graph values, one for each physical layout it has been wanted in.
 */

export const BACKEND = 'trace'

/** `train` may use onnxruntime's own operators; `standard` keeps to ONNX. */
export type Target = 'train' | 'standard'

/** Element types of traced tensors. */
export type TraceType = 'float32' | 'int32' | 'bool'

interface View {
  readonly layout: Layout
  readonly name: string
}

/** What stands behind a traced tensor. */
interface Traced {
  readonly shape: readonly number[]
  readonly dtype: TraceType
  readonly views: View[]
  /** Known values of a constant: all of them, or the one that fills it. */
  readonly values?: ArrayLike<number>
  readonly fill?: number
  /** The smaller tensor that this one repeats along axes of size 1. */
  readonly base?: TensorInfo
  /** How often each layout was asked for, by its text. */
  readonly wanted: Map<string, number>
}

let current: { graph: Graph; target: Target } | undefined

function tracing() {
  if (!current) throw new Error('expected an operation within a traced function, got one outside')
  return current
}

export const target = () => tracing().target

/** Appends a node. */
export const op = (type: string, inputs: readonly string[], attributes: Attributes = {}, domain = '') =>
  tracing().graph.op(type, inputs, attributes, domain)

/** Appends a node with several outputs. */
export const ops = (type: string, inputs: readonly string[], attributes: Attributes, outputs: number) =>
  tracing().graph.ops(type, inputs, attributes, outputs)

/** A list of whole numbers, as ONNX wants shapes and axes. */
export const ints = (values: readonly number[]) => tracing().graph.constant('int64', values, [values.length])

/** A constant of any shape; a scalar where none is given. */
export const constant = (values: ArrayLike<number>, shape: readonly number[] = [], dtype: ElementType = 'float32') =>
  tracing().graph.constant(dtype, values, shape)

/** A scalar of an element type. */
export const scalar = (value: number, dtype: TraceType = 'float32') => constant([value], [], dtype)

export const reshape = (name: string, shape: readonly number[]) => op('Reshape', [name, ints(shape)])

const backend = Object.assign(new tf.KernelBackend(), {
  write: (values: ArrayLike<number>, shape: number[], dtype: string) => {
    const dataId = {}
    store.set(dataId, traced(shape, dtype, constantOf(values)))
    return dataId
  },
  move: (dataId: object, values: ArrayLike<number>, shape: number[], dtype: string) =>
    store.set(dataId, traced(shape, dtype, constantOf(values))),
  readSync: (dataId: object) => {
    const { values, fill, shape } = store.get(dataId)
    if (fill !== undefined) return new Float32Array(size(shape)).fill(fill)
    if (!values) throw new Error('a traced function cannot read values: they are known only when the program runs')
    return values
  },
  read: async (dataId: object) => backend.readSync(dataId),
  disposeData: (dataId: object) => store.delete(dataId),
  refCount: () => 1,
  incRef: () => undefined,
  numDataIds: () => store.numDataIds(),
  memory: () => ({ unreliable: true }),
  floatPrecision: () => 32,
  epsilon: () => 1e-7,
  timerAvailable: () => false,
  dispose: () => undefined,
}) as unknown as tf.KernelBackend & { readSync(dataId: object): ArrayLike<number> }

const store = new tf.DataStorage<Traced>(backend, tf.engine())
tf.registerBackend(BACKEND, () => backend, 0)

/** Values that are all alike, such as those of tf.ones, are kept as one. */
function constantOf(values: ArrayLike<number>): Known {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return { values }
  return values.length > 0 ? { fill: Number(values[0]) } : { values }
}

type Known = Pick<Traced, 'values' | 'fill' | 'base'>

function traced(shape: readonly number[], dtype: string, known: Known = {}): Traced {
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') throw new TypeError(`expected float32, int32 or bool, got ${dtype}`)
  return { shape, dtype, views: [], wanted: new Map(), ...known }
}

function register(value: Traced): TensorInfo {
  const dataId = {}
  store.set(dataId, value)
  return { dataId, shape: [...value.shape], dtype: value.dtype }
}

export const typeOf = (info: TensorInfo) => store.get(info.dataId).dtype

/** A traced tensor that lies in the graph as `name`. */
export function made(shape: readonly number[], dtype: string, name: string, layout: Layout = identity(shape.length)): TensorInfo {
  const value = traced(shape, dtype)
  value.views.push({ layout, name })
  return register(value)
}

/** A traced constant of one value. */
export const filled = (shape: readonly number[], dtype: string, fill: number) => register(traced(shape, dtype, { fill }))

/** A tensor repeated to a larger shape; elementwise kernels broadcast it as it is, and only others have it written out. */
export function repeated(info: TensorInfo, shape: readonly number[]): TensorInfo {
  if (String(info.shape) === String(shape)) return same(info)
  const { fill, dtype, base } = store.get(info.dataId)
  if (fill !== undefined) return filled(shape, dtype, fill)
  if (base) return repeated(base, shape)
  const full = [...Array<number>(shape.length - info.shape.length).fill(1), ...info.shape]
  const aligned = full.length === info.shape.length ? same(info) : made(full, dtype, reshape(view(info), full))
  return register(traced(shape, dtype, { base: aligned }))
}

/** True for a tensor that repeats a smaller one. */
export const isRepeated = (info: TensorInfo) => store.get(info.dataId).base !== undefined

/** A traced constant whose values are known while tracing. */
export const known = (values: ArrayLike<number>, shape: readonly number[], dtype: string) =>
  register(traced(shape, dtype, constantOf(values)))

/** The values of a constant: all of them, or the one that fills it. */
export function valuesOf(info: TensorInfo): ArrayLike<number> | undefined {
  const { values, fill } = store.get(info.dataId)
  return values ?? (fill === undefined ? undefined : [fill])
}

/** The value that fills a constant, where it is one. */
export const fillOf = (info: TensorInfo): number | undefined => store.get(info.dataId).fill

/** Gives the new layout of a physical layout, or nothing where elements would have to move. */
type Relabel = (layout: Layout) => Layout | undefined

/**
 * The same elements under another shape or other axes; no node is made.
 */
export function renamed(info: TensorInfo, shape: readonly number[], relabel: Relabel): TensorInfo | undefined {
  const source = store.get(info.dataId)
  if (source.fill !== undefined) return filled(shape, source.dtype, source.fill)
  if (source.base) view(info)
  const keepsOrder = isIdentity(relabel(identity(source.shape.length)) ?? [1])
  if (source.values && keepsOrder) return register(traced(shape, source.dtype, { values: source.values }))
  const value = traced(shape, source.dtype)
  for (const { layout, name } of source.views) {
    const to = relabel(layout)
    if (!to) continue
    const alike = axesAlike(layout, source.shape, to, shape)
    value.views.push({ layout: to, name: alike ? name : reshape(name, physicalShape(shape, to)) })
  }
  return value.views.length > 0 ? register(value) : undefined
}

/** The same tensor under a handle of its own, which lives on when TensorFlow.js disposes of the other. */
export function same(info: TensorInfo): TensorInfo {
  const { shape, dtype, values, fill, base, views } = store.get(info.dataId)
  const value = traced(shape, dtype, { values, fill, base })
  value.views.push(...views)
  return register(value)
}

function axesAlike(a: Layout, shapeA: readonly number[], b: Layout, shapeB: readonly number[]) {
  return String(physicalShape(shapeA, a)) === String(physicalShape(shapeB, b))
}

/** The name of the graph value that holds a tensor in a layout, transposing it where it does not lie so yet. */
export function view(info: TensorInfo, layout: Layout = identity(info.shape.length)): string {
  const value = store.get(info.dataId)
  const { shape, views, wanted } = value
  wanted.set(layout.join(), (wanted.get(layout.join()) ?? 0) + 1)
  const found = views.find((v) => v.layout.join() === layout.join())
  if (found) return found.name
  const name = views.length === 0 ? constantView(value, layout) : movedView(views[0], shape, layout)
  views.push({ layout, name })
  return name
}

function constantView({ values, fill, base, shape, dtype }: Traced, layout: Layout): string {
  const physical = physicalShape(shape, layout)
  if (base) return op('Expand', [view(base, layout), ints(physical)])
  if (values) {
    const typed = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values)
    return constant(relayout(typed, shape, identity(shape.length), layout), physical, dtype)
  }
  if (fill === undefined) throw new Error('expected a traced tensor with a value, got one without')
  if (shape.length === 0) return scalar(fill, dtype)
  return op('Expand', [scalar(fill, dtype), ints(physical)])
}

function movedView(from: View, shape: readonly number[], layout: Layout): string {
  if (sameOrder(shape, from.layout, layout)) return reshape(from.name, physicalShape(shape, layout))
  return op('Transpose', [from.name], { perm: permutation(from.layout, layout) })
}

/** The layout a tensor lies in: any but the logical one first, as that is the one kernels made. */
export function layoutOf(info: TensorInfo): Layout {
  const { views, shape, base } = store.get(info.dataId)
  if (base && views.length === 0) return layoutOf(base)
  return (views.find((v) => !isIdentity(v.layout)) ?? views[0])?.layout ?? identity(shape.length)
}

/** The layout asked for most, for tensors that are only read. */
export function wantedLayout(info: TensorInfo): Layout {
  const { wanted, shape } = store.get(info.dataId)
  const [best] = [...wanted].sort((a, b) => b[1] - a[1])
  return best && shape.length > 0 ? best[0].split(',').map(Number) : identity(shape.length)
}

/** The layout in which an elementwise kernel moves the fewest elements: that of its largest operand of full rank. */
export function commonLayout(operands: readonly TensorInfo[], rank: number): Layout {
  const lying = operands.filter((info) => info.shape.length === rank && store.get(info.dataId).views.length > 0)
  const largest = Math.max(...lying.map((info) => size(info.shape)))
  const layouts = lying.filter((info) => size(info.shape) === largest).map(layoutOf)
  return layouts.find((layout) => !isIdentity(layout)) ?? layouts[0] ?? identity(rank)
}

/** An operand that broadcasts within a result of some rank and layout. */
export function operand(info: TensorInfo, rank: number, layout: Layout): string {
  const fill = fillOf(info)
  if (fill !== undefined) return scalar(fill, typeOf(info))
  const { base } = store.get(info.dataId)
  if (base) return operand(base, rank, layout)
  const missing = rank - info.shape.length
  if (missing === 0) return view(info, layout)
  if (info.shape.length === 0 || isIdentity(layout)) return view(info)
  const full = [...Array<number>(missing).fill(1), ...info.shape]
  const inner = layout.filter((axis) => axis >= missing).map((axis) => axis - missing)
  return reshape(view(info, inner), physicalShape(full, layout))
}

type Infos<Inputs> = { [K in keyof Inputs]-?: TensorInfo }

/** Names a kernel of the backend. */
export function kernel<Inputs, Attrs = object>(name: string, fn: (inputs: Infos<Inputs>, attrs: Attrs) => TensorInfo | TensorInfo[]) {
  const kernelFunc: KernelFunc = ({ inputs, attrs }) => fn(inputs as Infos<Inputs>, (attrs ?? {}) as Attrs)
  tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc })
}

/** Runs `body` with the backend active and gives what it returns and the graph it built. */
export function trace<T>(kind: Target, body: (graph: Graph) => T): { graph: Graph; result: T } {
  if (current) throw new Error('expected one trace at a time, got one within another')
  const before = tf.engine().backendName
  const graph = createGraph()
  void tf.setBackend(BACKEND)
  current = { graph, target: kind }
  tf.engine().startScope()
  try {
    return { graph, result: body(graph) }
  } finally {
    tf.engine().endScope()
    current = undefined
    if (before && before !== BACKEND) void tf.setBackend(before)
  }
}
