import { ref } from 'vue'
import { createI18n, useI18n, type Composer } from 'vue-i18n'
import { languages } from '../../preload/contract/project-data.ts'
import de from './de.ts'
import en from './en.ts'
import { settingTexts } from './settings.ts'
import zh from './zh.ts'

export type Language = (typeof languages)[number]

const withSettings = <T extends { setting: object }>(texts: T, { names, helps }: { names: Record<string, string>; helps: Record<string, string> }) =>
  ({ ...texts, setting: { ...texts.setting, ...names }, settingHelp: helps })
export const messages = { en: withSettings(en, settingTexts.en), zh: withSettings(zh, settingTexts.zh), de: withSettings(de, settingTexts.de) } as const

/** The language of the texts for a choice and what the system speaks. */
export function localeFor(choice: 'system' | Language, system: string): Language {
  if (choice !== 'system') return choice
  const spoken = system.slice(0, 2).toLowerCase()
  return languages.find((language) => language === spoken) ?? 'en'
}

export const i18n = createI18n({
  legacy: false,
  locale: localeFor('system', navigator.language) as string,
  fallbackLocale: 'en',
  messages: messages as unknown as Record<string, Record<string, never>>,
  missingWarn: false,
  fallbackWarn: false,
})

/** The reader's region, such as en-GB: how numbers and dates are written. */
export const region = ref('en')

/** Texts and region for a component. */
export function useTexts() {
  const { t, te } = useI18n()
  return { t, te, locale: region }
}

/** The texts outside components. */
export const texts = i18n.global as unknown as Pick<Composer, 'locale'> & { t(key: string): string; te(key: string): boolean }
