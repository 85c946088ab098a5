import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { EventData } from '../../preload/contract/api.ts'
import type { AppSettings } from '../../preload/contract/project-data.ts'
import type { Devices } from '../../preload/contract/run-data.ts'
import { toErrorData, type AppErrorData } from '../../preload/contract/error.ts'
import { call, on, onConnection } from '../api.ts'
import { localeFor, region, texts } from '../texts/index.ts'

export const places = ['home', 'dataset', 'train', 'review', 'report', 'export'] as const
export type Place = (typeof places)[number]

export interface Toast {
  readonly id: number
  readonly kind: 'done' | 'attention' | 'error'
  readonly text: string
  readonly detail?: string
  /** A button on the toast, such as Undo. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** The window: where the user is, how it looks, which device works, short messages. */
export const useApp = defineStore('app', () => {
  const place = ref<Place>('home')
  const settings = ref<AppSettings>({ language: 'system', theme: 'system', device: 'auto', guideSeen: true })
  const native = ref(window.maskwright !== undefined)
  const version = ref('')
  const systemLocale = ref(navigator.language)
  const devices = ref<Devices>()
  const load = ref<EventData<'device:load'>>()
  const toasts = ref<Toast[]>([])
  const connected = ref(true)
  const unsaved = ref(0)
  const inspector = ref(true)
  const sheet = ref<'none' | 'keys' | 'settings' | 'new'>('none')
  let nextToast = 1

  const locale = computed(() => localeFor(settings.value.language, systemLocale.value))

  watch([locale, systemLocale], ([value]) => {
    texts.locale.value = value
    region.value = systemLocale.value.startsWith(value) ? systemLocale.value : value
    document.documentElement.lang = value
  }, { immediate: true })
  watch(() => settings.value.theme, (theme) => {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
  }, { immediate: true })

  function tell(toast: Omit<Toast, 'id'>): void {
    const id = nextToast++
    toasts.value = [...toasts.value.slice(-3), { id, ...toast }]
    setTimeout(() => dismiss(id), toast.kind === 'error' ? 20_000 : 7_000)
  }
  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }
  /** Tells of trouble; what was stopped on purpose is no trouble. */
  function tellError(error: unknown): void {
    const data = errorWords(toErrorData(error))
    if (data.code !== 'aborted') tell({ kind: 'error', text: data.message, detail: data.advice })
  }
  /** Runs something and tells of trouble; undefined when it failed. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      tellError(error)
      return undefined
    }
  }
  /** As `attempt`, while the status bar says that something is being saved. */
  async function saving<T>(work: () => Promise<T>): Promise<T | undefined> {
    unsaved.value++
    try {
      return await attempt(work)
    } finally {
      unsaved.value--
    }
  }

  async function change(part: Partial<AppSettings>): Promise<void> {
    settings.value = { ...settings.value, ...part }
    await saving(() => call('settings:write', settings.value))
  }
  async function readDevices(): Promise<void> {
    devices.value = await attempt(() => call('device:list', {})) ?? devices.value
  }
  async function start(): Promise<void> {
    on('device:load', (data) => { load.value = data })
    onConnection((value) => { connected.value = value })
    const info = await attempt(() => call('app:info', {}))
    if (info) {
      version.value = info.version
      native.value = info.native
      if (info.native) systemLocale.value = info.locale
    }
    settings.value = await attempt(() => call('settings:read', {})) ?? settings.value
    await readDevices()
  }

  return {
    place, settings, native, version, locale, devices, load, toasts, connected, unsaved, inspector, sheet,
    tell, dismiss, tellError, attempt, saving, change, readDevices, start,
  }
})

/** Trouble in the reader's language where there is a text for its code, else as the main side said it. */
export function errorWords(data: AppErrorData): AppErrorData {
  const { t, te, locale } = texts
  if (locale.value === 'en' || !te(`errors.${data.code}`)) return data
  return { ...data, message: t(`errors.${data.code}`), advice: [data.subject, data.message].filter(Boolean).join(' · ') }
}
