import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** `none`: neither Electron nor Chromium is here, and every spec is skipped. */
export type DoorName = 'electron' | 'browser' | 'none'

const inPath = (names: readonly string[]) => (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null

/** The program to open: a packed one (MASKWRIGHT_E2E_APP), or Electron, with what it is given to open. */
export function electronProgram(): { program: string; args: string[] } | null {
  const packed = process.env.MASKWRIGHT_E2E_APP
  if (packed) return { program: resolve(packed), args: [] }
  const name = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron'
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? resolve('node_modules/electron/dist'), name)
  return existsSync(program) ? { program, args: [resolve('.')] } : null
}

export const chromium = () => process.env.MASKWRIGHT_CHROMIUM ?? inPath(['chromium', 'chromium-browser', 'google-chrome'])
export const xvfb = () => inPath(['Xvfb'])
export const needsScreen = () => process.platform === 'linux' && !process.env.DISPLAY

/** The doors to walk through: as MASKWRIGHT_E2E says (electron, browser, both), else the first that opens here. */
export function doors(): DoorName[] {
  const electron = electronProgram() && (!needsScreen() || xvfb()) ? (['electron'] as const) : []
  const browser = chromium() ? (['browser'] as const) : []
  const all = [...electron, ...browser]
  const wish = process.env.MASKWRIGHT_E2E
  const wanted = wish === 'electron' ? electron : wish === 'browser' ? browser : wish === 'both' ? all : all.slice(0, 1)
  return wanted.length > 0 ? [...wanted] : ['none']
}
