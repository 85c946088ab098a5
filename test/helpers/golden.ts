import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Folder of the reference values, beside the repository. */
export const goldenFolder = resolve(process.cwd(), '../shared/golden')

/** Whether a folder of reference values is there; says so aloud where it is not. */
export function hasGolden(name: string): boolean {
  const found = existsSync(resolve(goldenFolder, name))
  if (!found) console.warn(`SKIPPED: the reference values ../shared/golden/${name} are not there, their tests do not run`)
  return found
}

/** A .json of reference values, or what describes a .bin. */
export function goldenJson<T = Record<string, unknown>>(path: string): T {
  return JSON.parse(readFileSync(resolve(goldenFolder, path), 'utf8')) as T
}

type Typed = Float32Array | Int32Array | Uint8Array | Uint16Array
interface Entry { readonly name?: string; readonly shape: number[]; readonly dtype: string; readonly offset?: number }
export interface GoldenArray<T extends Typed = Typed> { readonly shape: number[]; readonly data: T }

/** One array from NAME.bin and NAME.json. */
export function goldenArray<T extends Typed = Float32Array>(path: string): GoldenArray<T> {
  const entry = goldenJson<Entry>(path.replace(/\.bin$/, '') + '.json')
  return { shape: entry.shape, data: typed(readBytes(path), entry) as T }
}

/** All arrays of a file that holds many, by name. */
export function goldenArrays(path: string): Record<string, GoldenArray> {
  const bytes = readBytes(path)
  const { tensors } = goldenJson<{ tensors: Entry[] }>(path.replace(/\.bin$/, '') + '.json')
  return Object.fromEntries(tensors.map((entry) => [entry.name, { shape: entry.shape, data: typed(bytes, entry) }]))
}

function readBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(resolve(goldenFolder, path.replace(/(\.bin)?$/, '.bin'))))
}

function typed(bytes: Uint8Array<ArrayBuffer>, { shape, dtype, offset = 0 }: Entry): Typed {
  const count = shape.reduce((a, b) => a * b, 1)
  switch (dtype) {
    case 'float32': return new Float32Array(bytes.buffer, offset, count)
    case 'int32': return new Int32Array(bytes.buffer, offset, count)
    case 'uint16': return new Uint16Array(bytes.buffer, offset, count)
    case 'uint8': return new Uint8Array(bytes.buffer, offset, count)
    default: throw new RangeError(`expected a known dtype, got ${dtype}`)
  }
}
