import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron'
import type { EventName } from '../../preload/contract/api.ts'
import { toErrorData } from '../../preload/contract/error.ts'
import { origin } from './protocol.ts'

/** Answers the page's calls; only our own page in the top frame of our own window is heard. */
export function answerCalls(page: () => WebContents | undefined, call: (name: string, input: unknown) => Promise<unknown>, onFirstCall: () => void): void {
  ipcMain.handle('call', async (event, name: unknown, input: unknown) => {
    if (!isOurs(event, page())) throw new TypeError('expected a call of our own page, got another sender')
    if (name === 'app:info') onFirstCall()
    try {
      return await call(String(name), input)
    } catch (error) {
      return { ok: false, error: toErrorData(error) }
    }
  })
}

function isOurs({ sender, senderFrame }: IpcMainInvokeEvent, page: WebContents | undefined): boolean {
  return sender === page && senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(`${origin}/`)
}

/** Hands an event to the page. */
export function tell(page: WebContents | undefined, name: EventName, data: unknown): void {
  if (page && !page.isDestroyed()) page.send(`event:${name}`, data)
}
