import { writeFile } from 'node:fs/promises'
import { app, BrowserWindow, dialog, type OpenDialogOptions } from 'electron'
import { join } from 'node:path'
import type { ChooseRequest } from '../service/host.ts'
import type { Words } from './words.ts'

const pictureEndings = ['png', 'jpg', 'jpeg', 'webp', 'tif', 'tiff', 'gif']
const cadEndings = ['step', 'stp', 'iges', 'igs', 'stl', 'obj', 'ply', 'glb']

/** The system's dialog for a choice of paths; none when it is closed. */
export async function choose(window: BrowserWindow, { kind, title, name }: ChooseRequest, words: Words): Promise<string[]> {
  if (kind === 'save') {
    const { filePath } = await dialog.showSaveDialog(window, { title, defaultPath: join(app.getPath('documents'), name ?? '') })
    return filePath ? [filePath] : []
  }
  const properties: Record<Exclude<ChooseRequest['kind'], 'save'>, OpenDialogOptions> = {
    project: { properties: ['openDirectory', 'treatPackageAsDirectory'] },
    folder: { properties: ['openDirectory', 'createDirectory'] },
    pictures: { properties: ['openFile', 'multiSelections'], filters: [{ name: words.pictures, extensions: pictureEndings }] },
    cad: { properties: ['openFile', 'multiSelections'], filters: [{ name: words.cad, extensions: cadEndings }] },
  }
  return (await dialog.showOpenDialog(window, { title, ...properties[kind] })).filePaths
}

/** Whether a person wants to leave although something is at work. */
export async function askToLeave(window: BrowserWindow, words: Words): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question', message: words.busy, detail: words.busyDetail, buttons: [words.pause, words.stay], defaultId: 0, cancelId: 1,
  })
  return response === 0
}

/** Prints a page without scripts as PDF, in a window nobody sees. */
export async function printPdf(html: string, target: string): Promise<void> {
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, contextIsolation: true, javascript: false } })
  try {
    await window.loadFile(html)
    await writeFile(target, await window.webContents.printToPDF({ printBackground: true, pageSize: 'A4', margins: { top: 0.4, bottom: 0.4, left: 0.4, right: 0.4 } }))
  } finally {
    window.destroy()
  }
}
