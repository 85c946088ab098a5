import type * as ort from 'onnxruntime-node'
import { compile } from './compile.ts'
import type { Compiled, Port } from './compile.ts'
import { identity, relayout } from './layout.ts'
import { deviceNames, openSession, version } from './session.ts'
import type { OnnxDevice } from './session.ts'
import { deviceState, hostState, tensorOf } from './state.ts'
import type { Executor, Program, Signature, TensorFunction, Values } from './types.ts'
import { checked, requireKnown } from './values.ts'

export type { OnnxDevice }

const namesOf = (ports: readonly Port[]) => ports.map((port) => port.name)
const portOf = (ports: readonly Port[], name: string) => ports.find((port) => port.name === name) as Port
const logical = (port: Port) => identity(port.shape.length)

function feedsOf(ports: readonly Port[], values: Record<string, Values>): Record<string, ort.Tensor> {
  requireKnown(Object.keys(values), namesOf(ports), 'inputs')
  return Object.fromEntries(ports.map((port) => [port.value, tensorOf(port, checked(port.name, port, values[port.name]))]))
}

/** Runs tasks one at a time, in the order asked for. */
function inLine() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task)
    last = turn.catch(() => undefined)
    return turn
  }
}

/** Opens a compiled function as a program. */
async function openProgram(compiled: Compiled, device: OnnxDevice, threads: number): Promise<Program> {
  const kept = device === 'webgpu' ? compiled.nextState.map((port) => port.value) : []
  const rewriting = compiled.nextState.length > 0 ? 'disabled' : 'all'
  const session = await openSession(compiled.bytes, { device, threads, rewriting, kept })
  const keeper = device === 'webgpu' ? deviceState(compiled, device) : hostState(compiled)
  const { inputs, state, outputs } = compiled
  const results = Object.fromEntries(outputs.map((port) => [port.value, null]))
  const line = inLine()
  let disposed = false
  const inTurn = <T>(task: () => Promise<T>): Promise<T> =>
    disposed ? Promise.reject(new Error('expected a program in use, got one that was disposed')) : line(task)
  const runOnce = async (values: Record<string, Values>) => {
    const out = await session.run({ ...feedsOf(inputs, values), ...keeper.feeds() }, { ...results, ...keeper.fetches() })
    keeper.keep(out)
    return Object.fromEntries(outputs.map((port) => [port.name, out[port.value].data as Values]))
  }
  return {
    run: (values) => inTurn(() => runOnce(values)),
    readState: (wanted = namesOf(state)) => inTurn(async () => {
      requireKnown(wanted, namesOf(state), 'state')
      const ports = wanted.map((name) => portOf(state, name))
      const found = await keeper.read(ports)
      const values = ports.map((port) => relayout(found[port.name].data as Values, port.shape, port.layout, logical(port)))
      return Object.fromEntries(values.map((value, i) => [wanted[i], value]))
    }),
    writeState: async (values) => {
      requireKnown(Object.keys(values), namesOf(state), 'state')
      const written = Object.entries(values).map(([name, given]) => {
        const port = portOf(state, name)
        return { port, lying: relayout(checked(name, port, given), port.shape, logical(port), port.layout) }
      })
      await inTurn(async () => written.forEach(({ port, lying }) => keeper.write(port, tensorOf(port, lying))))
    },
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

/** Compiled graphs an executor keeps. */
const KEPT_GRAPHS = 8

/**
 * Runs functions by onnxruntime.
 *
 * @param options.threads Threads within an operator.
 * @throws Error of onnxruntime, at the first compilation, if the device is not there.
 */
export function onnxExecutor(device: OnnxDevice, { threads }: { threads: number }): Executor {
  const open = new Set<Program>()
  const graphs = new Map<string, Compiled>()
  const graphOf = (fn: TensorFunction, signature: Signature, key: string | undefined): Compiled => {
    const name = key === undefined ? undefined : `${key} ${JSON.stringify(signature)}`
    const known = name === undefined ? undefined : graphs.get(name)
    if (known) return known
    const compiled = compile(fn, signature, { target: device === 'cpu' ? 'train' : 'standard' })
    if (name !== undefined) graphs.set(name, compiled)
    if (graphs.size > KEPT_GRAPHS) graphs.delete(graphs.keys().next().value!)
    return compiled
  }
  const where = device === 'cpu' ? `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}` : deviceNames[device]
  return {
    device,
    description: `${where} (onnxruntime ${version})`,
    compile: async (fn, signature, key) => {
      const program = await openProgram(graphOf(fn, signature, key), device, threads)
      open.add(program)
      return { ...program, dispose: () => (open.delete(program), program.dispose()) }
    },
    dispose: async () => {
      for (const program of open) await program.dispose()
      open.clear()
    },
  }
}
