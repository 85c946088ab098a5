// @vitest-environment happy-dom
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'vue/compiler-sfc'
import { describe, expect, it } from 'vitest'
import { gapNames } from '../../preload/contract/project-data.ts'
import { precisions, provenances, reportFormats, verdicts } from '../../preload/contract/run-data.ts'
import { errorCodes } from '../../preload/contract/error.ts'
import { deviceNames, stepNames } from '../../preload/contract/model.ts'
import { renderDefinitions } from '../../preload/contract/render-set.ts'
import { definitions, presetNames, settingGroups, settingNames } from '../../preload/contract/settings.ts'
import { localeFor, messages } from '../../renderer/texts/index.ts'
import { unknownSettings } from '../../renderer/texts/settings.ts'

type Tree = { [key: string]: string | Tree }
function flat(tree: Tree, path = ''): Record<string, string> {
  return Object.assign({}, ...Object.entries(tree).map(([key, value]) => (typeof value === 'string' ? { [path + key]: value } : flat(value, `${path}${key}.`)))) as Record<string, string>
}
const all = { en: flat(messages.en as unknown as Tree), de: flat(messages.de as unknown as Tree), zh: flat(messages.zh as unknown as Tree) }
const slots = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort()

describe('texts', () => {
  it('are the same keys in all three languages, errors of the main side aside', () => {
    const keys = (language: keyof typeof all) => Object.keys(all[language]).filter((key) => !key.startsWith('errors.')).sort()
    expect(keys('de')).toEqual(keys('en'))
    expect(keys('zh')).toEqual(keys('en'))
  })
  it('are filled, with the same figures in them', () => {
    for (const language of ['de', 'zh'] as const) {
      for (const [key, text] of Object.entries(all.en)) {
        expect(all[language][key]?.trim(), `${language} ${key}`).toBeTruthy()
        expect(slots(all[language][key]), `${language} ${key}`).toEqual(slots(text))
      }
    }
  })
  it('name every setting and explain it', () => {
    expect(unknownSettings).toEqual([])
    for (const name of settingNames) {
      const key = name.replace('.', '-')
      expect(all.en[`settingHelp.${key}`]).toBe(definitions[name].help)
      expect(all.zh[`settingHelp.${key}`], name).not.toBe(definitions[name].help)
      expect(all.de[`settingHelp.${key}`], name).not.toBe(definitions[name].help)
    }
  })
  it('know every word that comes from the contract', () => {
    const wanted = [
      ...stepNames.map((name) => `steps.${name}`), ...settingGroups.map((name) => `groups.${name}`), ...deviceNames.map((name) => `device.names.${name}`),
      ...presetNames.flatMap((name) => [`presets.${name}.name`, `presets.${name}.about`]), ...provenances.map((name) => `review.sources.${name}`),
      ...verdicts.filter((name) => name !== 'open').map((name) => `review.verdicts.${name}`), ...gapNames.map((name) => `gap.${name}`),
      ...precisions.flatMap((name) => [`export.names.${name}`, `export.about.${name}`]),
      ...Object.values({ ...definitions, ...renderDefinitions }).flatMap((d) => {
        return d.kind === 'choice' ? d.options.map((option) => `options.${option}`) : 'unit' in d && d.unit ? [`units.${d.unit}`] : []
      }),
    ]
    for (const key of wanted) expect(all.en, key).toHaveProperty([key])
    expect(reportFormats).toEqual(['html', 'pdf', 'csv'])
  })
  it('tell every trouble in German and Chinese', () => {
    for (const code of errorCodes) {
      expect(all.de[`errors.${code}`], code).toBeTruthy()
      expect(all.zh[`errors.${code}`], code).toBeTruthy()
    }
  })
  it('use the words of the workshop', () => {
    for (const text of Object.entries(all.en).filter(([key]) => !key.startsWith('settingHelp')).map(([, value]) => value)) expect(text).not.toMatch(/\b(epoch|inference|annotat|are you sure)/i)
  })
  it('follow the system where the user chose nothing', () => {
    expect(localeFor('system', 'de-AT')).toBe('de')
    expect(localeFor('system', 'zh-Hant-TW')).toBe('zh')
    expect(localeFor('system', 'fr')).toBe('en')
    expect(localeFor('de', 'zh')).toBe('de')
  })
})

const files = ['', 'views', 'components'].flatMap((dir) => readdirSync(join('renderer', dir)).filter((name) => name.endsWith('.vue')).map((name) => join('renderer', dir, name)))
/** What is the same in every language. */
const universal = /^(English|中文|Deutsch|Maskwright)$/

describe('components', () => {
  it.each(files)('%s holds no text, no inline style and no raw HTML', (file) => {
    const template = parse(readFileSync(file, 'utf8')).descriptor.template
    const source = template?.content ?? ''
    const words = source.replace(/\{\{[\s\S]*?\}\}/g, '').replace(/<[a-zA-Z/!](?:"[^"]*"|'[^']*'|[^>"'])*>/g, '\n').split('\n').map((line) => line.trim())
    expect(words.filter((word) => /[\p{L}]{2,}/u.test(word) && !universal.test(word))).toEqual([])
    expect(source).not.toMatch(/\sstyle="/)
    expect(source).not.toMatch(/v-html/)
    expect(source).not.toMatch(/\s(?:title|placeholder|aria-label|alt)="[^"]*\p{L}{2}/u)
  })
})
