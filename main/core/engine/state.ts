import * as ort from 'onnxruntime-node'
import { compile } from './compile.ts'
import type { Compiled, Port } from './compile.ts'
import { physicalShape, size } from './layout.ts'
import { openSession } from './session.ts'
import type { OnnxDevice } from './session.ts'
import type { Values } from './types.ts'

const lying = (port: Port) => physicalShape(port.shape, port.layout)

/** Values that lie as the port does, as a tensor; they are not copied. */
export function tensorOf(port: Port, values: Values): ort.Tensor {
  if (port.dtype === 'int32') return new ort.Tensor('int32', values as Int32Array, lying(port))
  return new ort.Tensor('float32', values as Float32Array, lying(port))
}

function empty(port: Port): ort.Tensor {
  const Kind = port.dtype === 'int32' ? Int32Array : Float32Array
  return tensorOf(port, new Kind(size(port.shape)))
}

/** Where the state of a program lives between runs. */
export interface StateKeeper {
  feeds(): Record<string, ort.Tensor>
  /** What to hand to the run as places for the next state. */
  fetches(): Record<string, ort.Tensor | null>
  keep(results: Record<string, ort.Tensor>): void
  read(ports: readonly Port[]): Promise<Record<string, ort.Tensor>>
  write(port: Port, value: ort.Tensor): void
  release(): Promise<void>
}

/** State in two sets of buffers that take turns: one goes in, the other receives the next values; nothing is copied. */
export function hostState({ state, nextState }: Compiled): StateKeeper {
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
export function deviceState({ state, nextState }: Compiled, device: OnnxDevice): StateKeeper {
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
