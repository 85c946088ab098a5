import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { app, BrowserWindow, dialog, shell } from 'electron'
import type { AppSettings } from '../../preload/contract/project-data.ts'
import { configDir, documentsDir, iconFile, preloadFile, rendererDir, sampleDir, version } from '../places.ts'
import { askToLeave, choose, printPdf } from './dialogs.ts'
import { answerCalls, tell } from './ipc.ts'
import { setMenu } from './menu.ts'
import { registerScheme, serveScheme } from './protocol.ts'
import { openServiceLink, type ServiceLink } from './service-link.ts'
import { lockDown, openWindow } from './window.ts'
import { wordsOf, type Words } from './words.ts'

/** The desktop: one window on the page, the service in a process of its own. */
export function openDesktop(): void {
  // Chromium's own files, and with them the lock of the single instance, lie beside our settings.
  app.setPath('userData', join(configDir(), 'browser'))
  registerScheme()
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const wanted = projectsAmong(process.argv.slice(1))
  let window: BrowserWindow | undefined
  let link: ServiceLink | undefined
  let leaving = false
  let words: Words = wordsOf('system', 'en')
  const page = () => window?.webContents
  const request = (paths: readonly string[]) => paths.forEach((path) => tell(page(), 'project:requested', { path }))

  const useLanguage = async () => {
    const result = await link?.call('settings:read', {})
    const { language } = (result?.ok ? result.value : { language: 'system' }) as Pick<AppSettings, 'language'>
    words = wordsOf(language, app.getLocale())
    setMenu(words, (command) => tell(page(), 'menu', { command }))
  }
  const startService = () => {
    const options = { version, locale: app.getLocale(), configDir: configDir(), documentsDir: documentsDir(), sampleDir: sampleDir() }
    link = openServiceLink(options, {
      emit: (name, data) => tell(page(), name, data),
      choose: async (request) => (window ? choose(window, request, words) : []),
      reveal: (path) => shell.showItemInFolder(path),
      printPdf,
    }, () => {
      if (leaving) return
      startService()
      window?.reload()
      void dialog.showMessageBox({ type: 'warning', message: words.died })
    })
  }
  const call = async (name: string, input: unknown) => {
    const result = await link!.call(name, input)
    if (name === 'settings:write') void useLanguage()
    return result
  }
  const isBusy = async () => {
    const result = await link?.call('job:list', {})
    return result?.ok === true && (result.value as unknown[]).length > 0
  }
  const leave = async () => {
    if (!window || ((await isBusy()) && !(await askToLeave(window, words)))) return
    leaving = true
    window.hide()
    await link?.close()
    app.quit()
  }

  app.on('second-instance', (_event, argv, folder) => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
    request(projectsAmong(argv.slice(1), folder))
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    if (window) request([path])
    else wanted.push(path)
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (leaving) return
    event.preventDefault()
    void leave()
  })
  void app.whenReady().then(async () => {
    lockDown()
    startService()
    serveScheme(rendererDir(), (address) => link!.asset(address))
    answerCalls(page, call, () => setTimeout(() => request(wanted.splice(0)), 500))
    window = openWindow({ configDir: configDir(), preload: preloadFile(), icon: iconFile() })
    window.on('close', (event) => {
      if (leaving) return
      event.preventDefault()
      void leave()
    })
    await useLanguage()
  })
}

/** Project folders among the words of a command line. */
function projectsAmong(words: readonly string[], folder = process.cwd()): string[] {
  return words.filter((word) => word.endsWith('.maskwright')).map((word) => resolve(folder, word)).filter((path) => existsSync(path))
}
