import { cpus } from 'node:os'
import type { Handlers } from '../../preload/contract/api.ts'
import type { DeviceInfo, Devices } from '../../preload/contract/run-data.ts'
import { deviceNames } from '../../preload/contract/model.ts'
import type { Context } from './context.ts'
import { runJob } from './run-job.ts'

type Name = DeviceInfo['name']

const words: Record<Name, { description: string; install: string | null; platforms: readonly NodeJS.Platform[] }> = {
  cpu: { description: `Processor: ${cpus()[0]?.model.trim() || 'unknown'}`, install: null, platforms: ['linux', 'win32', 'darwin'] },
  webgpu: { description: 'Graphics card through WebGPU', install: 'A graphics card with a current driver (Vulkan, Direct3D 12 or Metal).', platforms: ['linux', 'win32', 'darwin'] },
  dml: { description: 'Graphics card through DirectML', install: 'A graphics card with Direct3D 12 and a current driver.', platforms: ['win32'] },
  cuda: { description: 'NVIDIA card through CUDA', install: 'An NVIDIA card with driver, CUDA 12 and cuDNN 9, and the CUDA part of onnxruntime.', platforms: ['linux'] },
  coreml: { description: 'Apple GPU and Neural Engine through Core ML', install: 'A Mac with Apple silicon.', platforms: ['darwin'] },
  'tfjs-node-gpu': { description: 'NVIDIA card through TensorFlow', install: 'An NVIDIA card with CUDA 11.2 and the TensorFlow library of tfjs-node-gpu.', platforms: ['linux', 'win32'] },
}

export function deviceCalls({ config, jobs, host }: Context) {
  const listed = (): Devices => {
    const known = new Map(config.devices().map((device) => [device.name, device]))
    const devices = deviceNames.filter((name) => words[name].platforms.includes(process.platform)).map((name) => known.get(name) ?? untested(name))
    const wish = config.settings().device
    const usable = devices.filter(({ available }) => available)
    const fastest = usable.sort((a, b) => (b.stepsPerSecond ?? 0) - (a.stepsPerSecond ?? 0))[0]
    const chosen = wish !== 'auto' && usable.some(({ name }) => name === wish) ? wish : (fastest?.name ?? 'cpu')
    return { chosen, devices }
  }
  return {
    'device:list': async () => listed(),
    'device:test': async () => ({
      jobId: jobs.start({
        call: 'device:test', projectId: null,
        work: async (job) => {
          const notes = await runJob(host, 'devices', undefined, job)
          config.writeDevices(notes.map(({ device, ok, reason }) => ({ ...plain(device), available: ok, stepsPerSecond: rateIn(reason), reason: sentence(reason), install: ok ? null : words[device].install })))
          return listed()
        },
      }),
    }),
  } satisfies Partial<Handlers>
}

const plain = (name: Name) => ({ name, description: words[name].description })

const untested = (name: Name): DeviceInfo => ({
  ...plain(name), available: name === 'cpu', stepsPerSecond: null, reason: name === 'cpu' ? null : 'Not tested yet.', install: words[name].install,
})

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`

/** Steps a second out of a note such as "chosen: 9.1 ms a test step". */
function rateIn(reason: string): number | null {
  const found = /([\d.]+) ms a test step/.exec(reason)
  return found ? 1000 / Number(found[1]) : null
}
