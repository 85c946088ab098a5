import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, test as base, chromium as chromiumType, expect, type Browser, type ElectronApplication, type Page } from '@playwright/test'
import { chromium, programOf, type DoorName } from './doors.ts'

/** The program at work, through whichever door. */
export interface Desk {
  readonly door: DoorName
  readonly page: Page
  /** A folder of this test's own; settings and projects live below it. */
  readonly dir: string
  /** What the page has complained of. */
  readonly complaints: string[]
  /** Answers the next question for paths, by the system's dialog or the page's own chooser, when `act` asks it. */
  choose(paths: readonly string[], act: () => Promise<unknown>): Promise<void>
  /** Ends the program the way a person does; what is at work is paused. */
  close(): Promise<void>
  /** Opens the program anew on the same settings and projects. */
  reopen(): Promise<void>
  readonly app: ElectronApplication | null
  /** Kills the trainer as a crash would. */
  killTrainer(): Promise<void>
}

interface Opened {
  page: Page
  app: ElectronApplication | null
  processId: number
  close(): Promise<void>
}

const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
/** A camera that shows a test picture. */
const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

async function openElectron(door: 'electron' | 'packed', env: Record<string, string>): Promise<Opened> {
  const { program, args } = programOf(door)!
  const launch = () => _electron.launch({ executablePath: program, args: [...args, ...asRoot, ...camera, '--enable-unsafe-swiftshader'], env, colorScheme: null, timeout: 30_000 })
  // Playwright now and then waits for ever when it attaches to a window at the instant in which that loads its page.
  const app = await launch().catch(launch)
  const page = await app.firstWindow()
  return {
    page, app, processId: app.process().pid!,
    close: async () => {
      await app.evaluate(({ dialog }) => { dialog.showMessageBox = (async () => ({ response: 0, checkboxChecked: false })) as typeof dialog.showMessageBox }).catch(() => undefined)
      await app.close()
    },
  }
}

async function openBrowser(env: Record<string, string>): Promise<Opened> {
  const server = spawn(process.execPath, [resolve('out/main/cli.js'), 'ui'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const address = await addressOf(server)
  const browser: Browser = await chromiumType.launch({ executablePath: chromium()!, args: [...asRoot, ...camera, '--disable-gpu', '--disable-quic', '--disable-background-networking'] })
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(address)
  return {
    page, app: null, processId: server.pid!,
    close: async () => {
      await browser.close()
      const ended = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      await ended
    },
  }
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((found, reject) => {
    let text = ''
    server.stderr!.on('data', (data: Buffer) => {
      text += data.toString()
      const address = /http:\/\/\S+/.exec(text)?.[0]
      if (address) found(address)
    })
    server.once('exit', (code) => reject(new Error(`expected the door to open, got exit code ${code}: ${text}`)))
  })
}

export const test = base.extend<{ desk: Desk }, { door: DoorName }>({
  door: ['none', { option: true, scope: 'worker' }],
  desk: async ({ door }, use) => {
    test.skip(door === 'none', 'neither Electron nor Chromium is here')
    const dir = mkdtempSync(join(tmpdir(), 'maskwright-e2e-'))
    const env = { ...(process.env as Record<string, string>), MASKWRIGHT_CONFIG: join(dir, 'config'), MASKWRIGHT_PROJECTS: join(dir, 'projects') }
    const complaints: string[] = []
    const open = async () => {
      const opened = await (door === 'electron' || door === 'packed' ? openElectron(door, env) : openBrowser(env))
      opened.page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
      opened.page.on('pageerror', (error) => complaints.push(error.message))
      await expect(opened.page.getByRole('heading', { name: 'Projects' })).toBeVisible()
      return opened
    }
    mkdirSync(join(dir, 'projects'))
    let now: Opened | null = await open()
    const opened = () => now!
    const desk: Desk = {
      door, dir, complaints,
      get page() { return opened().page },
      get app() { return opened().app },
      choose: (paths, act) => choose(opened(), paths, act),
      close: async () => {
        await now?.close()
        now = null
      },
      reopen: async () => {
        await desk.close()
        now = await open()
      },
      killTrainer: () => killTrainer(opened()),
    }
    await use(desk)
    await desk.close()
    rmSync(dir, { recursive: true, force: true })
  },
})

async function choose({ app, page }: Opened, paths: readonly string[], act: () => Promise<unknown>): Promise<void> {
  if (app) {
    await app.evaluate(({ dialog }, filePaths) => {
      dialog.showOpenDialog = (async () => ({ canceled: false, filePaths })) as typeof dialog.showOpenDialog
      dialog.showSaveDialog = (async () => ({ canceled: false, filePath: filePaths[0] })) as typeof dialog.showSaveDialog
    }, [...paths])
    await act()
    return
  }
  await act()
  const dialog = page.locator('dialog[open]').last()
  const [path] = paths
  const save = await dialog.getByLabel('File name').count() > 0
  const cut = path.lastIndexOf('/')
  const inside = save || path.endsWith('.maskwright')
  const field = dialog.getByLabel('Path')
  await expect(field).not.toHaveValue('')
  await field.fill(inside ? path.slice(0, cut) : path)
  await field.press('Enter')
  if (inside && !save) {
    await dialog.getByRole('button', { name: path.slice(cut + 1) }).click()
    return
  }
  if (save) await dialog.getByLabel('File name').fill(path.slice(cut + 1))
  await expect(field).toHaveValue(save ? path.slice(0, cut) : path)
  await page.waitForTimeout(300)
  await dialog.getByRole('button', { name: save ? 'Save here' : 'Take this folder' }).click()
}

async function killTrainer({ app, processId }: Opened): Promise<void> {
  if (app) {
    await app.evaluate(({ app: own }) => {
      for (const { pid, name, serviceName } of own.getAppMetrics())
        if (`${name ?? ''}${serviceName ?? ''}`.includes('trainer')) process.kill(pid, 'SIGKILL')
    })
    return
  }
  const { execFileSync } = await import('node:child_process')
  const line = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(processId)], { encoding: 'utf8' }).split('\n').find((text) => text.includes('trainer'))
  process.kill(Number(line!.trim().split(/\s+/)[0]), 'SIGKILL')
}

export { expect }
