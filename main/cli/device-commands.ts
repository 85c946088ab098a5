import { renderDefinitions, renderSettingNames } from '../../preload/contract/render-set.ts'
import { definitions, presetNames, presets, settingNames, type SettingShape } from '../../preload/contract/settings.ts'
import { openExecutor } from '../core/engine/devices.ts'
import { threadsOf } from '../wire.ts'
import { parse } from './arguments.ts'
import type { Answer } from './commands.ts'
import { rangeOf } from './settings.ts'
import { table } from './table.ts'

export async function devices(args: readonly string[]): Promise<Answer> {
  parse(args, {}, 'devices')
  const { executor, notes } = await openExecutor('auto', { threads: threadsOf(0) })
  const { device, description } = executor
  await executor.dispose()
  const lines = notes.map((note) => `  ${note.device}: ${note.reason}`)
  return { data: { chosen: device, description, devices: notes }, text: [`Trains on ${description}.`, ...lines].join('\n') }
}

export async function settings(args: readonly string[]): Promise<Answer> {
  parse(args, {}, 'settings')
  const data = settingNames.map((name) => {
    const definition = definitions[name]
    return { name, ...definition, presets: Object.fromEntries(presetNames.map((preset) => [preset, presets[preset][name]])) }
  })
  const ofRenders = renderSettingNames.map((name) => ({ name, ...renderDefinitions[name], command: 'render' }))
  const text = [listOf('setting of a run', definitions), listOf('setting of renders', renderDefinitions)].join('\n\n')
  return { data: [...data, ...ofRenders], text }
}

function listOf(title: string, found: Readonly<Record<string, SettingShape>>): string {
  const entries = Object.entries(found)
  const rows = entries.map(([name, definition]) => [name, String(definition.value), rangeOf(definition)])
  return `${table([[title, 'default', 'range'], ...rows])}\n\n${entries.map(([name, { help }]) => `${name}: ${help}`).join('\n')}`
}
