import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openCodec } from '../../main/core/image/codec.ts'
import { random } from '../../main/core/random.ts'
import { preparePart, renderPart } from '../../main/core/render/render.ts'
import { floorNames, floors, type FloorName } from './floors.ts'
import { photoSize, takePhoto } from './photo.ts'
import { looks } from './looks.ts'
import { model, toStl, workpieceNames, type WorkpieceName } from './workpieces.ts'

/** Makes the sample line from code alone, the same at every run: `node resources/sample/make.ts [FOLDER]`. */

const seed = 'sample line 1'
const rendersEach = 40
const photosEach = 14
const emptyOnes = 8
const severalEach = 4
/** Of each workpiece on each floor, so many photos with truth. */
const truthEach = 3

const out = process.argv[2] ?? dirname(fileURLToPath(import.meta.url))
const codec = await openCodec()
const meshes = Object.fromEntries(workpieceNames.map((name) => [name, model(name)])) as Record<WorkpieceName, ReturnType<typeof model>>
const tags: Record<string, string[]> = {}

for (const folder of ['renders', 'photos', 'truth', 'cad']) rmSync(join(out, folder), { recursive: true, force: true })
makeRenders()
for (const group of floorNames) {
  for (const name of workpieceNames) for (let i = 0; i < photosEach; i++) photograph(group, name, i, [name])
  for (let i = 0; i < severalEach; i++) photograph(group, 'several', i, random(seed, group, 'several', i).shuffle(workpieceNames).slice(0, 2))
  for (let i = 0; i < emptyOnes; i++) photograph(group, 'empty', i, [])
}
save('tags.json', json(tags))
save('classes.json', json(Object.fromEntries(workpieceNames.map((name, i) => [i + 1, name]))))
codec.close()

function makeRenders(): void {
  for (const name of workpieceNames) {
    save(`cad/${name}.stl`, toStl(meshes[name], `Maskwright sample line: ${name}, mm`))
    const part = preparePart(meshes[name])
    for (let i = 0; i < rendersEach; i++) {
      const pose = i % 3 === 0 ? 'sphere' : 'resting'
      const options = { width: 160, height: 120, antialias: 3, look: 'plain', pose, fill: [0.45, 0.9], shift: 0.4 } as const
      const { image, mask } = renderPart(part, options, random(seed, 'render', name, i))
      save(`renders/${name}/${number(i)}.jpg`, codec.encodeJpeg(image, 90))
      save(`renders/${name}/${number(i)}_mask.png`, codec.encodePng({ ...mask, data: mask.data.map((label) => (label ? 255 : 0)) }))
    }
  }
}

function photograph(group: FloorName, folder: string, i: number, names: readonly WorkpieceName[]): void {
  const path = `${group}/${folder}/${number(i)}`
  const rng = random(seed, 'photo', path)
  const parts = names.map((name) => ({ mesh: meshes[name], label: workpieceNames.indexOf(name) + 1, material: looks[name] }))
  const { image, mask } = takePhoto(parts, floors[group](rng), rng)
  save(`photos/${path}.jpg`, codec.encodeJpeg(image, 85))
  tags[`${path}.jpg`] = [...names]
  if (names.length === 1 && i < truthEach) save(`truth/${path}.png`, codec.encodePng(mask))
  const share = mask.data.filter((label) => label > 0).length / (photoSize.width * photoSize.height)
  console.log(`${path}  ${names.join(' + ') || 'empty'}  ${(100 * share).toFixed(1)} %`)
}

function number(i: number): string {
  return String(i).padStart(3, '0')
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`)
}

function save(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(out, path)), { recursive: true })
  writeFileSync(join(out, path), bytes)
}
