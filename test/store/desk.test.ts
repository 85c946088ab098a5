import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDesk } from '../../main/store/desk.ts'
import { openHints } from '../../main/store/hints.ts'
import { openImportIssues } from '../../main/store/import-issues.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import { openRunNotes } from '../../main/store/run-notes.ts'
import { openWorkpieceBin } from '../../main/store/workpiece-bin.ts'
import { presets } from '../../preload/contract/settings.ts'

let dir: string
let store: Store

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'maskwright-desk-'))
  store = openStore(join(dir, 'line.maskwright'), { create: true })
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

let serial = 0
function add(kind: 'render' | 'photo', name: string, tags: string[] = []): number {
  const workpieceIds = tags.map((tag) => store.workpieces.ensure(tag).id)
  const sha256 = store.blobs.put(new TextEncoder().encode(`${kind} ${name} ${serial++}`))
  return store.images.add({ kind, name, group: name.split('/')[0], width: 2, height: 2, sha256, workpieceIds })
}

describe('desk', () => {
  it('finds by kind, workpiece, state, group and text', () => {
    const gear = add('photo', 'plain/b.jpg', ['gear'])
    const cap = add('photo', 'wood/A.jpg', ['cap'])
    const empty = add('photo', 'wood/empty.jpg')
    const unknown = add('photo', 'wood/new.jpg')
    const render = add('render', 'gear/0.png', ['gear'])
    const desk = openDesk(store)
    desk.tag([unknown], null)
    expect(desk.find({}, 'added')).toEqual([gear, cap, empty, unknown, render])
    expect(desk.find({ kind: 'photo' }, 'name')).toEqual([gear, cap, empty, unknown])
    expect(desk.find({ workpiece: 'gear' }, 'added')).toEqual([gear, render])
    expect(desk.find({ state: 'untagged' }, 'added')).toEqual([unknown])
    expect(desk.find({ state: 'background' }, 'added')).toEqual([empty])
    expect(desk.find({ group: 'wood', text: 'a.J' }, 'added')).toEqual([cap])
    expect(desk.read([cap, 999, unknown]).map(({ id, tagged, tags }) => ({ id, tagged, tags }))).toEqual([
      { id: cap, tagged: true, tags: ['cap'] }, { id: unknown, tagged: false, tags: [] },
    ])
    expect(desk.counts()).toEqual({ photos: 4, renders: 1, untagged: 1, background: 1, truth: 0, rejected: 0, binned: 0 })
  })

  it('keeps untagged photos out of training and its hash', () => {
    const before = store.inputHash()
    const photo = add('photo', 'new.jpg')
    const desk = openDesk(store)
    desk.tag([photo], null)
    expect(store.images.list({ trainable: true })).toEqual([])
    expect(store.inputHash()).toBe(before)
    desk.tag([photo], [])
    expect(store.images.list({ trainable: true }).map(({ id }) => id)).toEqual([photo])
  })

  it('shows binned pictures only when asked', () => {
    const photo = add('photo', 'a.jpg')
    store.images.remove([photo])
    const desk = openDesk(store)
    expect(desk.find({}, 'added')).toEqual([])
    expect(desk.find({ state: 'binned' }, 'added')).toEqual([photo])
    expect(desk.counts()).toMatchObject({ photos: 0, binned: 1 })
  })

  it('remembers who was accepted', () => {
    const [a, b] = [add('photo', 'a.jpg'), add('photo', 'b.jpg')]
    const desk = openDesk(store)
    desk.accept([a, b, 999], true)
    desk.accept([b], false)
    expect([...desk.accepted()]).toEqual([a])
  })
})

describe('workpiece bin', () => {
  it('takes tags and renders away and brings both back', () => {
    const both = add('photo', 'both.jpg', ['gear', 'cap'])
    const one = add('photo', 'one.jpg', ['gear'])
    const render = add('render', 'gear/0.png', ['gear'])
    const gear = store.workpieces.find('gear')!
    const bin = openWorkpieceBin(store)
    bin.remove(gear.id)
    const desk = openDesk(store)
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['cap'])
    expect(desk.read([both, one]).map(({ tags, tagged }) => ({ tags, tagged }))).toEqual([{ tags: ['cap'], tagged: true }, { tags: [], tagged: false }])
    expect(store.images.list({ kind: 'render' })).toEqual([])
    bin.restore(gear.id)
    expect(store.workpieces.find('gear')).toEqual({ ...gear })
    expect(desk.read([both, one]).map(({ tags, tagged }) => ({ tags, tagged }))).toEqual([{ tags: ['gear', 'cap'], tagged: true }, { tags: ['gear'], tagged: true }])
    expect(store.images.list({ kind: 'render' }).map(({ id }) => id)).toEqual([render])
  })

  it('never gives the class of a binned workpiece to another, and refuses a taken name', () => {
    const gear = store.workpieces.ensure('gear')
    const bin = openWorkpieceBin(store)
    bin.remove(gear.id)
    expect(store.workpieces.ensure('gear')).toMatchObject({ id: gear.id + 1, classIndex: 2 })
    expect(() => bin.restore(gear.id)).toThrow('already is another workpiece called gear')
    expect(() => bin.remove(99)).toThrow('no workpiece 99')
  })
})

describe('hints', () => {
  it('keeps, counts and forgets them', () => {
    const photo = add('photo', 'a.jpg')
    const hints = openHints(store)
    expect(hints.get(photo)).toBeNull()
    expect(hints.save(photo, { width: 2, height: 2, data: Uint8Array.of(255, 1, 0, 255) })).toBe(2)
    expect(hints.count()).toEqual({ photos: 1, pixels: 2 })
    expect(Array.from(hints.get(photo)!.data)).toEqual([255, 1, 0, 255])
    expect(hints.save(photo, { width: 2, height: 2, data: new Uint8Array(4).fill(255) })).toBe(0)
    expect(hints.count()).toEqual({ photos: 0, pixels: 0 })
  })

  it('gives them to runs that were started with hints alone', () => {
    const photo = add('photo', 'a.jpg')
    const hints = openHints(store)
    const notes = openRunNotes(store)
    hints.save(photo, { width: 1, height: 1, data: Uint8Array.of(1) })
    const run = () => store.runs.create({ preset: 'maskwright', seed: 1, device: '', settings: presets.maskwright, inputHash: '' })
    const [plain, hinted] = [run(), run()]
    notes.create(plain, { device: 'auto', useHints: false, hints: hints.count() })
    notes.create(hinted, { device: 'auto', useHints: true, hints: hints.count() })
    expect(hints.ofRun(plain, photo)).toBeNull()
    expect(hints.ofRun(hinted, photo)?.data[0]).toBe(1)
    expect(notes.get(plain)).toMatchObject({ useHints: false, hints: { photos: 0, pixels: 0 }, failure: null })
    expect(notes.get(hinted)).toMatchObject({ useHints: true, hints: { photos: 1, pixels: 1 } })
  })
})

describe('import issues', () => {
  it('lists the newest first, each file and code once', () => {
    const issues = openImportIssues(store)
    const issue = (file: string, code = 'image-unreadable') => ({ file, code, message: 'm', advice: 'a' })
    issues.add([issue('a.jpg'), issue('b.jpg')])
    issues.add([issue('a.jpg'), issue('c.jpg', 'mask-size')])
    expect(issues.list().map(({ file }) => file)).toEqual(['c.jpg', 'a.jpg', 'b.jpg'])
    issues.addDuplicates(2)
    issues.addDuplicates(5)
    expect(issues.counts()).toEqual({ issues: 3, duplicates: 7 })
    issues.clear()
    expect(issues.counts()).toEqual({ issues: 0, duplicates: 0 })
    expect(issues.list()).toEqual([])
  })
})
