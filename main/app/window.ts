import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { app, BrowserWindow, nativeTheme, screen, session, type Rectangle, type WebContents } from 'electron'
import { z } from 'zod'
import { origin } from './protocol.ts'

const smallest = { width: 1024, height: 640 }
const State = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), maximized: z.boolean() })
type State = z.output<typeof State>

/** Opens the window where it was last, on the page of `maskwright://app/`. */
export function openWindow({ configDir, preload, icon }: { configDir: string; preload: string; icon: string }): BrowserWindow {
  const file = join(configDir, 'window.json')
  const state = readState(file)
  const window = new BrowserWindow({
    ...(state && onScreen(state) ? { x: state.x, y: state.y, width: state.width, height: state.height } : { width: 1440, height: 900 }),
    minWidth: smallest.width, minHeight: smallest.height,
    show: false, title: 'Maskwright', backgroundColor: nativeTheme.shouldUseDarkColors ? '#16191d' : '#ffffff', autoHideMenuBar: true,
    ...(existsSync(icon) && { icon }),
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false, spellcheck: false },
  })
  if (state?.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => writeState(file, window))
  void window.loadURL(`${origin}/`)
  return window
}

/** Nothing leads a page of ours elsewhere, and it may ask for the camera alone. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  const ours = (contents: WebContents | null, url: string) => contents !== null && url.startsWith(`${origin}/`)
  session.defaultSession.setPermissionRequestHandler((contents, permission, answer, details) => {
    const wanted = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    answer(permission === 'media' && wanted.every((type) => type === 'video') && ours(contents, details.requestingUrl))
  })
  session.defaultSession.setPermissionCheckHandler((contents, permission, requestingOrigin) => permission === 'media' && ours(contents, `${requestingOrigin.replace(/\/$/, '')}/`))
  session.defaultSession.setDevicePermissionHandler(() => false)
}

function readState(file: string): State | null {
  try {
    return State.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

function writeState(file: string, window: BrowserWindow): void {
  const state: State = { ...window.getNormalBounds(), maximized: window.isMaximized() }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(state))
}

function onScreen(bounds: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching(bounds)
  const overlapX = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x)
  const overlapY = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y)
  return overlapX > 100 && overlapY > 100
}
