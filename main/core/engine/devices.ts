import { listSupportedBackends } from 'onnxruntime-node'
import { tfjsNodeExecutor } from './eager.ts'
import { onnxExecutor } from './onnxruntime.ts'
import type { OnnxDevice } from './onnxruntime.ts'
import { difference, testStep } from './self-test.ts'
import type { TestStep } from './self-test.ts'
import type { DeviceName, Executor } from './types.ts'

/** What became of one device, in plain words. */
export interface DeviceNote {
  readonly device: DeviceName
  readonly ok: boolean
  readonly reason: string
}

export interface Opened {
  readonly executor: Executor
  /** Every device that was looked at, the CPU last. */
  readonly notes: readonly DeviceNote[]
}

interface Candidate {
  readonly device: DeviceName
  readonly executor?: Executor
  readonly step?: TestStep
  readonly reason?: string
}

/** Largest difference from the CPU after one training step, in units of a tensor's largest value. */
const TOLERANCE = 0.02

const gpuDevices: readonly Exclude<DeviceName, 'cpu'>[] = ['cuda', 'dml', 'coreml', 'webgpu', 'tfjs-node-gpu']

/**
 * Opens the device to train on.
 *
 * Each candidate runs one training step, whose result must agree with the CPU's; `auto` takes the fastest that passes.
 * A device that was asked for and cannot be used gives way to the CPU, and the notes say why.
 *
 * @param options.threads Threads of the CPU.
 */
export async function openExecutor(choice: 'auto' | DeviceName, { threads }: { threads: number }): Promise<Opened> {
  const cpu = onnxExecutor('cpu', { threads })
  if (choice === 'cpu') return { executor: cpu, notes: [{ device: 'cpu', ok: true, reason: 'chosen' }] }
  const reference = await testStep(cpu)
  const candidates: Candidate[] = []
  for (const device of choice === 'auto' ? gpuDevices : [choice]) candidates.push(await tried(device, threads, reference))
  const passed = candidates.filter((c) => c.step && (choice !== 'auto' || c.step.durationMs < reference.durationMs))
  const [best] = passed.sort((a, b) => (a.step as TestStep).durationMs - (b.step as TestStep).durationMs)
  for (const { executor } of candidates) if (executor !== best?.executor) await executor?.dispose()
  const notes = candidates.map((candidate) => noteOf(candidate, best, reference))
  const chosen = best?.executor ?? cpu
  if (chosen !== cpu) await cpu.dispose()
  return { executor: chosen, notes: [...notes, cpuNote(best, choice, reference)] }
}

/** One device, its training step where it can be used, or why not. */
async function tried(device: Exclude<DeviceName, 'cpu'>, threads: number, reference: TestStep): Promise<Candidate> {
  let executor: Executor | undefined
  try {
    executor = await open(device, threads)
    const step = await testStep(executor)
    const off = difference(reference, step)
    if (!(off <= TOLERANCE)) throw new Error(`its training step differs from the CPU's by ${(off * 100).toPrecision(2)} %`)
    return { device, executor, step }
  } catch (error) {
    await executor?.dispose()
    return { device, reason: plain(error) }
  }
}

async function open(device: Exclude<DeviceName, 'cpu'>, threads: number): Promise<Executor> {
  if (device === 'tfjs-node-gpu') return tfjsNodeExecutor()
  if (!listSupportedBackends().some((backend) => backend.name === device)) throw new Error('not available on this system')
  return onnxExecutor(device satisfies OnnxDevice, { threads })
}

/** The first line of an error, without the marks of onnxruntime's own sources. */
function plain(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0]
  if (/webgpu|adapter/i.test(text)) return 'no GPU that WebGPU can use was found'
  if (/providers_cuda|libcud|CUDA|Cuda/.test(text)) return 'the CUDA part of onnxruntime is not installed'
  return text.replace(/\S*\/onnxruntime\/\S+\s*/g, '').slice(0, 200)
}

const milliseconds = ({ durationMs }: TestStep) => `${durationMs.toFixed(1)} ms`

function noteOf({ device, step, reason }: Candidate, best: Candidate | undefined, reference: TestStep): DeviceNote {
  if (!step) return { device, ok: false, reason: reason ?? 'cannot be used' }
  const speed = `${milliseconds(step)} a test step, the CPU ${milliseconds(reference)}`
  if (device === best?.device) return { device, ok: true, reason: `chosen: ${speed}` }
  return { device, ok: true, reason: `slower: ${speed}` }
}

function cpuNote(best: Candidate | undefined, choice: string, reference: TestStep): DeviceNote {
  const speed = milliseconds(reference)
  if (best) return { device: 'cpu', ok: true, reason: choice === 'auto' ? `slower: ${speed} a test step` : 'not asked for' }
  return { device: 'cpu', ok: true, reason: choice === 'auto' ? `chosen: ${speed} a test step` : `chosen, as ${choice} cannot be used` }
}
