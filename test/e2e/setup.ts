import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { doors, needsScreen, xvfb } from './doors.ts'

/** A screen for Electron where there is none, and a word where nothing can be opened. */
export default async function setup(): Promise<() => void> {
  const wanted = doors()
  if (wanted.includes('none')) console.warn('\n  SKIPPED: neither an Electron program nor Chromium is here, so the program is not seen from outside.\n')
  else if (wanted.some((door) => door !== 'packed') && !(existsSync('out/main/index.js') && existsSync('out/renderer/index.html'))) throw new Error('expected a built program, got none: run "npm run build"')
  if (wanted.every((door) => door === 'browser' || door === 'none') || !needsScreen()) return () => undefined
  const screen = spawn(xvfb()!, ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  process.env.DISPLAY = await new Promise<string>((resolve, reject) => {
    screen.once('error', reject)
    screen.once('exit', (code) => reject(new Error(`expected Xvfb to run, got exit code ${code}`)))
    screen.stdio[3]!.once('data', (data: Buffer) => resolve(`:${data.toString().trim()}`))
  })
  return () => void screen.kill()
}
