// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { keyName, takesKeys } from '../../renderer/keys.ts'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held })

describe('names of keys', () => {
  it('letters are named with Shift, signs are not', () => {
    expect(press('z')).toBe('z')
    expect(press('Z', { shiftKey: true })).toBe('Shift+z')
    expect(press('?', { shiftKey: true })).toBe('?')
    expect(press('+', { shiftKey: true })).toBe('+')
    expect(press(' ')).toBe('Space')
    expect(press('ArrowLeft')).toBe('ArrowLeft')
  })
  it('Command is Ctrl', () => {
    expect(press('z', { metaKey: true })).toBe('Ctrl+z')
    expect(press('Z', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+z')
  })
  it('fields keep their keys, buttons and sliders share them', () => {
    document.body.innerHTML = '<input class="text"><input type="range"><button></button><dialog><p></p></dialog>'
    expect(takesKeys(document.querySelector('.text'))).toBe(true)
    expect(takesKeys(document.querySelector('[type=range]'))).toBe(false)
    expect(takesKeys(document.querySelector('button'))).toBe(false)
    expect(takesKeys(document.querySelector('p'))).toBe(true)
    expect(takesKeys(null)).toBe(false)
  })
})
