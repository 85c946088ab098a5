import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CallName, EventData, EventName, Input, Output } from '../../preload/contract/api.ts'
import { AppError } from '../../preload/contract/error.ts'
import { forkEntry } from '../../main/service/fork.ts'
import type { Child, Entry, Host } from '../../main/service/host.ts'
import { createService, type Service } from '../../main/service/index.ts'

export interface Heard { readonly name: EventName; readonly data: never }

export interface Bench {
  readonly dir: string
  readonly host: Host
  readonly service: Service
  readonly heard: Heard[]
  call<K extends CallName>(name: K, input: Input<K>): Promise<Output<K>>
  /** The data of every event of a name, so far. */
  events<K extends EventName>(name: K): EventData<K>[]
  /** The result of a job once it is done. */
  done(jobId: number): Promise<unknown>
  close(): Promise<void>
}

/** A service on a temporary folder. */
export function openBench(start: (entry: Entry) => Child = forkEntry): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'maskwright-service-'))
  const heard: Heard[] = []
  const listeners = new Set<() => void>()
  const host: Host = {
    version: '0.0.0', native: false, locale: 'en-GB', configDir: join(dir, 'config'), documentsDir: join(dir, 'documents'),
    sampleDir: resolve('resources/sample'),
    emit: (name, data) => {
      heard.push({ name, data: data as never })
      listeners.forEach((listener) => listener())
    },
    choose: async () => [], reveal: async () => undefined, printPdf: async () => undefined,
    start,
  }
  const service = createService(host)
  const events = <K extends EventName>(wanted: K) => heard.filter(({ name }) => name === wanted).map(({ data }) => data as EventData<K>)
  return {
    dir, host, service, heard, events,
    call: async (name, input) => {
      const result = await service.call(name, input)
      if (!result.ok) throw new AppError(result.error)
      return result.value as never
    },
    done: (jobId) => new Promise((settle, reject) => {
      const look = () => {
        const end = events('job:done').find((event) => event.jobId === jobId)
        if (!end) return
        listeners.delete(look)
        if (end.error) reject(new AppError(end.error as never))
        else settle(end.result)
      }
      listeners.add(look)
      look()
    }),
    close: async () => {
      await service.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
