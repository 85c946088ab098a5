import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** `packed` is what `npm run dist:dir` made; `none`: nothing of it is here, and every spec is skipped. */
export type DoorName = 'electron' | 'browser' | 'packed' | 'none'

const inPath = (names: readonly string[]) => (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null

const existing = (path: string) => (existsSync(path) ? path : null)
const electronName = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron'

/** The program behind a door, with what it is given to open. */
export function programOf(door: 'electron' | 'packed'): { program: string; args: string[] } | null {
  const program = door === 'packed' ? existing(resolve(process.env.MASKWRIGHT_PACKED ?? 'dist/linux-unpacked/maskwright'))
    : existing(join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? resolve('node_modules/electron/dist'), electronName))
  return program ? { program, args: door === 'packed' ? [] : [resolve('.')] } : null
}

export const chromium = () => process.env.MASKWRIGHT_CHROMIUM ?? inPath(['chromium', 'chromium-browser', 'google-chrome'])
export const xvfb = () => inPath(['Xvfb'])
export const needsScreen = () => process.platform === 'linux' && !process.env.DISPLAY

function opens(door: DoorName): boolean {
  if (door === 'browser') return chromium() !== null
  return door !== 'none' && programOf(door) !== null && (!needsScreen() || xvfb() !== null)
}

/** The doors to walk through: as MASKWRIGHT_E2E names them (`all`, or some with commas), else the first that opens here. */
export function doors(): DoorName[] {
  const all = (['electron', 'browser', 'packed'] as const).filter(opens)
  const wish = process.env.MASKWRIGHT_E2E?.split(',')
  const wanted = !wish ? all.filter((door) => door !== 'packed').slice(0, 1) : all.filter((door) => wish.includes('all') || wish.includes(door))
  return wanted.length > 0 ? wanted : ['none']
}
