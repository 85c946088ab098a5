import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { ImportIssue, ImportResult } from '../../preload/contract/model.ts'
import type { CadReading, RenderSettings } from '../../preload/contract/render-set.ts'
import type { Codec } from '../core/image/codec.ts'
import { renderDefaults, type Part, type RenderOptions } from '../core/render/render.ts'
import type { Store } from '../store/index.ts'
import { cadIssues, openCad, readCad, readingOf, unitIssue } from './cad-file.ts'
import type { ImportOptions } from './import-folder.ts'
import { renderAll } from './render-pool.ts'
import { changedSettings, optionsOf, readMaps, sceneOf } from './render-set.ts'
import type { RenderAnswer } from './render-worker.ts'

export interface RenderCadOptions extends ImportOptions {
  /** Name of the workpiece, made when there is none; the file's name where it is not given. Parts of a file bear their own names behind it. */
  readonly workpiece?: string
  /** Renders wanted of each part. */
  readonly count: number
  readonly seed: number
  /** How the file is to be taken. */
  readonly reading?: CadReading
  readonly settings?: Partial<RenderSettings>
  /** Folder for a mask of each thing apart: WORKPIECE/NAME_instances.png. */
  readonly instances?: string
  /** Worker threads; without, one for every processor core. */
  readonly threads?: number
  /** Options of the renderer that settings do not hold. */
  readonly render?: Partial<Omit<RenderOptions, 'label' | 'environments'>>
}

const batch = 16
const quality = 92

/**
 * Step: CAD files -> renders with exact masks. What the same file, seed, settings and number gave before is skipped, so a job that was
 * cut short goes on. Where several parts may share a picture, they are drawn from all the files.
 *
 * @throws AppError mesh-unreadable, mesh-too-large or too-few-photos; nothing is stored then.
 */
export async function renderCad(store: Store, codec: Codec, files: readonly string[], options: RenderCadOptions): Promise<ImportResult> {
  const { count, seed, settings = {}, instances } = options
  const render = { ...optionsOf(store, settings), ...options.render }
  const scene = sceneOf(store, codec, settings, { ...renderDefaults, ...render })
  const maps = readMaps(settings['light.map'] ?? '')
  const sources: Source[] = []
  for (const file of files) sources.push(await readSource(file, options, render.distance !== undefined))
  const parts = sources.flatMap((source) => source.parts)
  const workpieces = parts.map(({ name }) => store.workpieces.ensure(name))
  const things = parts.map(({ part, name }, i) => ({ part, label: workpieces[i].classIndex, name }))
  const among = scene && scene.parts > 1 ? sources.map(({ version }) => version) : []
  const versions = sources.flatMap(({ version, parts: own }) => own.map(() => (among.length > 1 ? digest(version, ...among) : version)))
  const nameOf = (thing: number, number: number) => `${parts[thing].name}/${versions[thing]}-${seed}-${String(number).padStart(4, '0')}`
  const instancesOf = (name: string) => join(instances!, `${name}_instances.png`)

  const wishes = things.flatMap((_, thing) => Array.from({ length: count }, (_, number) => ({ thing, number })))
  const missing = wishes.filter(({ thing, number }) => {
    const name = nameOf(thing, number)
    return store.images.findByName('render', `${name}.jpg`).length === 0 || (instances !== undefined && !existsSync(instancesOf(name)))
  })
  const skipped = wishes.length - missing.length
  const result = { added: 0, duplicates: skipped, issues: sources.flatMap(({ issues }) => issues) }

  let rows: (() => boolean)[] = []
  const flush = () => {
    const batchOfRows = rows
    rows = []
    store.transaction(() => {
      for (const write of batchOfRows) if (write()) result.added++
      else result.duplicates++
    })
  }
  const keep = async ({ thing, number }: { thing: number; number: number }, answer: RenderAnswer, done: number) => {
    const { image: { width, height }, mask } = answer
    const name = nameOf(thing, number)
    const sha256 = store.blobs.put(codec.encodeJpeg(answer.image, quality))
    const maskSha = store.blobs.putLabels(mask)
    if (instances !== undefined) save(instancesOf(name), codec.encodePng(answer.instances))
    const seen = new Set(mask.data)
    const workpieceIds = workpieces.filter(({ classIndex }, i) => i === thing || seen.has(classIndex)).map(({ id }) => id)
    const row = { kind: 'render', name: `${name}.jpg`, group: parts[thing].name, width, height, sha256, workpieceIds } as const
    rows.push(() => store.images.take(row, (imageId) => store.masks.save(imageId, maskSha)))
    if (rows.length >= batch) flush()
    await options.report?.({ step: 'render-cad', done: skipped + done, total: wishes.length, unit: 'renders' })
  }
  try {
    await renderAll({ things, options: render, seed, scene, maps }, missing, options, keep)
  } finally {
    flush()
  }
  return result
}

/** A CAD file, read: its parts as workpieces, and what is to be told of it. */
interface Source {
  readonly parts: readonly { readonly part: Part; readonly name: string }[]
  readonly version: string
  readonly issues: readonly ImportIssue[]
}

async function readSource(file: string, options: RenderCadOptions, measured: boolean): Promise<Source> {
  const { reading = {}, settings = {}, workpiece } = options
  const bytes = await readCad(file)
  const cad = await openCad(file, bytes, { parts: reading.parts ?? 'one', want: 'part' }, options)
  const taken = readingOf(cad, reading)
  const names = namesOf(cad.parts.map(({ name }) => name), workpiece, file)
  return {
    parts: cad.parts.map(({ part }, i) => ({ part: { ...part!, millimetres: taken.millimetres, up: taken.up }, name: names[i] })),
    version: versionOf(bytes, settings, reading),
    issues: [
      ...cad.parts.flatMap(({ name, facts }) => cadIssues(file, cad.parts.length > 1 ? name : '', facts, taken.unit, reading.scale)),
      ...(measured && cad.unitFrom === 'guess' && !reading.unit ? [unitIssue(file, cad.whole, taken.unit)] : []),
    ],
  }
}

/** Names of the workpieces of a file, each once. */
function namesOf(parts: readonly string[], workpiece: string | undefined, file: string): string[] {
  const whole = workpiece ?? basename(file, extname(file))
  if (parts.length === 1) return [whole]
  const used = new Set<string>()
  return parts.map((part, i) => {
    // eslint-disable-next-line no-control-regex
    const own = part.replace(/[\\/\u0000-\u001f]+/g, ' ').trim() || `part ${i + 1}`
    const name = (workpiece === undefined ? own : `${workpiece} ${own}`).slice(0, 190)
    let free = name
    for (let again = 2; used.has(free); again++) free = `${name} ${again}`
    used.add(free)
    return free
  })
}

/** Stands for the file and what its renders look like in their names. */
function versionOf(bytes: Uint8Array, settings: Partial<RenderSettings>, { unit, up, scale }: CadReading): string {
  const changed = changedSettings(settings)
  return Object.keys(changed).length > 0 ? digest(bytes, JSON.stringify([changed, unit, up, scale])) : digest(bytes)
}

function digest(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 8)
}

function save(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}
