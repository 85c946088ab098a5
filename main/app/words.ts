/** The few texts of the system's own menus and dialogs, by language. */
const en = {
  file: 'File', new: 'New project ...', open: 'Open project ...', import: 'Import ...', home: 'Home', settings: 'Settings', quit: 'Quit', close: 'Close window',
  edit: 'Edit', undo: 'Undo', redo: 'Redo', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select all',
  view: 'View', zoomIn: 'Larger', zoomOut: 'Smaller', zoomReset: 'Normal size', fullScreen: 'Full screen', tools: 'Developer tools',
  help: 'Help', keys: 'All keys',
  pictures: 'Pictures', cad: 'CAD files',
  busy: 'Work is under way.', busyDetail: 'It is paused at a safe point and goes on from there when you resume it.', pause: 'Pause and close', stay: 'Stay',
  died: 'A part of Maskwright ended unexpectedly and has been started again. What was finished is kept.',
}
export type Words = typeof en

const de: Words = {
  file: 'Datei', new: 'Neues Projekt ...', open: 'Projekt öffnen ...', import: 'Importieren ...', home: 'Start', settings: 'Einstellungen', quit: 'Beenden', close: 'Fenster schließen',
  edit: 'Bearbeiten', undo: 'Rückgängig', redo: 'Wiederholen', cut: 'Ausschneiden', copy: 'Kopieren', paste: 'Einfügen', selectAll: 'Alles auswählen',
  view: 'Ansicht', zoomIn: 'Größer', zoomOut: 'Kleiner', zoomReset: 'Normale Größe', fullScreen: 'Vollbild', tools: 'Entwicklerwerkzeuge',
  help: 'Hilfe', keys: 'Alle Tasten',
  pictures: 'Bilder', cad: 'CAD-Dateien',
  busy: 'Es wird noch gearbeitet.', busyDetail: 'Die Arbeit wird an einer sicheren Stelle angehalten und geht von dort weiter.', pause: 'Anhalten und schließen', stay: 'Bleiben',
  died: 'Ein Teil von Maskwright wurde unerwartet beendet und neu gestartet. Was fertig war, ist erhalten.',
}

const zh: Words = {
  file: '文件', new: '新建项目…', open: '打开项目…', import: '导入…', home: '主页', settings: '设置', quit: '退出', close: '关闭窗口',
  edit: '编辑', undo: '撤销', redo: '重做', cut: '剪切', copy: '复制', paste: '粘贴', selectAll: '全选',
  view: '视图', zoomIn: '放大', zoomOut: '缩小', zoomReset: '实际大小', fullScreen: '全屏', tools: '开发者工具',
  help: '帮助', keys: '所有按键',
  pictures: '图片', cad: 'CAD 文件',
  busy: '任务正在进行。', busyDetail: '它会在安全点暂停，继续时从那里开始。', pause: '暂停并关闭', stay: '留下',
  died: 'Maskwright 的一部分意外结束并已重新启动。已完成的内容都已保留。',
}

/** Texts for the language chosen, or that of the system. */
export function wordsOf(language: string, locale: string): Words {
  const wanted = (language === 'system' ? locale : language).slice(0, 2)
  return wanted === 'de' ? de : wanted === 'zh' ? zh : en
}
