import util from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { takeExplicitPadding } from './eager-padding.ts'
import { registerGradients } from './gradients.ts'
import { checked, requireKnown } from './values.ts'
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
      requireKnown(Object.keys(values), Object.keys(inputs), 'inputs')
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
      requireKnown(names, [...state.keys()], 'state')
      const entries = names.map(async (name) => [name, await (state.get(name) as Tensor).data()] as [string, Values])
      return Object.fromEntries(await Promise.all(entries))
    },
    writeState: async (values) => {
      await ready()
      requireKnown(Object.keys(values), [...state.keys()], 'state')
      for (const name of Object.keys(values)) {
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

function replace(state: Map<string, Tensor>, name: string, tensor: Tensor) {
  const before = state.get(name)
  if (before !== tensor) before?.dispose()
  state.set(name, tensor)
}

function place(specs: Specs, values: Record<string, Values>): Tensors {
  const tensors = Object.entries(specs).map(([name, spec]) => {
    const given = checked(name, spec, values[name])
    return [name, tf.tensor(given, [...spec.shape], spec.dtype ?? 'float32')]
  })
  return Object.fromEntries(tensors)
}

/** Whether the package's kernels have been wrapped; they are the process's. */
let isPrepared = false

const PACKAGE = '@tensorflow/tfjs-node-gpu'

/**
 * The executor of the package tfjs-node-gpu.
 *
 * @throws Error in plain words where the package is not installed, its native part is not there, or it sees no GPU.
 */
export async function tfjsNodeExecutor(): Promise<Executor> {
  const before = tf.engine().backendName
  restoreUtil()
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
  if (!isPrepared) takeExplicitPadding('tensorflow')
  isPrepared = true
  return eagerExecutor('tfjs-node-gpu', 'tensorflow', 'GPU by TensorFlow (tfjs-node-gpu)')
}

/** Functions of Node that the package uses and Node 23 has done away with. */
function restoreUtil() {
  const gone = util as unknown as Record<string, unknown>
  gone.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  gone.isArray ??= Array.isArray
}

function reasonOf(error: unknown): string {
  const { code, message = String(error) } = error as { code?: string; message?: string }
  if (code === 'ERR_MODULE_NOT_FOUND') return `the package ${PACKAGE} is not installed`
  if (message.includes('native addon')) return `the package ${PACKAGE} is installed without its native part`
  return `the package ${PACKAGE} does not load: ${message.split('\n')[0]}`
}
