import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { programOf } from '../test/e2e/doors.ts'

/**
 * How the desktop answers while it trains: latency of input in the window, and how long its main process is ever held up.
 * `node bench/desktop.ts [SECONDS]` on a screen, after `npm run build`; prints JSON.
 */

const seconds = Number(process.argv[2] ?? 30)
const found = programOf('electron')
if (!found) throw new Error('expected an Electron program, got none: set ELECTRON_OVERRIDE_DIST_PATH')
const dir = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
mkdirSync(join(dir, 'projects'))
const env = { ...(process.env as Record<string, string>), MASKWRIGHT_CONFIG: join(dir, 'config'), MASKWRIGHT_PROJECTS: join(dir, 'projects') }
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const app = await _electron.launch({ executablePath: found.program, args: [...found.args, ...root, '--disable-gpu'], env, colorScheme: null })

try {
  const page = await app.firstWindow()
  await page.getByRole('button', { name: 'Try the sample' }).first().click()
  await page.getByRole('listbox', { name: 'Photos' }).waitFor({ timeout: 120_000 })
  await page.waitForTimeout(10_000)
  const idle = await measure(app, page, seconds / 2)
  await startTraining(page)
  const training = await measure(app, page, seconds)
  const { electron, chrome, node } = await app.evaluate(() => process.versions) as unknown as Record<string, string>
  console.log(JSON.stringify({
    bench: 'desktop', device: `${cpus()[0].model}, ${availableParallelism()} threads`, versions: { electron, chrome, node }, unit: 'ms', idle, training,
  }, null, 2))
} finally {
  await app.evaluate(({ dialog }) => { dialog.showMessageBox = (async () => ({ response: 0, checkboxChecked: false })) as typeof dialog.showMessageBox })
  await app.close()
  rmSync(dir, { recursive: true, force: true })
}

async function startTraining(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Train' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('banner').getByRole('button', { name: 'Pause' }).waitFor()
  await page.waitForTimeout(10_000)
}

/** Walks through the places by keys and pointer for a while, and reads two clocks. */
async function measure(desktop: ElectronApplication, page: Page, forSeconds: number) {
  await desktop.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
    const delay = monitorEventLoopDelay({ resolution: 2 })
    delay.enable()
    Object.assign(globalThis, { maskwrightDelay: delay })
  })
  await page.evaluate(() => {
    const latencies: number[] = []
    const note = (event: Event) => {
      const at = event.timeStamp
      requestAnimationFrame(() => setTimeout(() => latencies.push(performance.now() - at)))
    }
    for (const kind of ['pointerdown', 'keydown', 'wheel']) window.addEventListener(kind, note, { capture: true, passive: true })
    Object.assign(window, { maskwrightLatencies: latencies })
  })
  const end = Date.now() + forSeconds * 1000
  for (let i = 0; Date.now() < end; i++) {
    await page.getByRole('navigation').getByRole('button', { name: i % 2 ? 'Dataset' : 'Train' }).click()
    if (i % 2) {
      const photos = page.getByRole('listbox', { name: 'Photos' })
      await photos.hover()
      for (let n = 0; n < 4; n++) await page.mouse.wheel(0, n % 2 ? -600 : 600)
      await photos.getByRole('option').first().click()
      for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowRight')
    }
    await page.waitForTimeout(100)
  }
  const latencies = (await page.evaluate(() => (window as unknown as { maskwrightLatencies: number[] }).maskwrightLatencies)).sort((a, b) => a - b)
  const mainProcess = await desktop.evaluate(() => {
    const { maskwrightDelay } = globalThis as unknown as { maskwrightDelay: { max: number; mean: number; percentile(p: number): number; disable(): void } }
    maskwrightDelay.disable()
    return { p99: maskwrightDelay.percentile(99) / 1e6, longest: maskwrightDelay.max / 1e6 }
  })
  const at = (share: number) => Math.round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))])
  return { inputs: latencies.length, inputToFrame: { p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(1) }, mainProcess }
}
