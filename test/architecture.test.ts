import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The arrow table of docs/architecture.md: room -> what it may import. Longest room name wins. */
const arrows: Record<string, { own: string[]; packages: RegExp }> = {
  'preload/contract': { own: ['preload/contract'], packages: /^zod$/ },
  'preload/index': { own: ['preload/contract'], packages: /^electron$/ },
  renderer: { own: ['renderer', 'preload/contract'], packages: /^(vue|pinia|vue-i18n|@vueuse\/.*|three.*|uplot)$/ },
  'main/core': { own: ['main/core'], packages: /^(@tensorflow\/tfjs-core.*|@tensorflow\/tfjs-node-gpu|onnxruntime-(node|common)|wasm-vips|three.*|three\/.*|occt-import-js|node:(zlib|util|os|crypto|worker_threads|buffer|module|v8))$/ },
  'main/store': { own: ['main/store', 'main/core', 'preload/contract'], packages: /^(better-sqlite3|node:.*)$/ },
  'main/steps': { own: ['main/steps', 'main/core', 'main/store', 'preload/contract'], packages: /^(zod|node:.*)$/ },
  'main/wire': { own: ['main/steps', 'main/core', 'main/store', 'main/wire', 'preload/contract'], packages: /^node:.*$/ },
  'main/trainer': { own: ['main/port', 'main/wire', 'preload/contract'], packages: /^(zod|node:.*)$/ },
  'main/cli': { own: ['main/cli', 'main/door', 'main/runner', 'main/entries', 'main/wire', 'main/trainer', 'main/job', 'main/steps', 'main/store', 'main/core', 'preload/contract'], packages: /^(zod|node:.*)$/ },
  'main/runner': { own: ['main/runner', 'main/steps', 'main/core', 'preload/contract'], packages: /^(mqtt|zod|node:.*)$/ },
  'main/port': { own: [], packages: /^$/ },
  'main/entries': { own: [], packages: /^node:.*$/ },
  'main/places': { own: [], packages: /^node:.*$/ },
  'main/job': { own: ['main/port', 'main/wire', 'main/steps', 'main/store', 'main/core', 'preload/contract'], packages: /^node:.*$/ },
  'main/pictures': { own: ['main/core/image', 'main/core/threads', 'main/core/wasm-code'], packages: /^node:.*$/ },
  'main/service': {
    own: ['main/service', 'main/entries', 'main/job', 'main/pictures', 'main/trainer', 'main/steps', 'main/store', 'main/core', 'preload/contract'],
    packages: /^(zod|node:.*)$/,
  },
  'main/door': { own: ['main/door', 'main/service', 'main/places', 'preload/contract'], packages: /^(ws|zod|node:.*)$/ },
  'main/start': { own: [], packages: /^node:.*$/ },
  'main/rpc': { own: ['preload/contract'], packages: /^$/ },
  'main/desk': { own: ['main/service', 'main/port', 'main/rpc', 'preload/contract'], packages: /^node:.*$/ },
  'main/app': { own: ['main/app', 'main/service', 'main/desk', 'main/rpc', 'main/entries', 'main/places', 'preload/contract'], packages: /^(electron|zod|node:.*)$/ },
  'main/index': { own: ['main/app'], packages: /^$/ },
}

/** Of the store, core is known by its types alone; so are jobs, which are processes of their own. */
const typeOnly: [string, string][] = [['main/store', 'main/core'], ['main/cli', 'main/job']]

/** Who may read truth: evaluation and what shows or imports it. The training path may not. */
const truthReaders = ['main/steps/evaluate', 'main/steps/report', 'main/steps/import-images', 'main/steps/import-truth', 'main/steps/import-dataset-truth', 'main/steps/export-model', 'main/cli', 'main/service/assets']

interface Import { from: string; to: string; typesOnly: boolean; isPackage: boolean }

const root = resolve(import.meta.dirname, '..')
const files = ['main', 'preload', 'renderer'].flatMap((room) => walk(join(root, room)))

function walk(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    return statSync(path).isDirectory() ? walk(path) : /\.(ts|vue)$/.test(name) ? [path] : []
  })
}

function importsOf(file: string): Import[] {
  const source = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  const pattern = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g
  for (const [, typeWord, fixed, dynamic] of source.matchAll(pattern)) {
    const target = fixed ?? dynamic
    const own = target.startsWith('.')
    found.push({
      from: relative(root, file),
      to: own ? relative(root, resolve(dirname(file), target)) : target,
      typesOnly: Boolean(typeWord),
      isPackage: !own,
    })
  }
  return found
}

const inRoom = (path: string, room: string) => path === room || path.startsWith(`${room}/`) || path.startsWith(`${room}.`)
const roomOf = (path: string) => Object.keys(arrows).filter((room) => inRoom(path, room)).sort((a, b) => b.length - a.length)[0]

describe('the arrows of the house', () => {
  const imports = files.flatMap(importsOf)

  it('reads imports at all', () => {
    expect(files.length).toBeGreaterThan(10)
    expect(imports.some((i) => i.from === 'main/trainer.ts' && i.to === 'main/wire.ts')).toBe(true)
  })

  it('has a room for every file', () => {
    expect(files.map((file) => relative(root, file)).filter((file) => !roomOf(file))).toEqual([])
  })

  it('goes only along the table', () => {
    const forbidden = imports.filter(({ from, to, isPackage }) => {
      const { own, packages } = arrows[roomOf(from)]
      return isPackage ? !packages.test(to) : !/\.(css|json|svg)$/.test(to) && !own.some((room) => inRoom(to, room))
    })
    expect(forbidden.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  it('takes types only where the table says so', () => {
    const broken = imports.filter((i) => !i.typesOnly && typeOnly.some(([a, b]) => inRoom(i.from, a) && inRoom(i.to, b)))
    expect(broken.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  it('keeps truth out of the training path', () => {
    const readers = imports.filter((i) => inRoom(i.to, 'main/store/truth') && !truthReaders.some((room) => inRoom(i.from, room)))
    expect(readers.map(({ from }) => from)).toEqual([])
  })
})
