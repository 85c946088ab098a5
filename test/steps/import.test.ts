import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/error.ts'
import type { ImportResult } from '../../preload/contract/model.ts'
import { openCodec } from '../../main/core/image/codec.ts'
import type { Codec } from '../../main/core/image/codec.ts'
import { importAny, importPhoto, importPhotos, importRenders, importTruth } from '../../main/steps/import-images.ts'
import { openStore } from '../../main/store/index.ts'
import type { Store } from '../../main/store/index.ts'
import { openTruth } from '../../main/store/truth.ts'
import { greyPng, openPainter, png } from '../core/image/picture-files.ts'
import type { Painter, PaintForm } from '../core/image/picture-files.ts'

let codec: Codec
let painter: Painter
let root: string
let dir: string
let store: Store
beforeAll(async () => {
  codec = await openCodec()
  painter = await openPainter()
})
afterAll(() => codec.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-import-'))
  dir = join(root, 'in')
  mkdirSync(dir)
  store = openStore(join(root, 'p.maskwright'), { create: true })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true, force: true })
})

function put(name: string, content: Uint8Array | string | object): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true })
  const isJson = typeof content === 'object' && !(content instanceof Uint8Array)
  writeFileSync(join(dir, name), isJson ? JSON.stringify(content) : content)
}
let serial = 0
/** A picture of 4 x 3 pixels, no two alike. */
function picture(suffix = '.png', form: PaintForm = {}, width = 4, height = 3): Uint8Array {
  const tint = ++serial
  return painter.paint(width, height, (x) => [tint % 256, (tint * 40) % 256, x * 20], suffix, form)
}
const mask = greyPng([[0, 0, 0, 0], [0, 255, 1, 0], [0, 0, 0, 0]])
const codes = (result: ImportResult) => result.issues.map(({ code, file }) => `${code} ${file}`)
async function troubleOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof AppError) return error.data.code
    throw error
  }
  return 'none'
}

describe('importRenders', () => {
  it('takes pictures with masks, the folder being the workpiece', async () => {
    put('nut/0.png', picture())
    put('nut/0_mask.png', mask)
    put('bolt/side/0.jpg', picture('.jpg'))
    put('bolt/side/0_mask.png', mask)
    expect(await importRenders(store, codec, dir)).toEqual({ added: 2, duplicates: 0, issues: [] })
    expect(store.workpieces.list().map(({ name, classIndex, renders }) => [name, classIndex, renders])).toEqual([['bolt', 1, 1], ['nut', 2, 1]])
    const nut = store.images.list({ tag: 'nut' })[0]
    expect(nut).toMatchObject({ kind: 'render', name: 'nut/0.png', group: 'nut', width: 4, height: 3 })
    expect([...store.masks.ofRender(nut.id).data]).toEqual([0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0])
  })

  it('takes masks of class indices where classes.json names them', async () => {
    put('classes.json', { 0: 'background', 3: 'gear', 7: 'cap', 9: 'ignore' })
    put('all/0.png', picture())
    put('all/0_mask.png', greyPng([[0, 3, 7, 9], [255, 0, 0, 0], [0, 0, 0, 0]]))
    put('1.png', picture())
    put('1_mask.png', greyPng([[0, 7, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    put('2.png', picture())
    put('2_mask.png', greyPng([[0, 8, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    const result = await importRenders(store, codec, dir)
    expect(result.added).toBe(2)
    expect(codes(result)).toEqual(['mask-unreadable 2_mask.png'])
    expect(result.issues[0].message).toContain('class index 8')
    const byName = new Map(store.images.list().map((row) => [row.name, row]))
    expect(byName.get('all/0.png')?.tags).toEqual(['gear', 'cap'])
    expect(byName.get('1.png')?.tags).toEqual(['cap'])
    expect([...store.masks.ofRender(byName.get('all/0.png')?.id ?? 0).data.subarray(0, 5)]).toEqual([0, 1, 2, 255, 255])
  })

  it('says of each bad file what, where and what to do, and takes the rest', async () => {
    put('nut/good.png', picture())
    put('nut/good_mask.png', mask)
    put('nut/alone.png', picture())
    put('nut/empty.png', picture())
    put('nut/empty_mask.png', greyPng([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    put('nut/small.png', picture())
    put('nut/small_mask.png', greyPng([[1, 1], [1, 1]]))
    put('nut/broken.png', picture())
    put('nut/broken_mask.png', mask.slice(0, 40))
    put('nut/corrupt.jpg', picture('.jpg', {}, 64, 64).slice(0, 300))
    put('nut/corrupt_mask.png', mask)
    put('nut/left_mask.png', mask)
    put('outside.png', picture())
    put('outside_mask.png', mask)
    const result = await importRenders(store, codec, dir)
    expect(result.added).toBe(1)
    expect(codes(result).sort()).toEqual([
      'image-unreadable nut/corrupt.jpg', 'invalid-input outside.png', 'mask-empty nut/empty_mask.png', 'mask-missing nut/alone.png',
      'mask-size nut/small_mask.png', 'mask-unreadable nut/broken_mask.png', 'not-found nut/left_mask.png',
    ])
    expect(result.issues.find(({ code }) => code === 'mask-size')).toEqual({
      code: 'mask-size', file: 'nut/small_mask.png', message: 'The mask nut/small_mask.png is 2 x 2, its picture 4 x 3.',
      advice: 'Make both the same size, pixel on pixel.',
    })
    expect(result.issues.every(({ advice }) => advice.length > 10)).toBe(true)
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['nut'])
  })

  it('skips what is in already and brings back what was binned, with its new mask', async () => {
    put('nut/0.png', picture())
    put('nut/0_mask.png', mask)
    await importRenders(store, codec, dir)
    expect(await importRenders(store, codec, dir)).toEqual({ added: 0, duplicates: 1, issues: [] })
    store.images.remove([1])
    put('nut/0_mask.png', greyPng([[9, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    expect((await importRenders(store, codec, dir)).added).toBe(1)
    expect([...store.masks.ofRender(1).data.subarray(0, 4)]).toEqual([1, 0, 0, 0])
  })

  it('refuses a folder that is missing, empty, or has an unreadable classes.json', async () => {
    expect(await troubleOf(importRenders(store, codec, join(root, 'nowhere')))).toBe('folder-missing')
    put('notes.txt', 'nothing to see')
    expect(await troubleOf(importRenders(store, codec, dir))).toBe('folder-empty')
    expect(await troubleOf(importRenders(store, codec, join(dir, 'notes.txt')))).toBe('folder-missing')
    put('nut/0.png', picture())
    for (const bad of ['{', '[]', '{"300": "nut"}', '{"1": 5}']) {
      put('classes.json', bad)
      expect(await troubleOf(importRenders(store, codec, dir))).toBe('classes-unreadable')
    }
  })
})

describe('importPhotos', () => {
  it('takes tags from folders', async () => {
    put('gear/0.jpg', picture('.jpg'))
    put('wood/gear/1.jpg', picture('.jpg'))
    put('wood/empty/2.jpg', picture('.jpg'))
    put('3.jpg', picture('.jpg'))
    const result = await importPhotos(store, codec, dir)
    expect(result).toMatchObject({ added: 4, duplicates: 0 })
    expect(store.images.list().map(({ name, group, tags, tagged }) => [name, group, tags.join(), tagged])).toEqual([
      ['3.jpg', '', '', false], ['gear/0.jpg', 'gear', 'gear', true], ['wood/empty/2.jpg', 'wood', '', true], ['wood/gear/1.jpg', 'wood', 'gear', true],
    ])
    expect(store.images.count({ trainable: true })).toBe(3)
  })

  it('takes tags from a list whose paths count from the folder, or from the list', async () => {
    put('photos/a/0.jpg', picture('.jpg'))
    put('photos/a/1.jpg', picture('.jpg'))
    put('photos/b/2.jpg', picture('.jpg'))
    put('photos/b/3.jpg', picture('.jpg'))
    put('tags.json', { 'a/0.jpg': ['gear', 'cap'], 'photos/a/1.jpg': [], 'b\\2.jpg': ['cap', 'cap'], 'b/9.jpg': [] })
    put('photos/groups.json', { 'a/0.jpg': 'bright' })
    const result = await importPhotos(store, codec, join(dir, 'photos'), { tags: join(dir, 'tags.json') })
    expect(result.added).toBe(4)
    expect(store.images.list().map(({ name, group, tags, tagged }) => [name, group, tags.join(), tagged])).toEqual([
      ['a/0.jpg', 'bright', 'gear,cap', true], ['a/1.jpg', 'a', '', true], ['b/2.jpg', 'b', 'cap', true], ['b/3.jpg', 'b', '', false],
    ])
    expect(codes(result)).toEqual(['tags-unreadable b/3.jpg', 'not-found b/9.jpg', 'tag-without-renders cap', 'tag-without-renders gear'])
  })

  it('gives a photo that came in untagged the tags of a later list, and does not overrule a person', async () => {
    put('0.jpg', picture('.jpg'))
    put('1.jpg', picture('.jpg'))
    store.workpieces.ensure('cap')
    await importPhotos(store, codec, dir)
    store.images.setTags([2], ['cap'])
    put('tags.json', { '0.jpg': ['gear'], '1.jpg': ['gear'] })
    const result = await importPhotos(store, codec, dir)
    expect(result).toMatchObject({ added: 0, duplicates: 1 })
    expect(codes(result)).toEqual(['already-exists 1.jpg', 'tag-without-renders gear'])
    expect(store.images.list().map(({ tags }) => tags)).toEqual([['gear'], ['cap']])
  })

  it('refuses a list it cannot read', async () => {
    put('0.jpg', picture('.jpg'))
    for (const bad of ['{"0.jpg": ["gear"', '{"0.jpg": "gear"}', '{"0.jpg": [1]}', '{"0.jpg": [""]}']) {
      put('tags.json', bad)
      expect(await troubleOf(importPhotos(store, codec, dir))).toBe('tags-unreadable')
    }
    expect(await troubleOf(importPhotos(store, codec, dir, { tags: join(root, 'nowhere.json') }))).toBe('tags-unreadable')
  })

  it('takes 16 bits, grey, CMYK and turned photos', async () => {
    put('gear/16.png', png({ colourType: 2, bitDepth: 16, width: 1, rows: [[1, 2, 3, 4, 5, 6]] }))
    put('gear/grey.png', greyPng([[1, 2, 3]]))
    put('gear/cmyk.jpg', picture('.jpg', { space: 'cmyk' }, 8, 8))
    put('gear/turned.jpg', picture('.jpg', { orientation: 6 }, 20, 10))
    expect((await importPhotos(store, codec, dir)).added).toBe(4)
    expect(store.images.list().map(({ name, width, height }) => [name, width, height]))
      .toEqual([['gear/16.png', 1, 1], ['gear/cmyk.jpg', 8, 8], ['gear/grey.png', 3, 1], ['gear/turned.jpg', 10, 20]])
  })

  it('says which files it could not read and takes the rest', async () => {
    put('gear/good.jpg', picture('.jpg'))
    put('gear/empty.jpg', '')
    put('gear/text.jpg', 'no picture')
    put('gear/cut.jpg', picture('.jpg', {}, 64, 64).slice(0, 400))
    put('gear/cut.png', picture('.png').slice(0, 60))
    put('gear/raw.CR2', 'raw')
    put('gear/Thumbs.db', 'x')
    put('gear/._good.jpg', 'x')
    put('.hidden/a.jpg', picture('.jpg'))
    const result = await importPhotos(store, codec, dir)
    expect(result.added).toBe(1)
    expect(codes(result).sort()).toEqual([
      'image-unreadable gear/cut.jpg', 'image-unreadable gear/cut.png', 'image-unreadable gear/empty.jpg', 'image-unreadable gear/raw.CR2',
      'image-unreadable gear/text.jpg', 'tag-without-renders gear',
    ])
  })

  it('counts the same bytes twice as a duplicate', async () => {
    const bytes = picture('.jpg')
    put('gear/0.jpg', bytes)
    put('gear/1.jpg', bytes)
    expect(await importPhotos(store, codec, dir)).toMatchObject({ added: 1, duplicates: 1 })
    expect(await importPhotos(store, codec, dir)).toMatchObject({ added: 0, duplicates: 2 })
  })

  it('follows no link out of the folder', async () => {
    writeFileSync(join(root, 'secret.jpg'), picture('.jpg'))
    put('gear/0.jpg', picture('.jpg'))
    symlinkSync(join(root, 'secret.jpg'), join(dir, 'gear', 'link.jpg'))
    symlinkSync(join(root, 'nothing.jpg'), join(dir, 'gear', 'dead.jpg'))
    symlinkSync(root, join(dir, 'up'))
    const result = await importPhotos(store, codec, dir)
    expect(result.added).toBe(1)
    expect(codes(result)).toEqual(expect.arrayContaining(['invalid-input gear/dead.jpg', 'invalid-input gear/link.jpg']))
  })

  it('reports every file and keeps what was read when it is stopped', async () => {
    for (let i = 0; i < 5; i++) put(`gear/${i}.png`, picture())
    const abort = new AbortController()
    const seen: number[] = []
    const report = ({ step, done, total, unit }: { step: string; done: number; total: number; unit: string }) => {
      expect([step, total, unit]).toEqual(['import', 5, 'files'])
      seen.push(done)
      if (done === 3) abort.abort()
    }
    await expect(importPhotos(store, codec, dir, { signal: abort.signal, report })).rejects.toThrow('abort')
    expect(seen).toEqual([1, 2, 3])
    expect(store.images.count()).toBe(3)
    expect(await importPhotos(store, codec, dir)).toMatchObject({ added: 2, duplicates: 3 })
  })

  it('goes on after a kill without doubles', async () => {
    for (let i = 0; i < 40; i++) put(`gear/${i}.png`, picture())
    const body = `
      import { openCodec } from ${JSON.stringify(resolve('main/core/image/codec.ts'))}
      import { importPhotos } from ${JSON.stringify(resolve('main/steps/import-images.ts'))}
      import { openStore } from ${JSON.stringify(resolve('main/store/index.ts'))}
      const report = ({ done }) => { if (done === 36) process.kill(process.pid, 'SIGKILL') }
      await importPhotos(openStore(${JSON.stringify(store.dir)}), await openCodec(), ${JSON.stringify(dir)}, { report })`
    writeFileSync(join(root, 'import.mjs'), body)
    expect(spawnSync(process.execPath, [join(root, 'import.mjs')]).signal).toBe('SIGKILL')
    expect(store.images.count()).toBe(32)
    expect(await importPhotos(store, codec, dir)).toMatchObject({ added: 8, duplicates: 32 })
    expect(store.images.count()).toBe(40)
  })
})

describe('importTruth', () => {
  beforeEach(async () => {
    put('photos/plain/gear/0.png', picture())
    put('photos/plain/gear/1.png', picture())
    put('photos/plain/cap/2.png', picture())
    await importPhotos(store, codec, join(dir, 'photos'))
    put('classes.json', { 1: 'gear', 2: 'cap', 3: 'ring', 4: 'void' })
  })

  it('reads class indices by name and takes the photo out of training', async () => {
    put('truth/plain/gear/0.png', greyPng([[0, 1, 2, 4], [255, 3, 0, 0], [0, 0, 0, 0]]))
    put('truth/plain/cap/2_mask.png', greyPng([[0, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    const result = await importTruth(store, codec, join(dir, 'truth'))
    expect(result.added).toBe(2)
    expect(codes(result)).toEqual(['not-found ring'])
    const photo = store.images.findByName('photo', 'plain/gear/0.png')[0]
    const index = (name: string) => store.workpieces.find(name)?.classIndex ?? -1
    expect([...openTruth(store).labels(photo.id).data.subarray(0, 6)]).toEqual([0, index('gear'), index('cap'), 255, 255, 0])
    expect(store.images.list({ trainable: true }).map(({ name }) => name)).toEqual(['plain/gear/1.png'])
    expect(store.workpieces.find('ring')).toBeNull()
    expect(await importTruth(store, codec, join(dir, 'truth'))).toMatchObject({ added: 0, duplicates: 2 })
  })

  it('says which masks have no photo, another size or unknown values', async () => {
    put('truth/plain/gear/9.png', greyPng([[1]]))
    put('truth/plain/gear/0.png', greyPng([[1]]))
    put('truth/plain/gear/1.png', greyPng([[1, 9, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    put('truth/plain/cap/2.png', 'no picture')
    const result = await importTruth(store, codec, join(dir, 'truth'))
    expect(result.added).toBe(0)
    expect(codes(result).sort()).toEqual([
      'mask-size plain/gear/0.png', 'mask-unreadable plain/cap/2.png', 'mask-unreadable plain/gear/1.png', 'truth-without-photo plain/gear/9.png',
    ])
    expect(openTruth(store).list()).toEqual([])
  })

  it('wants a classes.json', async () => {
    rmSync(join(dir, 'classes.json'))
    put('truth/plain/gear/0.png', greyPng([[0]]))
    expect(await troubleOf(importTruth(store, codec, join(dir, 'truth')))).toBe('classes-unreadable')
  })
})

describe('importPhoto and importAny', () => {
  it('takes a photo by its bytes', async () => {
    const photo = { name: 'snap.jpg', group: 'camera', tags: ['gear'], bytes: picture('.jpg') }
    expect(await importPhoto(store, codec, photo)).toEqual({ imageId: 1, duplicate: false, issue: null })
    expect(await importPhoto(store, codec, photo)).toEqual({ imageId: 1, duplicate: true, issue: null })
    expect(await importPhoto(store, codec, { ...photo, tags: null, bytes: picture('.jpg') })).toMatchObject({ imageId: 2, duplicate: false })
    expect(store.images.list().map(({ tags, tagged }) => [tags.join(), tagged])).toEqual([['gear', true], ['', false]])
    const bad = await importPhoto(store, codec, { ...photo, bytes: new TextEncoder().encode('no picture') })
    expect([bad.imageId, bad.issue?.code]).toEqual([null, 'image-unreadable'])
  })

  it('tells renders, photos and truth apart in one folder', async () => {
    put('renders/gear/0.png', picture())
    put('renders/gear/0_mask.png', mask)
    put('photos/a.png', picture())
    put('tags.json', { 'a.png': ['gear'] })
    put('classes.json', { 1: 'gear' })
    put('truth/a.png', greyPng([[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    expect(await importAny(store, codec, [dir], { kind: 'auto', tags: null })).toEqual({ added: 3, duplicates: 0, issues: [] })
    expect(store.workpieces.list().map(({ name, renders, photos, truths }) => [name, renders, photos, truths])).toEqual([['gear', 1, 1, 1]])
  })

  it('takes single files as photos and pairs as renders', async () => {
    put('loose/a.png', picture())
    put('cad/gear/0.png', picture())
    put('cad/gear/0_mask.png', mask)
    const paths = [join(dir, 'loose', 'a.png'), join(dir, 'cad')]
    expect(await importAny(store, codec, paths, { kind: 'auto', tags: ['gear'] })).toEqual({ added: 2, duplicates: 0, issues: [] })
    expect(store.images.list().map(({ kind, name, group, tags }) => [kind, name, group, tags.join()]))
      .toEqual([['render', 'gear/0.png', 'gear', 'gear'], ['photo', 'a.png', 'loose', 'gear']])
  })

  it('gives all photos of a folder the tags chosen', async () => {
    put('set/cap/a.png', picture())
    put('set/tags.json', { 'cap/a.png': ['cap'] })
    expect((await importAny(store, codec, [join(dir, 'set')], { kind: 'photos', tags: ['gear'] })).added).toBe(1)
    expect(store.images.get(1).tags).toEqual(['gear'])
  })
})

const factory = resolve('../shared/data/factory')
const hasFactory = existsSync(factory)
if (!hasFactory) console.warn('SKIPPED: the factory photos are not at ../shared/data/factory')
describe.skipIf(!hasFactory)('the factory set', () => {
  it('comes in whole, truth apart', async () => {
    expect(await importPhotos(store, codec, join(factory, 'photos'), { tags: join(factory, 'tags.json') })).toMatchObject({ added: 246, duplicates: 0 })
    expect(await importTruth(store, codec, join(factory, 'truth'))).toEqual({ added: 44, duplicates: 0, issues: [] })
    expect(store.images.count({ trainable: true })).toBe(202)
    expect(store.images.count({ tag: null })).toBe(16)
    expect([...new Set(store.images.list().map(({ group }) => group))].sort()).toEqual(['clutter', 'metal', 'plain', 'wood'])
  })
})
