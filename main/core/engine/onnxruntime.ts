import { createRequire } from 'node:module'
import * as ort from 'onnxruntime-node'
import { compile } from './compile.ts'
import type { Compiled, Port } from './compile.ts'
import { identity, physicalShape, relayout } from './layout.ts'
import type { DeviceName, Executor, Program, Signature, TensorFunction, Values } from './types.ts'

export type OnnxDevice = Exclude<DeviceName, 'tfjs-node-gpu'>

const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }

/** What fails is thrown; onnxruntime's own log of it would only repeat it. */
ort.env.logLevel = 'fatal'

const names: Record<OnnxDevice, string> = { cpu: 'CPU', webgpu: 'GPU by WebGPU', dml: 'GPU by DirectML', cuda: 'GPU by CUDA', coreml: 'CoreML' }

export interface SessionOptions {
  readonly device: OnnxDevice
  readonly threads: number
  /** How far onnxruntime may rewrite the graph. Training steps are run as they were traced: its rewriting moves their transpositions to dearer places. */
  readonly rewriting: 'disabled' | 'all'
  /** Outputs that stay on the device. */
  readonly kept?: readonly string[]
}

/** Opens a session; threads do not spin between operators, which would take the cores from everybody else. */
export function openSession(bytes: Uint8Array, { device, threads, rewriting, kept = [] }: SessionOptions) {
  return ort.InferenceSession.create(bytes, {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: rewriting,
    ...(kept.length > 0 && { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const])) }),
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const lying = (port: Port) => physicalShape(port.shape, port.layout)

function tensor(port: Port, values: Values): ort.Tensor {
  return port.dtype === 'int32' ? new ort.Tensor('int32', values as Int32Array, lying(port)) : new ort.Tensor('float32', values as Float32Array, lying(port))
}

const empty = (port: Port) => tensor(port, port.dtype === 'int32' ? new Int32Array(size(port.shape)) : new Float32Array(size(port.shape)))

/** Checks names, types and lengths of what is given, and makes tensors of it. */
function feeds(ports: readonly Port[], values: Record<string, Values>): Record<string, ort.Tensor> {
  const unknown = Object.keys(values).find((name) => !ports.some((port) => port.name === name))
  if (unknown !== undefined) throw new TypeError(`expected inputs ${ports.map((p) => p.name).join(', ')}, got '${unknown}'`)
  return Object.fromEntries(ports.map((port) => [port.value, tensor(port, checked(port, values[port.name]))]))
}

function checked({ name, dtype, shape }: Port, values: Values | undefined): Values {
  const wanted = dtype === 'int32' ? Int32Array : Float32Array
  if (!(values instanceof wanted)) throw new TypeError(`expected '${name}' as ${wanted.name}, got ${values === undefined ? 'nothing' : values.constructor.name}`)
  if (values.length !== size(shape)) throw new RangeError(`expected ${size(shape)} values for '${name}' of shape [${shape.join(', ')}], got ${values.length}`)
  return values
}

const known = (ports: readonly Port[], name: string): Port => {
  const port = ports.find((p) => p.name === name)
  if (!port) throw new TypeError(`expected a state entry, got '${name}'`)
  return port
}

/** Where the state of a program lives between runs. */
interface StateKeeper {
  feeds(): Record<string, ort.Tensor>
  /** What to hand to the run as places for the next state. */
  fetches(): Record<string, ort.Tensor | null>
  keep(results: Record<string, ort.Tensor>): void
  read(ports: readonly Port[]): Promise<Record<string, ort.Tensor>>
  write(port: Port, value: ort.Tensor): void
  release(): Promise<void>
}

/** State in two sets of buffers that take turns: one goes in, the other receives the next values; nothing is copied. */
function hostState({ state, nextState }: Compiled): StateKeeper {
  const now = new Map(state.map((port) => [port.name, empty(port)]))
  const next = new Map(nextState.map((port) => [port.name, empty(port)]))
  return {
    feeds: () => Object.fromEntries(state.map((port) => [port.value, now.get(port.name) as ort.Tensor])),
    fetches: () => Object.fromEntries(nextState.map((port) => [port.value, next.get(port.name) as ort.Tensor])),
    keep: () => {
      for (const { name } of nextState) {
        const [before, after] = [now.get(name) as ort.Tensor, next.get(name) as ort.Tensor]
        now.set(name, after)
        next.set(name, before)
      }
    },
    read: async (ports) => Object.fromEntries(ports.map((port) => [port.name, now.get(port.name) as ort.Tensor])),
    write: (port, value) => void now.set(port.name, value),
    release: async () => {
      now.clear()
      next.clear()
    },
  }
}

/** State in buffers of the GPU; it is read through a session that copies, as tensors there cannot be read directly. */
function deviceState({ state, nextState }: Compiled, device: OnnxDevice): StateKeeper {
  const now = new Map(state.map((port) => [port.name, empty(port)]))
  const copiers = new Map<string, Promise<ort.InferenceSession>>()
  const copier = (port: Port) => {
    const key = `${port.dtype} ${lying(port)}`
    const session = copiers.get(key) ?? openSession(identityModel(port), { device, threads: 1, rewriting: 'disabled' })
    copiers.set(key, session)
    return session
  }
  const dispose = (value: ort.Tensor | undefined) => value?.location === 'gpu-buffer' && value.dispose()
  return {
    feeds: () => Object.fromEntries(state.map((port) => [port.value, now.get(port.name) as ort.Tensor])),
    fetches: () => Object.fromEntries(nextState.map((port) => [port.value, null])),
    keep: (results) => {
      for (const port of nextState) {
        dispose(now.get(port.name))
        now.set(port.name, results[port.value])
      }
    },
    read: async (ports) => {
      const out: Record<string, ort.Tensor> = {}
      for (const port of ports) {
        const value = now.get(port.name) as ort.Tensor
        out[port.name] = value.location === 'cpu' ? value : (await (await copier(port)).run({ 'in:x': value }))['out:x']
      }
      return out
    },
    write: (port, value) => {
      dispose(now.get(port.name))
      now.set(port.name, value)
    },
    release: async () => {
      for (const value of now.values()) dispose(value)
      for (const session of copiers.values()) await (await session).release()
      now.clear()
    },
  }
}

/** A model that copies one tensor of a port's physical shape. */
const identityModel = (port: Port) =>
  compile(({ x }) => ({ x: x.clone() }), { inputs: { x: { shape: lying(port), dtype: port.dtype } } }, { target: 'standard' }).bytes

/** Opens a compiled function as a program. */
async function openProgram(compiled: Compiled, device: OnnxDevice, threads: number): Promise<Program> {
  const kept = device === 'webgpu' ? compiled.nextState.map((port) => port.value) : []
  const session = await openSession(compiled.bytes, { device, threads, rewriting: compiled.nextState.length > 0 ? 'disabled' : 'all', kept })
  const keeper = device === 'webgpu' ? deviceState(compiled, device) : hostState(compiled)
  const { inputs, state, outputs } = compiled
  const results = Object.fromEntries(outputs.map((port) => [port.value, null]))
  let queue: Promise<unknown> = Promise.resolve()
  let disposed = false
  /** One at a time, in the order asked for, as each run replaces the state. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    if (disposed) return Promise.reject(new Error('expected a program in use, got one that was disposed'))
    const turn = queue.then(task)
    queue = turn.catch(() => undefined)
    return turn
  }
  const runOnce = async (values: Record<string, Values>) => {
    const out = await session.run({ ...feeds(inputs, values), ...keeper.feeds() }, { ...results, ...keeper.fetches() }) as Record<string, ort.Tensor>
    keeper.keep(out)
    return Object.fromEntries(outputs.map((port) => [port.name, out[port.value].data as Values]))
  }
  return {
    run: (values) => inTurn(() => runOnce(values)),
    readState: (wanted = state.map((port) => port.name)) => inTurn(async () => {
      const chosen = wanted.map((name) => known(state, name))
      const found = await keeper.read(chosen)
      return Object.fromEntries(chosen.map((port) =>
        [port.name, relayout(found[port.name].data as Values, port.shape, port.layout, identity(port.shape.length))]))
    }),
    writeState: (values) => inTurn(async () => {
      for (const [name, given] of Object.entries(values)) {
        const port = known(state, name)
        keeper.write(port, tensor(port, relayout(checked(port, given), port.shape, identity(port.shape.length), port.layout)))
      }
    }),
    dispose: async () => {
      if (disposed) return
      await inTurn(async () => {
        await keeper.release()
        await session.release()
      })
      disposed = true
    },
  }
}

/**
 * Runs functions by onnxruntime.
 *
 * @param options.threads Threads within an operator.
 * @throws Error of onnxruntime, at the first compilation, if the device is not there.
 */
export function onnxExecutor(device: OnnxDevice, { threads }: { threads: number }): Executor {
  const open = new Set<Program>()
  const where = device === 'cpu' ? `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}` : names[device]
  return {
    device,
    description: `${where} (onnxruntime ${version})`,
    compile: async (fn: TensorFunction, signature: Signature) => {
      const compiled = compile(fn, signature, { target: device === 'cpu' ? 'train' : 'standard' })
      const program = await openProgram(compiled, device, threads)
      open.add(program)
      return { ...program, dispose: () => (open.delete(program), program.dispose()) }
    },
    dispose: async () => {
      for (const program of open) await program.dispose()
      open.clear()
    },
  }
}
