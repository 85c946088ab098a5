import { onBeforeUnmount, onMounted } from 'vue'

/** Keys as 'a', 'Shift+z', 'Ctrl+z', 'ArrowLeft'; Ctrl is also Command. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>

/** The name of a key press. Letters come in lower case; Shift is named for letters and special keys, not for signs. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const sign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase()
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl+' : '', event.altKey ? 'Alt+' : '', event.shiftKey && !sign ? 'Shift+' : '', key === ' ' ? 'Space' : key,
  ].join('')
}

/** Whether what has the focus wants the keys for itself. */
export function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return target.closest('textarea, select, [contenteditable], dialog, input:not([type=checkbox]):not([type=radio]):not([type=range])') !== null
}

/** Keys of a view while it is in sight. Text fields and dialogs keep theirs; a focused button keeps Space and Enter. */
export function useKeys(map: KeyMap): void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || takesKeys(event.target) || document.querySelector('dialog[open]') !== null) return
    const name = keyName(event)
    if ((name === 'Space' || name === 'Enter') && event.target instanceof HTMLButtonElement) return
    if (event.target instanceof HTMLInputElement && event.target.type === 'range' && /^(Arrow|Home|End|Page)/.test(name)) return
    const act = map[name]
    if (act === undefined) return
    event.preventDefault()
    act(event)
  }
  onMounted(() => window.addEventListener('keydown', press))
  onBeforeUnmount(() => window.removeEventListener('keydown', press))
}
