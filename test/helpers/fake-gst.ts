import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Puts a program `gst-launch-1.0` first on the PATH that does what `script` says, a JavaScript body with `send(bytes)`, `sleep(ms)`, `run` (how often
 * it has been started, from 1) and `png(n)`. Gives the way to take it away again.
 */
export function fakeLaunch(dir: string, pictures: readonly Uint8Array[], script: string): () => void {
  const bin = join(dir, 'bin')
  mkdirSync(bin, { recursive: true })
  pictures.forEach((bytes, i) => writeFileSync(join(dir, `${i}.png`), bytes))
  const file = join(bin, 'gst-launch-1.0')
  writeFileSync(file, `#!${process.execPath}
const fs = require('node:fs')
const count = ${JSON.stringify(join(dir, 'runs'))}
const run = (fs.existsSync(count) ? Number(fs.readFileSync(count, 'utf8')) : 0) + 1
fs.writeFileSync(count, String(run))
const send = (bytes) => fs.writeSync(3, bytes)
const png = (n) => fs.readFileSync(${JSON.stringify(dir)} + '/' + n + '.png')
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
process.on('SIGINT', () => process.exit(0))
;(async () => { ${script} })()
`)
  chmodSync(file, 0o755)
  const before = process.env.PATH
  process.env.PATH = `${bin}:${before}`
  return () => { process.env.PATH = before }
}
