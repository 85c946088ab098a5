// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import Button from '../../../renderer/components/Button.vue'
import Confusion from '../../../renderer/components/Confusion.vue'
import Curve from '../../../renderer/components/Curve.vue'
import PaperTable from '../../../renderer/components/PaperTable.vue'
import ProgressBar from '../../../renderer/components/ProgressBar.vue'
import RoundSlider from '../../../renderer/components/RoundSlider.vue'
import Segments from '../../../renderer/components/Segments.vue'
import SettingField from '../../../renderer/components/SettingField.vue'
import VirtualGrid from '../../../renderer/components/VirtualGrid.vue'
import ImageInspector from '../../../renderer/components/ImageInspector.vue'
import WorkpieceList from '../../../renderer/components/WorkpieceList.vue'
import { tip } from '../../../renderer/components/tip.ts'
import { pick } from '../../../renderer/selection.ts'
import { i18n } from '../../../renderer/texts/index.ts'
import { call } from '../../../renderer/api.ts'
import { openProject, settle } from '../stores/setup.ts'

const global = { plugins: [i18n], directives: { tip }, stubs: { MaskCanvas: true } }

beforeEach(() => {
  setActivePinia(createPinia())
  i18n.global.locale.value = 'en'
})

describe('small controls', () => {
  it('a lone icon is named, a word needs no second name', () => {
    expect(mount(Button, { props: { icon: 'close', label: 'Close' }, global }).attributes('aria-label')).toBe('Close')
    expect(mount(Button, { slots: { default: 'Start' }, global }).attributes('aria-label')).toBeUndefined()
  })
  it('segments move by arrows, round the end', async () => {
    const wrapper = mount(Segments<string>, { props: { label: 'x', options: [{ value: 'a', text: 'A' }, { value: 'b', text: 'B' }], modelValue: 'b' }, global })
    await wrapper.findAll('button')[1].trigger('keydown', { key: 'ArrowRight' })
    expect(wrapper.emitted('update:modelValue')).toEqual([['a']])
    expect(wrapper.findAll('[role=radio]').map((radio) => radio.attributes('tabindex'))).toEqual(['0', '-1'])
  })
  it('a bar tells its share, or that nobody knows', () => {
    expect(mount(ProgressBar, { props: { share: 0.424, label: 'x' } }).attributes('aria-valuenow')).toBe('42')
    expect(mount(ProgressBar, { props: { share: null, label: 'x' } }).attributes('aria-valuenow')).toBeUndefined()
  })
})

describe('a setting', () => {
  const field = (name: 'run.rounds' | 'predict.scales' | 'refine.crf' | 'network.backbone', modelValue: never) =>
    mount(SettingField, { props: { name, modelValue, changed: false }, global })

  it('takes a number in its range and keeps what was typed beyond it, saying why', async () => {
    const wrapper = field('run.rounds', 3 as never)
    const input = wrapper.get('input.text')
    await input.setValue('7')
    await input.trigger('change')
    expect(wrapper.emitted('update:modelValue')?.at(-1)).toEqual([7])
    await input.setValue('99')
    await input.trigger('change')
    expect(wrapper.emitted('update:modelValue')).toHaveLength(1)
    expect((input.element as HTMLInputElement).value).toBe('99')
    expect(wrapper.get('[role=alert]').text()).toBe('From 1 to 20.')
    await input.setValue('2.5')
    await input.trigger('change')
    expect(wrapper.find('[role=alert]').exists()).toBe(true)
  })
  it('takes a list, a switch and a choice', async () => {
    const scales = field('predict.scales', [1, 1.5] as never)
    await scales.get('input.text').setValue('0.5  1 2')
    await scales.get('input.text').trigger('change')
    expect(scales.emitted('update:modelValue')?.at(-1)).toEqual([[0.5, 1, 2]])
    const crf = field('refine.crf', false as never)
    await crf.get('[role=switch]').trigger('click')
    expect(crf.emitted('update:modelValue')?.at(-1)).toEqual([true])
    const backbone = field('network.backbone', 'resnet18' as never)
    await backbone.get('select').setValue('mobilenetv2')
    expect(backbone.emitted('update:modelValue')?.at(-1)).toEqual(['mobilenetv2'])
  })
  it('explains itself in the reader\'s language', async () => {
    i18n.global.locale.value = 'zh'
    await nextTick()
    const wrapper = field('run.rounds', 3 as never)
    expect(wrapper.text()).toContain('轮数')
    expect(wrapper.get('.help').attributes('aria-label')).toContain('训练、预测、精修的轮数')
  })
})

describe('long lists', () => {
  it('draw only what is in sight', async () => {
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800)
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
    const wrapper = mount(VirtualGrid, { props: { count: 10_000, label: 'Photos' }, slots: { default: '<template #default="{ index }"><i>{{ index }}</i></template>' }, global })
    await nextTick()
    await nextTick()
    const drawn = wrapper.findAll('i')
    expect(drawn.length).toBeGreaterThan(20)
    expect(drawn.length).toBeLessThan(60)
    expect(wrapper.emitted('columns')?.at(-1)).toEqual([5])
    expect(wrapper.emitted('sight')?.at(-1)).toEqual([0, drawn.length])
    vi.restoreAllMocks()
  })
})

describe('figures', () => {
  it('the paper\'s table has a row a workpiece, a column a group, means, and differences to another run', async () => {
    await openProject()
    const report = await call('report:read', { projectId: 1, runId: 2 })
    const other = await call('report:read', { projectId: 1, runId: 1 })
    const wrapper = mount(PaperTable, { props: { report }, global })
    expect(wrapper.findAll('tbody tr')).toHaveLength(9)
    expect(wrapper.findAll('thead th').map((th) => th.text())).toEqual(['Workpiece', 'plain', 'wood', 'metal', 'clutter', 'Mean'])
    expect(wrapper.find('.delta').exists()).toBe(false)
    await wrapper.setProps({ other })
    expect(wrapper.findAll('.delta')).toHaveLength(45)
    expect(wrapper.get('.delta').text()).toMatch(/^[+−]\d+\.\d$/)
  })
  it('confusion is in shares of the truth', () => {
    const wrapper = mount(Confusion, { props: { names: ['background', 'gear'], counts: [[75, 25], [0, 0]] }, global })
    expect(wrapper.findAll('td').map((td) => td.text())).toEqual(['75.0%', '25.0%', '', ''])
  })
  it('a curve without points says what will come', () => {
    const wrapper = mount(Curve, { props: { title: 'Loss', series: [], names: {}, unit: 'steps' }, slots: { default: 'soon' }, global })
    expect(wrapper.find('svg[role=img]').exists()).toBe(false)
    expect(wrapper.text()).toContain('soon')
  })
})

describe('places', () => {
  it('the round slider names its stops and moves the round', async () => {
    const { review } = await openProject()
    await review.enter()
    const wrapper = mount(RoundSlider, { global })
    expect(wrapper.findAll('.stop').map((stop) => stop.text())).toEqual([/^Initial ?51\.3$/, /^Round 1 ?63\.2$/, /^Round 2 ?76\.1$/, /^Round 3 ?84\.2$/, /^\+ CRF ?86\.4$/].map((text) => expect.stringMatching(text)))
    expect(wrapper.get('input').attributes('aria-valuetext')).toBe('Round 3')
    await wrapper.get('input').setValue('1')
    expect(review.round).toBe(1)
  })
  it('the inspector tells which tags all, some or none of the selected bear, and sets them', async () => {
    const { dataset, fake } = await openProject()
    await dataset.readAll(dataset.ids)
    dataset.selection = { ids: new Set([1, 9]), anchor: 0, focus: 0 }
    const wrapper = mount(ImageInspector, { global })
    const boxes = wrapper.findAll('[role=checkbox]')
    expect(boxes.map((box) => box.attributes('aria-checked')).slice(0, 4)).toEqual(['mixed', 'false', 'mixed', 'false'])
    await boxes[0].trigger('click')
    await settle(5)
    expect(fake.images.get(9)?.tags).toEqual(['gear', 'nut_m16'])
    expect(wrapper.findAll('[role=checkbox]')[0].attributes('aria-checked')).toBe('true')
  })
  it('truth is marked as evaluation only', async () => {
    const { dataset } = await openProject()
    await dataset.readAll(dataset.ids)
    dataset.selection = pick(dataset.selection, dataset.ids, dataset.ids.findIndex((id) => dataset.rows.get(id)?.hasTruth))
    expect(mount(ImageInspector, { global }).text()).toContain('evaluation only')
  })
  it('a workpiece that cannot be added keeps its name and says why', async () => {
    const { fake } = await openProject()
    const wrapper = mount(WorkpieceList, { global, attachTo: document.body })
    await wrapper.get('.head button').trigger('click')
    await nextTick()
    const real = fake.call
    Object.assign(fake, { call: async (name: string, input: unknown) => (name === 'workpieces:add'
      ? { ok: false, error: { code: 'already-exists', message: 'There is a gear already.', advice: 'Take another name.' } } : real(name as 'app:info', input as Record<string, never>)) })
    await wrapper.get('input.text').setValue('gear')
    await wrapper.get('form').trigger('submit')
    await settle()
    expect(wrapper.get('[role=alert]').text()).toBe('There is a gear already. Take another name.')
    expect((wrapper.get('input.text').element as HTMLInputElement).value).toBe('gear')
    wrapper.unmount()
  })
})
