import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { watchFolder, type WatchOptions } from '../../main/steps/watch-folder.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import { openPainter, type Painter } from '../core/image/picture-files.ts'

let codec: Codec
let painter: Painter
let root: string
let dir: string
let store: Store
let ending: (() => Promise<ImportResult>) | undefined
let told: ImportIssue[]
beforeAll(async () => {
  codec = await openCodec()
  painter = await openPainter()
})
afterAll(() => codec.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-watch-'))
  dir = join(root, 'in')
  mkdirSync(dir)
  told = []
  store = openStore(join(root, 'p.maskwright'), { create: true })
})
afterEach(async () => {
  await ending?.()
  store.close()
  rmSync(root, { recursive: true, force: true })
})

/** Watches with a short patience; gives the way to end it. */
function watch(options: Partial<WatchOptions> = {}): () => Promise<ImportResult> {
  const stop = new AbortController()
  const done = watchFolder(store, codec, dir, { tags: ['gear'], pollMs: 15, polls: 3, signal: stop.signal, tell: (issue) => told.push(issue), ...options })
  ending = () => {
    stop.abort()
    return done
  }
  return ending
}
const names = () => store.images.list().map(({ name }) => name)
async function until(good: () => boolean): Promise<void> {
  while (!good()) await sleep(5)
}
let serial = 0
const picture = (side = 40) => painter.paint(side, side, (x, y) => [(x * 7 + ++serial) % 256, (y * 3) % 256, serial % 256], '.jpg')
function put(name: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true })
  writeFileSync(join(dir, name), bytes)
}

it('takes what is there and what comes, with its tag, and stops when asked', async () => {
  put('0.jpg', picture())
  const stop = watch()
  await until(() => names().length === 1)
  put('day/1.jpg', picture())
  put('.2.jpg', picture())
  put('3.jpg.part', picture())
  put('notes.txt', picture())
  await until(() => names().length === 2)
  renameSync(join(dir, '3.jpg.part'), join(dir, '3.jpg'))
  await until(() => names().length === 3)
  expect(await stop()).toEqual({ added: 3, duplicates: 0, issues: [] })
  expect(store.images.list().map(({ name, tags }) => [name, tags])).toEqual([['0.jpg', ['gear']], ['day/1.jpg', ['gear']], ['3.jpg', ['gear']]])
})

it('takes tags from folders', async () => {
  put('cap/0.jpg', picture())
  put('wood/empty/1.jpg', picture())
  put('2.jpg', picture())
  const stop = watch({ tags: 'folder' })
  await until(() => names().length === 3)
  await stop()
  expect(Object.fromEntries(store.images.list().map(({ name, tags, tagged }) => [name, tagged ? tags : null]))).toEqual({ 'cap/0.jpg': ['cap'], 'wood/empty/1.jpg': [], '2.jpg': null })
})

it('waits for a slow writer, and where it paused too long takes the file once it is whole', async () => {
  const bytes = picture(200)
  const stop = watch()
  put('slow.jpg', bytes.subarray(0, 500))
  for (let at = 500; at < bytes.length - 1000; at += 100) {
    await sleep(5)
    appendFileSync(join(dir, 'slow.jpg'), bytes.subarray(at, Math.min(bytes.length - 1000, at + 100)))
  }
  expect(names()).toEqual([])
  // It pauses for longer than the patience: what is there is no picture yet, and that is told once.
  await until(() => told.length > 0)
  await sleep(150)
  writeFileSync(join(dir, 'slow.jpg'), bytes)
  await until(() => names().length === 1)
  const result = await stop()
  expect(result.added).toBe(1)
  expect(told.map(({ code, file }) => `${code} ${file}`)).toEqual(['image-unreadable slow.jpg'])
  expect(Buffer.from(store.images.bytes(1)).equals(Buffer.from(bytes))).toBe(true)
})

it('tells a broken file once, started again neither doubles nor overrules a person', async () => {
  put('0.jpg', picture())
  put('1.jpg', picture())
  put('broken.jpg', new TextEncoder().encode('no picture'))
  let stop = watch()
  await until(() => names().length === 2 && told.length === 1)
  await sleep(100)
  await stop()
  expect(told.map(({ file }) => file)).toEqual(['broken.jpg'])
  store.workpieces.ensure('cap')
  store.images.setTags([1], ['cap'])
  store.images.remove([2])
  put('2.jpg', picture())
  stop = watch()
  await until(() => names().includes('2.jpg'))
  expect(await stop()).toMatchObject({ added: 1, duplicates: 2 })
  expect(store.images.list().map(({ name, tags }) => [name, tags])).toEqual([['0.jpg', ['cap']], ['2.jpg', ['gear']]])
})

it('waits for a share that goes away and comes back, and refuses a folder that never was', async () => {
  put('0.jpg', picture())
  const stop = watch()
  await until(() => names().length === 1)
  renameSync(dir, `${dir}-away`)
  await until(() => told.length === 1)
  put('1.jpg', picture())
  await until(() => names().length === 2)
  expect((await stop()).issues.map(({ code }) => code)).toEqual(['folder-missing'])
  await expect(watchFolder(store, codec, join(root, 'nowhere'), { tags: null })).rejects.toMatchObject({ data: { code: 'folder-missing' } })
})
