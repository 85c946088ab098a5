import { spawn } from 'node:child_process'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '../../preload/contract/error.ts'

const linuxNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
const windowsApps = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']
const printTimeMs = 60_000

/** A browser on this machine that prints pages without a window, or null. */
export async function findBrowser(): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = process.platform === 'darwin' ? macApps
    : process.platform === 'win32' ? [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)']].flatMap((root) => (root ? windowsApps.map((app) => join(root, app)) : []))
      : linuxNames.flatMap((name) => folders.map((folder) => join(folder, name)))
  for (const path of candidates) if (await access(path).then(() => true, () => false)) return path
  return null
}

/** Prints a page of ours as PDF. Throws AppError where no browser is there that could. */
export async function printPdf(html: string, target: string): Promise<void> {
  const browser = await findBrowser()
  if (!browser) throw noBrowser()
  const profile = await mkdtemp(join(tmpdir(), 'maskwright-print-'))
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(browser, [
        '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...root,
        `--user-data-dir=${profile}`, '--no-pdf-header-footer', `--print-to-pdf=${target}`, pathToFileURL(html).href,
      ], { stdio: 'ignore', timeout: printTimeMs })
      child.once('error', reject)
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`expected ${browser} to print, got exit code ${code}`))))
    })
    await access(target)
  } finally {
    await rm(profile, { recursive: true, force: true })
  }
}

/** Opens an address in the browser a person uses; false where that cannot be done. */
export function openInBrowser(address: string): Promise<boolean> {
  const [command, ...args] = process.platform === 'darwin' ? ['open', address]
    : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', address] : ['xdg-open', address]
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}

const noBrowser = () => new AppError({
  code: 'not-found',
  message: 'There is no Chrome, Chromium or Edge here to print the report with.',
  advice: 'Save it as HTML, open that in any browser and print it as PDF there.',
})
