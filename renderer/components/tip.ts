import type { Directive } from 'vue'

const texts = new WeakMap<HTMLElement, string>()
let bubble: HTMLElement | undefined
let owner: HTMLElement | undefined
let timer: ReturnType<typeof setTimeout> | undefined

function show(element: HTMLElement): void {
  const text = texts.get(element)
  if (!text || !element.isConnected) return
  hide()
  owner = element
  bubble = document.createElement('div')
  bubble.className = 'tip'
  bubble.role = 'tooltip'
  bubble.textContent = text
  const host = element.closest('dialog[open]') ?? document.body
  host.append(bubble)
  const at = element.getBoundingClientRect()
  const own = bubble.getBoundingClientRect()
  const below = at.bottom + 6 + own.height < innerHeight
  const beside = element.dataset.tip === 'beside'
  const left = beside ? at.right + 8 : at.left + at.width / 2 - own.width / 2
  const top = beside ? at.top + at.height / 2 - own.height / 2 : below ? at.bottom + 6 : at.top - own.height - 6
  bubble.style.left = `${Math.max(8, Math.min(innerWidth - own.width - 8, left))}px`
  bubble.style.top = `${Math.max(8, top)}px`
}

function hide(): void {
  clearTimeout(timer)
  bubble?.remove()
  bubble = undefined
  owner = undefined
}

/** A tooltip: one sentence, on hover after a moment and at once on keyboard focus. */
export const tip: Directive<HTMLElement, string | undefined> = {
  mounted(element, { value, arg }) {
    texts.set(element, value ?? '')
    if (arg) element.dataset.tip = arg
    element.addEventListener('pointerenter', () => {
      clearTimeout(timer)
      timer = setTimeout(() => show(element), 350)
    })
    element.addEventListener('pointerleave', hide)
    element.addEventListener('pointerdown', hide)
    element.addEventListener('focus', () => { if (element.matches(':focus-visible')) show(element) })
    element.addEventListener('blur', hide)
    element.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide() })
  },
  updated(element, { value }) {
    texts.set(element, value ?? '')
    if (owner === element && bubble) bubble.textContent = value ?? ''
  },
  beforeUnmount(element) {
    texts.delete(element)
    if (owner === element) hide()
  },
}
