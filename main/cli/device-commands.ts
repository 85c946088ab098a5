import { definitions, presetNames, presets, settingNames } from '../../preload/contract/settings.ts'
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
  const rows = settingNames.map((name) => [name, String(definitions[name].value), rangeOf(definitions[name])])
  return { data, text: `${table([['setting', 'default', 'range'], ...rows])}\n\n${settingNames.map((name) => `${name}: ${definitions[name].help}`).join('\n')}` }
}
