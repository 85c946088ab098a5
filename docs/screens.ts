import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { chromium as program } from '../test/e2e/doors.ts'

/**
 * Pictures of every view at two sizes, light and dark, from a project with a finished run: `node docs/screens.ts PROJECT`, after
 * `npm run build`. The project is copied first; nothing of it is changed.
 */

const sizes = [{ width: 1440, height: 900 }, { width: 1024, height: 700 }]
/** Place of a photo, worst first, that shows what masks ordinarily are. */
const ordinary = 11
const themes = ['light', 'dark'] as const
const out = resolve(import.meta.dirname, 'screens')
const dir = join(tmpdir(), 'workshop')
const project = join(dir, 'projects', 'Sample line.maskwright')
rmSync(dir, { recursive: true, force: true })
cpSync(resolve(process.argv[2] ?? 'out/demo/sample.maskwright'), project, { recursive: true })
mkdirSync(out, { recursive: true })

const env = { ...process.env, MASKWRIGHT_CONFIG: join(dir, 'config'), MASKWRIGHT_PROJECTS: join(dir, 'projects') }
const server = spawn(process.execPath, [resolve('main/cli.ts'), 'ui', project], { env, stdio: ['ignore', 'ignore', 'pipe'] })
const address = await new Promise<string>((found) => {
  server.stderr.on('data', (data: Buffer) => {
    const text = /http:\/\/\S+/.exec(data.toString())?.[0]
    if (text) found(text)
  })
})
const browser = await chromium.launch({ executablePath: program()!, args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'] })
try {
  const page = await browser.newPage({ viewport: sizes[0] })
  await page.goto(address)
  await page.getByRole('listbox', { name: 'Photos' }).waitFor({ timeout: 60_000 })
  await fill(page)
  for (const theme of themes) {
    await call(page, 'settings:write', { language: 'en', theme, device: 'auto', guideSeen: false })
    for (const size of sizes) {
      await page.setViewportSize(size)
      await page.reload()
      await walk(page, `${size.width}x${size.height}-${theme}`)
    }
  }
} finally {
  await browser.close()
  server.kill('SIGTERM')
  await new Promise((done) => server.once('exit', done))
  rmSync(dir, { recursive: true, force: true })
}

async function walk(page: Page, suffix: string): Promise<void> {
  const rail = page.getByRole('navigation')
  const shoot = async (name: string) => {
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(600)
    await page.screenshot({ path: join(out, `${name}-${suffix}.jpg`), type: 'jpeg', quality: 88 })
  }
  const step = async (times: number) => {
    await page.waitForLoadState('networkidle')
    for (let i = 0; i < times; i++) await page.keyboard.press('ArrowRight', { delay: 100 })
  }
  await page.getByRole('heading', { name: 'Projects' }).waitFor()
  await shoot('home')
  await page.getByRole('button', { name: /Sample line|sample/i }).filter({ hasText: '.maskwright' }).click()
  const photos = page.getByRole('listbox', { name: 'Photos' })
  await photos.waitFor()
  await photos.getByRole('option').nth(2).click()
  await shoot('dataset')
  for (const place of ['Train', 'Review', 'Report', 'Export']) {
    await rail.getByRole('button', { name: place }).click()
    if (place === 'Review') await step(ordinary)
    await shoot(place.toLowerCase())
    if (place !== 'Review') continue
    await page.keyboard.press('c')
    await shoot('review-columns')
    await page.keyboard.press('c')
  }
}

/** What a project has once a person has come to its end: tested devices and written models. */
async function fill(page: Page): Promise<void> {
  const { projectId } = await call(page, 'project:open', { path: project }) as { projectId: number }
  const [{ id: runId, rounds }] = await call(page, 'run:list', { projectId }) as { id: number; rounds: { round: number }[] }[]
  const round = rounds.at(-1)!.round
  const idle = async () => {
    while ((await call(page, 'job:list', {}) as unknown[]).length > 0) await page.waitForTimeout(500)
  }
  await call(page, 'device:test', {})
  await idle()
  for (const precision of ['float32', 'float16', 'int8']) {
    await call(page, 'export:make', { projectId, runId, round, precision, looks: 'all', batch: 1, size: 'dynamic', folder: dir })
    await idle()
  }
}

/** One call of the page's own, past the page. */
function call(page: Page, name: string, input: object): Promise<unknown> {
  return page.evaluate(async ([path, body]) => {
    const response = await fetch(`call/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return (await response.json() as { value: unknown }).value
  }, [name, JSON.stringify(input)] as const)
}
