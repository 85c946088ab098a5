// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import CadFacts from '../../../renderer/components/CadFacts.vue'
import Turntable from '../../../renderer/components/Turntable.vue'
import type { CadContent } from '../../../preload/contract/project-data.ts'
import { i18n } from '../../../renderer/texts/index.ts'

const part = { triangles: 4, openEdges: 3, volume: 4000, size: [40, 30, 20] as [number, number, number], positions: '', indices: '', still: 'data:image/jpeg;base64,AAAA' }
const content: CadContent = {
  format: 'stl', unit: 'mm', unitFrom: 'guess', up: 'z', solids: 1, parts: [{ ...part, name: '', count: 2 }],
  issues: [{ file: 'part.stl', code: 'mesh-open', message: 'part.stl is open.', advice: 'Close it.' }],
}
const global = { plugins: [i18n] }

beforeEach(() => {
  setActivePinia(createPinia())
  i18n.global.locale.value = 'en'
})

describe('a CAD file before it is imported', () => {
  it('is told with its size in the chosen unit, its guess and its faults', async () => {
    const wrapper = mount(CadFacts, { props: { content, unit: 'mm', chosen: false }, global })
    expect(wrapper.text()).toContain('40 × 30 × 20')
    expect(wrapper.text()).toContain('guess')
    expect(wrapper.text()).toContain('part.stl is open. Close it.')
    await wrapper.setProps({ unit: 'cm', chosen: true })
    expect(wrapper.text()).toContain('400 × 300 × 200')
    expect(wrapper.text()).not.toContain('guess')
  })

  it('is a still picture where the browser draws no solids', async () => {
    const wrapper = mount(Turntable, { props: { parts: content.parts, up: 'z' }, global })
    await vi.waitFor(async () => {
      await flushPromises()
      expect(wrapper.find('img').attributes('src')).toBe(part.still)
    }, 20_000)
    expect(wrapper.find('canvas').exists()).toBe(false)
  })
})
