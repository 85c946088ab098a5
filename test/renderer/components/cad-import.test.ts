// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import CadImport from '../../../renderer/components/CadImport.vue'
import { useProject } from '../../../renderer/stores/project.ts'
import { tip } from '../../../renderer/components/tip.ts'
import { i18n } from '../../../renderer/texts/index.ts'

const { call } = vi.hoisted(() => ({ call: vi.fn() }))
vi.mock('../../../renderer/api.ts', () => ({ call, on: () => () => undefined, onConnection: () => undefined, pathOf: () => '' }))
const chosen = vi.hoisted(() => ({ paths: [] as string[] }))
vi.mock('../../../renderer/components/choose.ts', () => ({ choose: async () => chosen.paths }))

const row = (workpiece: string | null, fill: number) => ({
  workpiece, region: 'mask', photos: 9, renders: 0, gaps: [], match: { 'camera.fillMin': fill, 'render.background': 'photos', 'scene.parts': 3 },
})
let wrapper: VueWrapper
const button = (text: string) => wrapper.findAll('button').find((one) => one.text().includes(text))!
const started = () => call.mock.calls.find(([name]) => name === 'import:cad')?.[1] as { settings: object; instances?: string }
async function click(text: string) {
  await button(text).trigger('click')
  await flushPromises()
}

beforeEach(() => {
  setActivePinia(createPinia())
  i18n.global.locale.value = 'en'
  call.mockReset()
  call.mockImplementation(async (name: string) => {
    if (name === 'images:gap') return { masks: null, rows: [row(null, 0.2), row('gear', 0.31)] }
    return name === 'cad:read' || name === 'import:cad' ? { jobId: 7 } : {}
  })
  const project = useProject()
  project.counts = { ...project.counts, photos: 20 }
  wrapper = mount(CadImport, { global: { plugins: [i18n], directives: { tip }, stubs: { Turntable: true, CadFacts: true } }, attachTo: document.body })
})

describe('the dialog for CAD files', () => {
  it('matches the renders of a file to the photos of its workpiece', async () => {
    chosen.paths = ['/cad/gear.stl']
    await click('Choose files')
    await click('Match to photos')
    expect(wrapper.text()).toContain('Set as the photos are.')
    await click('Render')
    expect(started().settings).toMatchObject({ 'camera.fillMin': 0.31, 'render.background': 'photos' })
  })
  it('matches several files to the whole line, and takes a folder for instance masks where several lie in one picture', async () => {
    chosen.paths = ['/cad/gear.stl', '/cad/bolt.stl']
    await click('Choose files')
    expect(wrapper.text()).not.toContain('Instance masks')
    await click('Match to photos')
    expect(wrapper.text()).toContain('Instance masks')
    chosen.paths = ['/out']
    await wrapper.findAll('button').filter((one) => one.text() === 'Choose').at(-1)!.trigger('click')
    await flushPromises()
    await click('Render')
    expect(started()).toMatchObject({ settings: { 'camera.fillMin': 0.2 }, instances: '/out' })
  })
})
