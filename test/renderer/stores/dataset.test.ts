// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { grouped } from '../../../renderer/stores/dataset.ts'
import { pick } from '../../../renderer/selection.ts'
import { openProject, settle } from './setup.ts'

describe('tagging', () => {
  it('sets the same tags in one change', () => {
    expect(grouped([{ id: 1, tags: ['a'] }, { id: 2, tags: null }, { id: 3, tags: ['a'] }])).toEqual([{ ids: [1, 3], tags: ['a'] }, { ids: [2], tags: null }])
  })
  it('adds a tag to all selected, takes it away when all bear it, and undoes each', async () => {
    const { dataset, fake } = await openProject()
    dataset.selection = pick(pick(dataset.selection, dataset.ids, 0), dataset.ids, 3, { range: true })
    const tags = () => [1, 2, 3, 4].map((id) => fake.images.get(id)?.tags.join('+'))
    expect(tags()).toEqual(['gear', 'gear', 'gear', 'gear'])
    await dataset.toggleTag('panel')
    expect(tags()).toEqual(Array(4).fill('gear+panel'))
    await dataset.toggleTag('gear')
    expect(tags()).toEqual(Array(4).fill('panel'))
    await dataset.undo()
    expect(tags()).toEqual(Array(4).fill('gear+panel'))
    await dataset.undo()
    expect(tags()).toEqual(Array(4).fill('gear'))
    await dataset.redo()
    expect(tags()).toEqual(Array(4).fill('gear+panel'))
  })
  it('tells background only from untagged, and undo knows which it was', async () => {
    const { dataset, fake } = await openProject()
    dataset.selection = pick(dataset.selection, dataset.ids, 5)
    expect(fake.images.get(6)?.tagged).toBe(false)
    await dataset.retag(() => [])
    expect(fake.images.get(6)).toMatchObject({ tagged: true, tags: [] })
    await dataset.undo()
    expect(fake.images.get(6)).toMatchObject({ tagged: false, tags: [] })
  })
  it('leaves renders alone', async () => {
    const { dataset, fake } = await openProject()
    dataset.show = 'renders'
    dataset.selection = pick(dataset.selection, dataset.renderIds, 0)
    await dataset.toggleTag('panel')
    expect(fake.asked.some(({ name }) => name === 'images:tag')).toBe(false)
  })
})

describe('the pictures', () => {
  it('are read in few calls as they come into sight', async () => {
    const { dataset, fake } = await openProject({ photos: 1200 })
    dataset.need(dataset.ids.slice(0, 40))
    dataset.need(dataset.ids.slice(20, 700))
    await settle(5)
    expect(fake.asked.filter(({ name }) => name === 'images:read')).toHaveLength(2)
    expect(dataset.rows.size).toBe(700)
    dataset.need(dataset.ids.slice(0, 700))
    await settle(5)
    expect(fake.asked.filter(({ name }) => name === 'images:read')).toHaveLength(2)
  })
  it('go to the bin and come back, the selection with them', async () => {
    const { dataset, project } = await openProject()
    const before = dataset.ids.length
    dataset.selection = pick(dataset.selection, dataset.ids, 2)
    await dataset.bin()
    expect(dataset.ids.length).toBe(before - 1)
    expect(project.counts.binned).toBe(1)
    expect(dataset.selection.ids.size).toBe(0)
    await dataset.undo()
    expect(dataset.ids.length).toBe(before)
  })
  it('follow the filters', async () => {
    const { dataset } = await openProject()
    dataset.filter = { workpiece: 'nut_m16', state: 'truth' }
    await settle(5)
    const rows = await dataset.readAll(dataset.photoIds)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every((row) => row.hasTruth && row.tags.includes('nut_m16'))).toBe(true)
  })
})

describe('changes from elsewhere', () => {
  it('are read once for a burst of news', async () => {
    const { dataset, fake } = await openProject()
    await dataset.readAll(dataset.ids)
    const finds = () => fake.asked.filter(({ name }) => name === 'images:find').length
    const before = finds()
    fake.images.set(1, { ...fake.images.get(1)!, tags: ['panel'] })
    for (let i = 0; i < 5; i++) fake.emit('project:changed', { projectId: 1, what: 'images' })
    await settle(260)
    expect(finds() - before).toBe(2)
    expect(dataset.rows.get(1)?.tags).toEqual(['panel'])
  })
})
