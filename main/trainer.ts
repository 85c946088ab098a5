import { z } from 'zod'
import { toErrorData, type AppErrorData } from '../preload/contract/error.ts'
import { DeviceChoice, Id, Path, StepName, type Progress } from '../preload/contract/model.ts'
import { openPort } from './port.ts'
import { runOnce } from './wire.ts'

/** The long-running process: owns the device and runs the corridor. Started as a child process or an Electron utility process. */

export const TrainerCommand = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'), project: Path, runId: Id, device: DeviceChoice, threads: z.int().min(0),
    from: StepName.optional(), to: StepName.optional(),
  }),
  z.object({ type: z.literal('stop') }),
])
export type TrainerCommand = z.input<typeof TrainerCommand>

export type TrainerEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'device'; readonly description: string; readonly notes: readonly string[] }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly error: AppErrorData }

const port = openPort<TrainerEvent>()
const stop = new AbortController()

async function start(command: Extract<z.output<typeof TrainerCommand>, { type: 'start' }>): Promise<void> {
  try {
    await runOnce(command, {
      signal: stop.signal,
      onProgress: (progress) => void port.send({ type: 'progress', progress }),
      onDevice: (description, notes) => void port.send({ type: 'device', description, notes }),
    })
    await port.send({ type: 'finished' })
  } catch (error) {
    const data = toErrorData(error)
    if (data.code === 'internal') console.error(error)
    await port.send({ type: 'failed', error: data })
  }
  setImmediate(() => process.exit(0))
}

// Ctrl-C reaches the whole process group; the parent decides when to stop.
process.on('SIGINT', () => undefined)
port.onClosed(() => stop.abort())
port.onMessage((message) => {
  const command = TrainerCommand.parse(message)
  if (command.type === 'stop') stop.abort()
  else void start(command)
})
