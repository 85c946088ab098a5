import { AppError } from '../../preload/contract/error.ts'
import { renderDefinitions, type RenderSettings } from '../../preload/contract/render-set.ts'
import { definitions, presets, type PresetName, type SettingShape, type Settings } from '../../preload/contract/settings.ts'

/** A range in words, such as `1 .. 20 rounds` or `resnet18 | resnet34`. */
export function rangeOf(d: SettingShape): string {
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
export const parseOverrides = (words: readonly string[]) => parseWords<Settings>(words, definitions)

/** The same for the settings of a set of renders. */
export const parseRenderSettings = (words: readonly string[]) => parseWords<RenderSettings>(words, renderDefinitions)

function parseWords<S>(words: readonly string[], table: Readonly<Record<string, SettingShape>>): Partial<S> {
  return Object.fromEntries(words.map((word) => {
    const at = word.indexOf('=')
    const name = at < 0 ? word : word.slice(0, at)
    if (!Object.hasOwn(table, name)) throw unknown(name, Object.keys(table))
    const value = at < 0 ? undefined : parseValue(table[name], word.slice(at + 1))
    if (value === undefined) throw outOfRange(name, word.slice(at + 1), table[name])
    return [name, value]
  })) as Partial<S>
}

function parseValue(d: SettingShape, text: string): unknown {
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

function unknown(name: string, known: readonly string[]): AppError {
  const near = known.filter((n) => n.includes(name) || n.split('.')[1] === name.split('.').pop())
  return new AppError({
    code: 'unknown-setting', subject: name,
    message: `There is no setting "${name}".`,
    advice: near.length > 0 ? `Did you mean ${near.slice(0, 3).join(', ')}?` : 'The command "settings" lists them all.',
  })
}

const outOfRange = (name: string, text: string, definition: SettingShape) => new AppError({
  code: 'setting-out-of-range', subject: name,
  message: `"${text}" does not fit the setting ${name}.`,
  advice: `Give ${rangeOf(definition)}; the default is ${String(definition.value)}.`,
})

/** A preset with some settings of one's own. Throws AppError `invalid-input` on an unknown preset. */
export function settingsFrom(preset: string, overrides: Partial<Settings>): Settings {
  if (!Object.hasOwn(presets, preset))
    throw new AppError({ code: 'invalid-input', subject: preset, message: `There is no preset "${preset}".`, advice: `Take one of ${Object.keys(presets).join(', ')}.` })
  return { ...presets[preset as PresetName], ...overrides }
}
