import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCodec } from '../../main/core/image/codec.ts'
import { cadContent } from '../../main/steps/cad-content.ts'
import { cadIssues, openCad, readCad, readingOf } from '../../main/steps/cad-file.ts'
import { renderCad } from '../../main/steps/render-cad.ts'
import { openStore } from '../../main/store/index.ts'

/** Files that come with the reader. */
const samples = resolve('node_modules/occt-import-js/test/testfiles')
const cube = join(samples, 'cube-units/cube-in.step')
const iges = join(samples, 'cube-10x10mm/Cube 10x10.igs')
const assembly = join(samples, 'cax-if/dm1-oc-214.stp')
const wedge = 'v 0 0 0\nv 40 0 0\nv 0 30 0\nv 0 0 20\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'cad-file-')) })
afterAll(() => rmSync(folder, { recursive: true }))

const open = async (file: string, parts: 'one' | 'each' = 'one') => openCad(file, await readCad(file), { parts, want: 'facts' })
function put(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

describe('a CAD file', () => {
  it('of STEP is measured in millimetres, whatever it was drawn in', async () => {
    const { format, unit, unitFrom, drawnIn, up, solids, parts } = await open(cube)
    expect({ format, unit, unitFrom, drawnIn, up, solids }).toEqual({ format: 'step', unit: 'mm', unitFrom: 'file', drawnIn: 'inch', up: 'z', solids: 1 })
    expect(parts).toMatchObject([{ name: 'Cube', count: 1, facts: { triangles: 12, openEdges: 0 } }])
    for (const side of parts[0].facts.size) expect(side).toBeCloseTo(1000, 3)
    expect(parts[0].facts.volume / 1e9).toBeCloseTo(1, 5)
  })

  it('of IGES is read, also under the name of another kind', async () => {
    const renamed = join(folder, 'cube.stl')
    copyFileSync(iges, renamed)
    for (const file of [iges, renamed]) {
      const { format, parts } = await open(file)
      expect(format).toBe('iges')
      for (const side of parts[0].facts.size) expect(side).toBeCloseTo(10, 4)
    }
  })

  it('with an assembly is one part, or its different parts with their numbers', async () => {
    const each = await open(assembly, 'each')
    expect(each.solids).toBe(7)
    expect(each.parts.map(({ name, count }) => [name, count])).toEqual([['nut', 3], ['bolt', 3], ['l-bracket', 1]])
    const one = await open(assembly)
    expect(one.parts).toHaveLength(1)
    expect(one.whole).toEqual(one.parts[0].facts)
    expect(each.whole).toEqual(one.whole)
  })

  it.each([
    ['units: cm', 40, 'cm', 'file'], ['made by hand', 40, 'mm', 'guess'], ['made by hand', 0.04, 'm', 'guess'], ['made by hand', 1.5, 'inch', 'guess'],
  ])('of OBJ with "%s" and %d long is taken as %s', async (comment, length, unit, unitFrom) => {
    const file = put('part.obj', `# ${comment}\n${wedge.replace('v 40 0 0', `v ${length} 0 0`).replace('30', String(length / 2)).replace('20', String(length / 2))}`)
    expect(await open(file)).toMatchObject({ unit, unitFrom })
  })

  it('is taken as asked rather than as guessed', () => {
    expect(readingOf({ unit: 'mm', up: 'z' }, {})).toEqual({ unit: 'mm', millimetres: 1, up: [0, 0, 1] })
    expect(readingOf({ unit: 'mm', up: 'z' }, { unit: 'inch', up: '-y', scale: 2 })).toEqual({ unit: 'inch', millimetres: 50.8, up: [0, -1, 0] })
  })
})

describe('what is wrong with a CAD file is said', () => {
  const cut = () => put('cut.step', readFileSync(cube).subarray(0, 9000))
  const damaged = () => put('damaged.step', readFileSync(cube, 'latin1').replace('HEADER;', ''))
  const stl = (facets: number, held: number) => {
    const bytes = new Uint8Array(84 + 50 * held)
    new DataView(bytes.buffer).setUint32(80, facets, true)
    return bytes
  }
  it.each<[string, () => string, RegExp]>([
    ['a STEP file without its end', cut, /STEP file is cut short/],
    ['a damaged STEP file', damaged, /STEP file is damaged/],
    ['an STL file without its end', () => put('cut.stl', stl(10, 4)), /cut short: it holds 4 of 10 triangles/],
    ['a photo', () => put('photo.step', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)), /no CAD file but a JPEG picture/],
    ['a letter', () => put('letter.stl', 'Dear customer, please find the part below. '.repeat(9)), /no STL file/],
    ['another STEP', () => put('words.step', 'ISO is a fine standard'), /no STEP file, whatever its name says/],
    ['an empty file', () => put('empty.ply', ''), /it is empty/],
    ['an OBJ file of points', () => put('points.obj', 'v 0 0 0\nv 1 0 0\n'), /corners but no face/],
    ['a kind that is not read', () => put('part.prt', 'x'), /its kind \(prt\) is not read/],
    ['a folder', () => { mkdirSync(join(folder, 'part.stl'), { recursive: true }); return join(folder, 'part.stl') }, /it is a folder/],
  ])('%s', async (_, make, why) => {
    const file = make()
    const error = await open(file).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ data: { code: 'mesh-unreadable', subject: file } })
    expect((error as Error).message).toMatch(why)
  })

  it('one of more than 200 MB', async () => {
    const file = put('large.stl', 'solid')
    truncateSync(file, 200_000_001)
    await expect(readCad(file)).rejects.toMatchObject({ data: { code: 'mesh-too-large' } })
  })

  it('one on which the reader hangs, or that is given up', async () => {
    const bytes = await readCad(assembly)
    const job = { parts: 'one', want: 'facts' } as const
    await expect(openCad(assembly, bytes, job, { limitSeconds: 0.001 })).rejects.toThrow(/longer than 0.001 seconds/)
    const stop = new AbortController()
    const reading = openCad(assembly, bytes, job, { signal: stop.signal })
    stop.abort()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('open and flat ones, which are rendered all the same', async () => {
    const { parts: [{ facts: opened }] } = await open(put('open.obj', wedge.split('\n').slice(0, -2).join('\n')))
    expect(opened.openEdges).toBe(3)
    expect(cadIssues('open.obj', '', opened, 'mm')).toMatchObject([{ code: 'mesh-open', file: 'open.obj' }])
    const { parts: [{ facts: flat }] } = await open(put('flat.obj', 'v 0 0 0\nv 9 0 0\nv 0 9 0\nf 1 2 3\n'))
    expect(cadIssues('flat.obj', '', flat, 'mm')).toMatchObject([{ code: 'mesh-flat' }])
    const { parts: [{ facts: whole }] } = await open(put('whole.obj', wedge))
    expect(whole).toEqual({ triangles: 4, size: [40, 30, 20], openEdges: 0, volume: 4000 })
    expect(cadIssues('whole.obj', '', whole, 'mm')).toEqual([])
  })
})

it('is shown with meshes to turn and a still picture of each part', async () => {
  const codec = await openCodec()
  const { unit, unitFrom, solids, parts } = await cadContent(codec, assembly, { parts: 'each', unit: 'cm' })
  expect({ unit, unitFrom, solids }).toEqual({ unit: 'cm', unitFrom: 'asked', solids: 7 })
  for (const { indices, positions, triangles, still } of parts) {
    expect(Buffer.from(indices, 'base64').length).toBe(12 * triangles)
    expect(Buffer.from(positions, 'base64').length % 12).toBe(0)
    const picture = codec.decodeRgb(Buffer.from(still.split(',')[1], 'base64'))
    expect([picture.width, picture.height]).toEqual([320, 240])
  }
  expect(parts[2].size[2]).toBeCloseTo(600, 1)
  codec.close()
})

it('makes a workpiece of every part, some together in one picture, with a mask of each apart', async () => {
  const codec = await openCodec()
  const store = openStore(join(folder, 'line.maskwright'), { create: true })
  const settings = { 'render.width': 64, 'render.height': 48, 'render.background': 'drawn', 'scene.parts': 3, 'scene.distractors': 2 } as const
  const options = { count: 2, seed: 1, threads: 2, reading: { parts: 'each' }, settings, instances: join(folder, 'apart') } as const
  expect(await renderCad(store, codec, [assembly], options)).toEqual({ added: 6, duplicates: 0, issues: [] })
  expect(store.workpieces.list().map(({ name }) => name)).toEqual(['nut', 'bolt', 'l-bracket'])
  const renders = store.images.list({ kind: 'render' })
  for (const { id, name, group, tags } of renders) {
    const mask = store.masks.ofRender(id)
    const apart = codec.decodeIndex(readFileSync(join(folder, 'apart', name.replace('.jpg', '_instances.png'))))
    const shown = store.workpieces.list().filter(({ classIndex }) => mask.data.includes(classIndex)).map((workpiece) => workpiece.name)
    expect(tags).toEqual(shown)
    expect(tags).toContain(group)
    expect(apart.data.map((number) => Math.min(1, number))).toEqual(mask.data.map((label) => Math.min(1, label)))
  }
  expect(renders.some(({ tags }) => tags.length > 1)).toBe(true)
  expect(await renderCad(store, codec, [assembly], options)).toMatchObject({ added: 0, duplicates: 6 })
  expect(await renderCad(store, codec, [assembly], { ...options, settings: { ...settings, 'camera.noise': 4 } })).toMatchObject({ added: 6, duplicates: 0 })
  await expect(renderCad(store, codec, [assembly], { ...options, settings: { 'render.background': 'photos' } })).rejects.toMatchObject({ data: { code: 'too-few-photos' } })
  store.close()
  codec.close()
})

it('draws workpieces of several files into one picture, as large as their files say or all alike', async () => {
  const codec = await openCodec()
  const files = [put('large.obj', wedge), put('small.obj', wedge.replace(/\b([234])0\b/g, '$1'))]
  const smallest = async (sizes: 'true' | 'alike') => {
    const store = openStore(join(folder, `${sizes}.maskwright`), { create: true })
    const settings = { 'render.width': 64, 'render.height': 48, 'scene.parts': 4, 'scene.sizes': sizes } as const
    expect(await renderCad(store, codec, files, { count: 4, seed: 1, threads: 2, settings })).toMatchObject({ added: 8 })
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['large', 'small'])
    const shares = store.images.list({ kind: 'render' }).filter(({ group }) => group === 'large').map(({ id }) => {
      const { data } = store.masks.ofRender(id)
      return data.filter((label) => label === 2).length / data.filter((label) => label === 1).length
    })
    store.close()
    return Math.max(...shares)
  }
  expect(await smallest('alike')).toBeGreaterThan(0.1)
  expect(await smallest('true')).toBeLessThan(0.02)
  codec.close()
})
