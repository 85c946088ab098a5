import util from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { registerGradients } from './gradients.ts'
import type { DeviceName, Executor, Program, Signature, Specs, TensorFunction, Tensors, Values } from './types.ts'

/**
 * Runs functions as TensorFlow.js itself does, operation by operation, on a backend that is registered there.
 *
 * @throws TypeError, RangeError as Program says.
 */
export function eagerExecutor(device: DeviceName, backend: string, description: string): Executor {
  const open = new Set<Program>()
  return {
    device,
    description,
    compile: async (fn, signature) => {
      await tf.setBackend(backend)
      registerGradients()
      const program = eagerProgram(fn, signature, backend)
      open.add(program)
      return { ...program, dispose: () => (open.delete(program), program.dispose()) }
    },
    dispose: async () => {
      for (const program of open) await program.dispose()
      open.clear()
    },
  }
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

function eagerProgram(fn: TensorFunction, { inputs, state: stateSpecs = {} }: Signature, backend: string): Program {
  const state = new Map(Object.entries(stateSpecs).map(([name, spec]) => [name, tf.zeros([...spec.shape], spec.dtype ?? 'float32')]))
  let disposed = false
  const ready = async () => {
    if (disposed) throw new Error('expected a program in use, got one that was disposed')
    if (tf.getBackend() !== backend) await tf.setBackend(backend)
  }
  return {
    run: async (values) => {
      await ready()
      const unknown = Object.keys(values).find((name) => !(name in inputs))
      if (unknown !== undefined) throw new TypeError(`expected inputs ${Object.keys(inputs).join(', ')}, got '${unknown}'`)
      const out = tf.tidy(() => fn({ ...place(inputs, values), ...Object.fromEntries(state) }))
      const results: Record<string, Values> = {}
      for (const [name, tensor] of Object.entries(out)) {
        if (state.has(name)) replace(state, name, tensor)
        else {
          results[name] = tensor.dtype === 'bool' ? Int32Array.from(await tensor.data()) : ((await tensor.data()) as Values)
          tensor.dispose()
        }
      }
      return results
    },
    readState: async (names = [...state.keys()]) => {
      await ready()
      const entries = names.map(async (name) => [name, await found(state, name).data()] as [string, Values])
      return Object.fromEntries(await Promise.all(entries))
    },
    writeState: async (values) => {
      await ready()
      for (const name of Object.keys(values)) {
        found(state, name)
        replace(state, name, place({ [name]: stateSpecs[name] }, { [name]: values[name].slice() })[name])
      }
    },
    dispose: async () => {
      if (disposed) return
      disposed = true
      for (const tensor of state.values()) tensor.dispose()
    },
  }
}

function found(state: Map<string, Tensor>, name: string): Tensor {
  const tensor = state.get(name)
  if (!tensor) throw new TypeError(`expected a state entry, got '${name}'`)
  return tensor
}

function replace(state: Map<string, Tensor>, name: string, tensor: Tensor) {
  const before = state.get(name)
  if (before !== tensor) before?.dispose()
  state.set(name, tensor)
}

function place(specs: Specs, values: Record<string, Values>): Tensors {
  return Object.fromEntries(Object.entries(specs).map(([name, { shape, dtype = 'float32' }]) => {
    const given = values[name]
    const wanted = dtype === 'int32' ? Int32Array : Float32Array
    if (!(given instanceof wanted)) throw new TypeError(`expected '${name}' as ${wanted.name}, got ${given === undefined ? 'nothing' : given.constructor.name}`)
    if (given.length !== size(shape)) throw new RangeError(`expected ${size(shape)} values for '${name}' of shape [${shape.join(', ')}], got ${given.length}`)
    return [name, tf.tensor(given, [...shape], dtype)]
  }))
}

const PACKAGE = '@tensorflow/tfjs-node-gpu'

/**
 * The executor of the package tfjs-node-gpu.
 *
 * @throws Error in plain words where the package is not installed, its native part is not there, or it sees no GPU.
 */
export async function tfjsNodeExecutor(): Promise<Executor> {
  const before = tf.engine().backendName
  const gone = util as unknown as Record<string, unknown>
  gone.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  try {
    await import(PACKAGE)
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error })
  } finally {
    registerGradients()
    if (before) await tf.setBackend(before)
  }
  const backend = tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null
  if (!backend?.isUsingGpuDevice) throw new Error(`the package ${PACKAGE} runs, but sees no GPU`)
  return eagerExecutor('tfjs-node-gpu', 'tensorflow', 'GPU by TensorFlow (tfjs-node-gpu)')
}

function reasonOf(error: unknown): string {
  const { code, message = String(error) } = error as { code?: string; message?: string }
  if (code === 'ERR_MODULE_NOT_FOUND') return `the package ${PACKAGE} is not installed`
  if (message.includes('native addon')) return `the package ${PACKAGE} is installed without its native part`
  return `the package ${PACKAGE} does not load: ${message.split('\n')[0]}`
}
