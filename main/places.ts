import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }

/** Where things are: as written, as built, and as installed. */

const here = import.meta.url
const asWritten = here.endsWith('.ts')
const at = (path: string) => fileURLToPath(new URL(path, here))
/** Electron's folder of files beside the archive. */
const installed = (process as { resourcesPath?: string }).resourcesPath

export const version: string = manifest.version

/** The built page. */
export const rendererDir = () => at(asWritten ? '../out/renderer' : '../renderer')
export const preloadFile = () => at('../preload/index.cjs')

/** The sample line. */
export function sampleDir(): string {
  const beside = at(asWritten ? '../resources/sample' : '../../resources/sample')
  return installed && !existsSync(join(beside, 'tags.json')) ? join(installed, 'sample') : beside
}

export const iconFile = () => (installed && !asWritten && existsSync(join(installed, 'icon.png')) ? join(installed, 'icon.png') : at('../../resources/icons/icon.png'))

/** Where the program remembers settings and recent projects. */
export function configDir(): string {
  const { MASKWRIGHT_CONFIG, XDG_CONFIG_HOME, APPDATA } = process.env
  if (MASKWRIGHT_CONFIG) return MASKWRIGHT_CONFIG
  if (process.platform === 'win32' && APPDATA) return join(APPDATA, 'Maskwright')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Maskwright')
  return join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'maskwright')
}

/** Where new projects go unless said otherwise. */
export function documentsDir(): string {
  const { MASKWRIGHT_PROJECTS } = process.env
  if (MASKWRIGHT_PROJECTS) return MASKWRIGHT_PROJECTS
  const documents = join(homedir(), 'Documents')
  return join(existsSync(documents) ? documents : homedir(), 'Maskwright')
}
