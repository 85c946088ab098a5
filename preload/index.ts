import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import type { Door } from './contract/api.ts'

/** The only door between page and main. The main side knows every call by name and checks every input. */
const door: Door = {
  call: (name, input) => ipcRenderer.invoke('call', name, input),
  on: (name, listener) => {
    const channel = `event:${name}`
    const relay = (_event: IpcRendererEvent, ...[data]: Parameters<typeof listener>) => listener(data)
    ipcRenderer.on(channel, relay)
    return () => ipcRenderer.off(channel, relay)
  },
  pathOf: (file) => webUtils.getPathForFile(file),
}

contextBridge.exposeInMainWorld('maskwright', door)
