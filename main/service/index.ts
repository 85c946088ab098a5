import { calls, type CallName, type Handlers } from '../../preload/contract/api.ts'
import { AppError, toErrorData, type Result } from '../../preload/contract/error.ts'
import { appCalls } from './app.ts'
import { openContext, type Context } from './context.ts'
import { deviceCalls } from './devices.ts'
import { exportCalls } from './exports.ts'
import { folderCalls } from './folders.ts'
import type { Asset, Host } from './host.ts'
import { imageCalls } from './images.ts'
import { importCalls } from './imports.ts'
import { projectCalls } from './projects.ts'
import { reportCalls } from './reports.ts'
import { reviewCalls } from './review.ts'
import { runCalls } from './runs.ts'
import { sourceCalls } from './sources.ts'
import { workpieceCalls } from './workpieces.ts'

/** The main side behind the contract, without any window: what Electron, the web door and tests put their page on. */
export interface Service {
  /** One call; whatever is not a call of the contract with an input that fits is refused. */
  call(name: string, input: unknown): Promise<Result<unknown>>
  /** The picture behind an address of the contract, or null. */
  asset(address: string): Promise<Asset | null>
  /** Pauses what is at work, keeps it, and closes every project. */
  close(): Promise<void>
}

function handlersOf(context: Context): Handlers {
  return {
    ...appCalls(context), ...deviceCalls(context), ...exportCalls(context), ...folderCalls(context), ...imageCalls(context),
    ...importCalls(context), ...projectCalls(context), ...reportCalls(context), ...reviewCalls(context), ...runCalls(context), ...sourceCalls(context), ...workpieceCalls(context),
  }
}

export function createService(host: Host): Service {
  const context = openContext(host)
  const handlers = handlersOf(context)
  return {
    call: async (name, input) => {
      try {
        if (!isCall(name)) throw unknownCall(name)
        const parsed = calls[name].input.safeParse(input)
        if (!parsed.success) throw misfit(name, parsed.error.issues[0])
        return { ok: true, value: await (handlers[name] as (input: unknown) => Promise<unknown>)(parsed.data) }
      } catch (error) {
        const data = toErrorData(error)
        if (data.code === 'internal') console.error(error)
        return { ok: false, error: data }
      }
    },
    asset: (address) => context.assets.read(address),
    close: async () => {
      await context.jobs.close()
      await context.cameras.close()
      await context.assets.close()
      context.projects.closeAll()
    },
  }
}

const isCall = (name: string): name is CallName => Object.hasOwn(calls, name)

const unknownCall = (name: string) => new AppError({
  code: 'invalid-input',
  message: `There is no call "${String(name).slice(0, 100)}".`,
  advice: 'Load the page again: it may be of another version.',
})

const misfit = (name: string, issue: { path: PropertyKey[]; message: string }) => new AppError({
  code: 'invalid-input', subject: issue.path.map(String).join('.'),
  message: `The input of ${name} does not fit${issue.path.length > 0 ? ` at ${issue.path.map(String).join('.')}` : ''}: ${issue.message}`,
  advice: 'Correct it and try again.',
})
