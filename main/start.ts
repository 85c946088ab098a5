import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm start`: builds what has changed, then opens the desktop, or the page in the browser where there is no Electron. */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const say = (line: string) => void process.stderr.write(`${line}\n`)

/** When the newest source file was written. */
function newest(dir: string): number {
  return Math.max(0, ...readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}

function buildIfStale(): void {
  const built = statSync(join(root, 'out/renderer/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = Math.max(...['main', 'preload', 'renderer'].map((room) => newest(join(root, room))))
  if (built > sources && existsSync(join(root, 'out/main/index.js'))) return
  say('Building ...')
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}

/** Electron's program as Electron itself would find it, or null. */
function electron(): string | null {
  const folder = join(root, 'node_modules/electron')
  const name = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron'
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return existing(join(override, name))
  const known = existsSync(join(folder, 'path.txt')) ? readFileSync(join(folder, 'path.txt'), 'utf8').trim() : name
  return existing(join(folder, 'dist', known))
}

const existing = (path: string) => (existsSync(path) ? path : null)

/** A desktop to show a window on: Linux alone can be without. */
const hasScreen = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

buildIfStale()
const program = electron()
const args = process.argv.slice(2)
const why = !program ? 'There is no Electron program here' : !hasScreen() ? 'There is no screen here' : null
const child = why === null
  ? spawn(program!, [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...args], { stdio: 'inherit' })
  : (say(`${why}: Maskwright opens in the browser instead.`), spawn(process.execPath, [join(root, 'main/cli.ts'), 'ui', '--open', ...args], { stdio: 'inherit' }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 0))
