import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const resources = resolve('dist/linux-unpacked/resources')
const packed = existsSync(join(resources, 'app.asar'))
if (!packed) console.warn('SKIPPED: nothing is packed here (npm run dist:dir), so its contents are not looked at.')

interface Entry { readonly files?: Record<string, Entry>; readonly unpacked?: boolean }

/** Paths in an asar archive, and whether each lies beside it: four lengths, then a header in JSON. */
function contentsOf(file: string): Map<string, boolean> {
  const bytes = readFileSync(file)
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as Entry
  const found = new Map<string, boolean>()
  const walk = (entry: Entry, path: string) => {
    for (const [name, inner] of Object.entries(entry.files ?? {})) {
      if (inner.files) walk(inner, `${path}${name}/`)
      else found.set(`${path}${name}`, inner.unpacked === true)
    }
  }
  walk(header, '')
  return found
}

describe.skipIf(!packed)('the packed program', () => {
  const contents = packed ? contentsOf(join(resources, 'app.asar')) : new Map<string, boolean>()
  const paths = [...contents.keys()]

  it('holds what runs', () => {
    for (const path of ['package.json', 'out/main/index.js', 'out/main/desk.js', 'out/main/trainer.js', 'out/main/job.js', 'out/main/pictures.js', 'out/main/worker.js', 'out/preload/index.cjs', 'out/renderer/index.html'])
      expect(paths).toContain(path)
  })

  it('holds no sources, maps, tests or build tools', () => {
    expect(paths.filter((path) => /\.(ts|vue|map|cc|cpp|c|h|gyp)$|^(main|renderer|preload|test|docs|bench)\//.test(path))).toEqual([])
    expect([...new Set(paths.filter((path) => path.startsWith('node_modules/')).map((path) => path.split('/')[1]))].sort())
      .toEqual(['better-sqlite3', 'occt-import-js', 'onnxruntime-common', 'onnxruntime-node', 'wasm-vips'])
  })

  it('holds the binaries of this platform alone, beside the archive', () => {
    const binaries = paths.filter((path) => /\.(node|so(\.\d+)*|dll|dylib|wasm)$/.test(path))
    expect(binaries.length).toBeGreaterThanOrEqual(4)
    expect(binaries.filter((path) => !contents.get(path))).toEqual([])
    expect(binaries.filter((path) => /darwin|win32|arm64|musl/.test(path))).toEqual([])
  })

  it('brings the sample line', () => {
    expect(readdirSync(join(resources, 'sample')).sort()).toEqual(['cad', 'classes.json', 'photos', 'renders', 'tags.json', 'truth'])
  })
})
