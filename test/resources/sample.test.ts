import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { random } from '../../main/core/random.ts'
import { loadMesh } from '../../main/core/render/load-mesh.ts'
import { floorNames, floors } from '../../resources/sample/floors.ts'
import { model, toStl, workpieceNames } from '../../resources/sample/workpieces.ts'

const root = resolve('resources/sample')
const read = (path: string) => readFileSync(join(root, path))
const list = (folder: string) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')).sort()
const tags = JSON.parse(read('tags.json').toString()) as Record<string, string[]>
const classes = JSON.parse(read('classes.json').toString()) as Record<string, string>
let codec: Codec
beforeAll(async () => {
  codec = await openCodec()
})
afterAll(() => codec.close())

test('every photo is tagged with workpieces that there are', () => {
  expect(Object.keys(tags).sort()).toEqual(list('photos').filter((path) => path.endsWith('.jpg')))
  expect(Object.values(classes)).toEqual(workpieceNames)
  for (const names of Object.values(tags)) for (const name of names) expect(workpieceNames).toContain(name)
  expect(Object.values(tags).filter((names) => names.length === 0).length).toBe(24)
  expect(Object.values(tags).filter((names) => names.length === 2).length).toBe(12)
})

test('truth shows what the tag says, over 5 to 25 per cent of the photo', () => {
  const truths = list('truth').filter((path) => path.endsWith('.png'))
  expect(truths.length).toBe(27)
  for (const path of truths) {
    const mask = codec.decodeIndex(read(`truth/${path}`))
    const photo = codec.decodeRgb(read(`photos/${path.replace('.png', '.jpg')}`))
    expect([mask.width, mask.height]).toEqual([photo.width, photo.height])
    const [name] = tags[path.replace('.png', '.jpg')]
    expect([...new Set(mask.data)].filter((label) => label > 0).map((label) => classes[label])).toEqual([name])
    const share = mask.data.filter((label) => label > 0).length / mask.data.length
    expect(share).toBeGreaterThan(0.05)
    expect(share).toBeLessThan(0.25)
  }
})

test('every render has a mask of its size that shows the workpiece whole', () => {
  for (const name of workpieceNames) {
    const files = list(`renders/${name}`)
    expect(files.length).toBe(80)
    for (const file of files.filter((path) => path.endsWith('.jpg'))) {
      const image = codec.decodeRgb(read(`renders/${name}/${file}`))
      const mask = codec.decodeIndex(read(`renders/${name}/${file.replace('.jpg', '_mask.png')}`))
      expect([mask.width, mask.height]).toEqual([image.width, image.height])
      expect(mask.data.filter((label) => label > 0).length).toBeGreaterThan(300)
    }
  }
})

test.each(workpieceNames)('the CAD file of the %s is what the code models', (name) => {
  const mesh = model(name)
  expect(Buffer.compare(toStl(mesh, `Maskwright sample line: ${name}, mm`), read(`cad/${name}.stl`))).toBe(0)
  expect(loadMesh(read(`cad/${name}.stl`), 'stl').positions.length).toBe(mesh.positions.length)
})

test.each(floorNames)('a %s table has a sound material everywhere', (name) => {
  for (let seed = 0; seed < 6; seed++) {
    const floor = floors[name](random('floor', seed))
    const rng = random('place', seed)
    for (let n = 0; n < 500; n++) {
      const { colour, metal, roughness } = floor.material(rng.between(-300, 300), rng.between(-300, 300))
      for (const value of [...colour, metal, roughness]) expect(value >= 0 && value <= 1.5).toBe(true)
    }
  }
})
