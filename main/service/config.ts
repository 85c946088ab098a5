import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppSettings } from '../../preload/contract/project-data.ts'
import { DeviceInfo } from '../../preload/contract/run-data.ts'
import { Path, Text } from '../../preload/contract/model.ts'

/** What the program remembers from one start to the next. */

const defaults: AppSettings = { language: 'system', theme: 'system', device: 'auto', guideSeen: false }
const maxRecent = 30

const Recent = z.object({ path: Path, name: Text, openedAtMs: z.number() })
export type Recent = z.output<typeof Recent>
const Contents = z.object({
  settings: AppSettings.catch(defaults),
  recent: z.array(Recent).catch([]),
  /** The last self-test of every device. */
  devices: z.array(DeviceInfo).catch([]),
})
type Contents = z.output<typeof Contents>

export interface Config {
  settings(): AppSettings
  writeSettings(settings: AppSettings): void
  /** Last opened first. */
  recent(): readonly Recent[]
  remember(project: Recent): void
  forget(path: string): void
  devices(): readonly DeviceInfo[]
  writeDevices(devices: readonly DeviceInfo[]): void
}

/** Opens the program's memory in a folder; what cannot be read counts as never written. */
export function openConfig(dir: string): Config {
  const file = join(dir, 'maskwright.json')
  let contents = read(file)
  const write = (change: Partial<Contents>) => {
    contents = { ...contents, ...change }
    mkdirSync(dir, { recursive: true })
    const aside = `${file}.${process.pid}`
    writeFileSync(aside, JSON.stringify(contents, null, 2))
    renameSync(aside, file)
  }
  const without = (path: string) => contents.recent.filter((project) => project.path !== path)
  return {
    settings: () => contents.settings,
    writeSettings: (settings) => write({ settings }),
    recent: () => contents.recent,
    remember: (project) => write({ recent: [project, ...without(project.path)].slice(0, maxRecent) }),
    forget: (path) => write({ recent: without(path) }),
    devices: () => contents.devices,
    writeDevices: (devices) => write({ devices: [...devices] }),
  }
}

function read(file: string): Contents {
  const empty: Contents = { settings: defaults, recent: [], devices: [] }
  try {
    return Contents.catch(empty).parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return empty
  }
}
