import { AppError } from '../../preload/contract/error.ts'
import { definitions, presets, settingNames, type PresetName, type SettingDefinition, type SettingName, type Settings } from '../../preload/contract/settings.ts'

/** A range in words, such as `1 .. 20 rounds` or `resnet18 | resnet34`. */
export function rangeOf(d: SettingDefinition): string {
  switch (d.kind) {
    case 'integer':
    case 'number': return `${d.min} .. ${d.max}${d.unit ? ` ${d.unit}` : ''}`
    case 'switch': return 'true | false'
    case 'choice': return d.options.join(' | ')
    case 'list': return `numbers ${d.min} .. ${d.max}, separated by commas`
    case 'text': return 'text'
  }
}

/**
 * Reads `key=value` words into settings.
 *
 * @throws AppError `unknown-setting` or `setting-out-of-range`.
 */
export function parseOverrides(words: readonly string[]): Partial<Settings> {
  return Object.fromEntries(words.map((word) => {
    const at = word.indexOf('=')
    const name = at < 0 ? word : word.slice(0, at)
    if (!isSetting(name)) throw unknown(name)
    const value = at < 0 ? undefined : parseValue(definitions[name], word.slice(at + 1))
    if (value === undefined) throw outOfRange(name, word.slice(at + 1))
    return [name, value]
  }))
}

const isSetting = (name: string): name is SettingName => Object.hasOwn(definitions, name)

function parseValue(d: SettingDefinition, text: string): unknown {
  const within = (n: number, whole: boolean, min: number, max: number) => (Number.isFinite(n) && n >= min && n <= max && (!whole || Number.isInteger(n)) ? n : undefined)
  const parse = (s: string) => (s.trim() === '' ? NaN : Number(s))
  switch (d.kind) {
    case 'integer':
    case 'number': return within(parse(text), d.kind === 'integer', d.min, d.max)
    case 'switch': return text === 'true' ? true : text === 'false' ? false : undefined
    case 'choice': return d.options.includes(text) ? text : undefined
    case 'list': {
      const values = text.split(',').map((s) => within(parse(s), false, d.min, d.max))
      return values.length > 16 || values.includes(undefined) ? undefined : values
    }
    case 'text': return text
  }
}

function unknown(name: string): AppError {
  const near = settingNames.filter((n) => n.includes(name) || n.split('.')[1] === name.split('.').pop())
  return new AppError({
    code: 'unknown-setting', subject: name,
    message: `There is no setting "${name}".`,
    advice: near.length > 0 ? `Did you mean ${near.slice(0, 3).join(', ')}?` : 'The command "settings" lists them all.',
  })
}

const outOfRange = (name: SettingName, text: string) => new AppError({
  code: 'setting-out-of-range', subject: name,
  message: `"${text}" does not fit the setting ${name}.`,
  advice: `Give ${rangeOf(definitions[name])}; the default is ${String(definitions[name].value)}.`,
})

/** A preset with some settings of one's own. Throws AppError `invalid-input` on an unknown preset. */
export function settingsFrom(preset: string, overrides: Partial<Settings>): Settings {
  if (!Object.hasOwn(presets, preset))
    throw new AppError({ code: 'invalid-input', subject: preset, message: `There is no preset "${preset}".`, advice: `Take one of ${Object.keys(presets).join(', ')}.` })
  return { ...presets[preset as PresetName], ...overrides }
}
