import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Packs what has been built: `node resources/pack.ts [--dir]`. Electron is the one of ELECTRON_OVERRIDE_DIST_PATH where that is set. */

const root = resolve(import.meta.dirname, '..')
const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH
const own = folder ? [`-c.electronDist=${resolve(folder)}`, `-c.electronVersion=${readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '')}`] : []
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/electron-builder/cli.js'), '--publish', 'never', ...own, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
