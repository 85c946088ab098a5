import { app, Menu, type MenuItemConstructorOptions } from 'electron'
import type { EventData } from '../../preload/contract/api.ts'
import type { Words } from './words.ts'

type Command = EventData<'menu'>['command']

/** The application menu. What the page does is sent to it as a command. */
export function setMenu(words: Words, send: (command: Command) => void): void {
  const item = (label: string, command: Command, accelerator?: string): MenuItemConstructorOptions => ({ label, accelerator, click: () => send(command) })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const mac = process.platform === 'darwin'
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ label: app.name, submenu: [{ role: 'about' }, separator, item(words.settings, 'settings', 'Cmd+,'), separator, { role: 'hide' }, { role: 'quit', label: words.quit }] } as MenuItemConstructorOptions] : []),
    {
      label: words.file,
      submenu: [
        item(words.new, 'new', 'CmdOrCtrl+N'), item(words.open, 'open', 'CmdOrCtrl+O'), item(words.home, 'home'), separator,
        item(words.import, 'import', 'CmdOrCtrl+I'), separator,
        ...(mac ? [{ role: 'close', label: words.close } as const] : [item(words.settings, 'settings', 'Ctrl+,'), separator, { role: 'quit', label: words.quit } as const]),
      ],
    },
    {
      label: words.edit,
      submenu: [
        item(words.undo, 'undo', 'CmdOrCtrl+Z'), item(words.redo, 'redo', 'CmdOrCtrl+Shift+Z'), separator,
        { role: 'cut', label: words.cut }, { role: 'copy', label: words.copy }, { role: 'paste', label: words.paste }, { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      label: words.view,
      submenu: [
        { role: 'zoomIn', label: words.zoomIn }, { role: 'zoomOut', label: words.zoomOut }, { role: 'resetZoom', label: words.zoomReset }, separator,
        { role: 'togglefullscreen', label: words.fullScreen }, { role: 'toggleDevTools', label: words.tools },
      ],
    },
    { role: 'help', label: words.help, submenu: [item(words.keys, 'keys')] },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
