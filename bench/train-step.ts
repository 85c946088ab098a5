/**
 * One training step of PSPNet (full width, forward, gradient, Adam) at 1 and 2 threads, as published on ResNet-18 or with the decoder on
 * MobileNetV2: seconds on the clock, and of the processor, which tell the work where other programs share the machine.
 * Where MASKWRIGHT_TORCH_PYTHON names a python with torch, the same step of ResNet-18 there, the two taking turns in blocks. Prints JSON.
 *
 *   npm run bench:train-step -- [--network resnet18|mobilenetv2] [--steps 10] [--batch 4] [--height 120] [--width 160] [--classes 9]
 */
import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { onnxExecutor } from '../main/core/engine/onnxruntime.ts'
import { pspnet } from '../main/core/model/pspnet.ts'
import { random } from '../main/core/random.ts'
import { optimizer } from '../main/core/train/optimizer.ts'
import { segmentationStep } from '../main/core/train/train-step.ts'

const { values } = parseArgs({
  options: Object.fromEntries(['network', 'steps', 'batch', 'height', 'width', 'classes', 'threads'].map((name) => [name, { type: 'string' as const }])),
})
const number = (name: string, fallback: number) => Number((values as Record<string, string | undefined>)[name] ?? fallback)
const [steps, batch, height, width, classes] = [number('steps', 10), number('batch', 4), number('height', 120), number('width', 160), number('classes', 9)]
const networks = {
  resnet18: { backbone: 'resnet18', outputStride: 8, decoder: 'none' },
  mobilenetv2: { backbone: 'mobilenetv2', outputStride: 16, decoder: 'skip' },
} as const
const name = values.network ?? 'resnet18'
if (!Object.hasOwn(networks, name)) throw new Error(`expected one of ${Object.keys(networks).join(', ')}, got ${name}`)
const kind = networks[name as keyof typeof networks]
/** Steps one side takes before the other's turn, and those before them that do not count: threads of the other may still spin. */
const [BLOCK, WARM_UP] = [5, 2]

/** Seconds of one step. */
interface Taken {
  readonly clock: number
  readonly processor: number
}

interface Peer {
  readonly version: string
  step(): Promise<Taken>
  stop(): Promise<void>
}

async function openOurs(threads: number): Promise<Peer> {
  const network = pspnet({ ...kind, width: 1, classes })
  const step = segmentationStep({ network, renders: batch, photos: 0, height, width, optimizer: optimizer({ name: 'adam' }) })
  const executor = onnxExecutor('cpu', { threads })
  const program = await executor.compile(step.fn, step.signature)
  const { normal, uniform, below } = random('bench')
  const start = Object.entries(network.parameters).map(([name, { shape, init }]) => {
    const size = shape.reduce((a, b) => a * b, 1)
    const spread = Math.sqrt(2 / (size / shape[shape.length - 1]))
    return [name, Float32Array.from({ length: size }, () => (init === 'zeros' ? 0 : shape.length === 4 ? normal() * spread : 1))]
  })
  await program.writeState(step.startOf(Object.fromEntries(start)))
  const pixels = batch * height * width
  const inputs = {
    image: Float32Array.from({ length: pixels * 3 }, () => uniform() * 255), labels: Int32Array.from({ length: pixels }, () => below(classes)),
    pixelWeights: new Float32Array(pixels).fill(1),
  }
  let count = 0
  return {
    version: executor.description,
    step: async () => {
      const [from, busy] = [performance.now(), process.cpuUsage()]
      await program.run({ ...inputs, ...step.scalars(count++, { head: 1e-4, backbone: 1e-4 }) })
      const { user, system } = process.cpuUsage(busy)
      return { clock: (performance.now() - from) / 1000, processor: (user + system) / 1e6 }
    },
    stop: () => executor.dispose(),
  }
}

async function openTorch(python: string, threads: number): Promise<Peer> {
  const script = new URL('train_step_torch.py', import.meta.url).pathname
  const child = spawn(python, [script, ...[batch, height, width, classes, threads].map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const [version] = String((await lines.next()).value).split(' ')
  return {
    version,
    step: async () => {
      child.stdin.write('\n')
      const [clock, processor] = String((await lines.next()).value).split(' ').map(Number)
      return { clock, processor }
    },
    stop: async () => void child.stdin.end(),
  }
}

function summary(steps: readonly Taken[]) {
  const sorted = (of: keyof Taken) => steps.map((step) => step[of]).sort((a, b) => a - b)
  return { median: sorted('clock')[steps.length >> 1], fastest: sorted('clock')[0], processor: sorted('processor')[0] }
}

async function measure(threads: number) {
  const python = kind === networks.resnet18 ? process.env.MASKWRIGHT_TORCH_PYTHON : undefined
  const peers: Record<string, Peer> = { maskwright: await openOurs(threads), ...(python && { torch: await openTorch(python, threads) }) }
  const seconds: Record<string, Taken[]> = Object.fromEntries(Object.keys(peers).map((name) => [name, []]))
  for (let block = 0; block < Math.ceil(steps / BLOCK); block++)
    for (const [name, peer] of Object.entries(peers))
      for (let i = -WARM_UP; i < BLOCK; i++) {
        const taken = await peer.step()
        if (i >= 0) seconds[name].push(taken)
      }
  for (const peer of Object.values(peers)) await peer.stop()
  const times = Object.fromEntries(Object.entries(seconds).map(([name, list]) => [name, summary(list)]))
  const versions = Object.fromEntries(Object.entries(peers).map(([name, peer]) => [name, peer.version]))
  const over = (of: 'median' | 'fastest' | 'processor') => times.maskwright[of] / times.torch[of]
  const ratio = times.torch && { median: over('median'), fastest: over('fastest'), processor: over('processor') }
  return { threads, seconds: times, ...(ratio && { ratio }), versions }
}

const results = []
for (const threads of values.threads ? [Number(values.threads)] : [1, 2]) results.push(await measure(threads))
console.log(JSON.stringify({
  bench: 'train-step', network: kind, batch, height, width, classes, steps, results,
  device: cpus()[0].model, cores: cpus().length, node: process.version,
}, null, 2))
