import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packArray, unpackArray } from '../../main/store/arrays.ts'
import { openStore } from '../../main/store/index.ts'
import type { Store } from '../../main/store/index.ts'
import { openTruth } from '../../main/store/truth.ts'

let dir: string
let store: Store
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'maskwright-blobs-')), 'p.maskwright')
  store = openStore(dir, { create: true })
})
afterEach(() => {
  store.close()
  rmSync(join(dir, '..'), { recursive: true, force: true })
})
const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('blobs', () => {
  it('names bytes by their SHA-256', () => {
    const sha = store.blobs.put(bytesOf('abc'))
    expect(sha).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(store.blobs.path(sha)).toBe(join(dir, 'blobs', 'ba', sha))
    expect(new TextDecoder().decode(store.blobs.get(sha))).toBe('abc')
    expect(store.blobs.put(bytesOf('abc'))).toBe(sha)
    expect(store.blobs.has(sha)).toBe(true)
    expect(store.blobs.has('0'.repeat(64))).toBe(false)
  })

  it('leaves nothing aside', () => {
    store.blobs.put(bytesOf('abc'))
    expect(readdirSync(join(dir, 'blobs', 'unfinished'))).toEqual([])
  })

  it('notices files that are gone or changed', () => {
    const sha = store.blobs.put(bytesOf('abc'))
    writeFileSync(store.blobs.path(sha), 'abd')
    expect(() => store.blobs.get(sha)).toThrow('is damaged')
    rmSync(store.blobs.path(sha))
    expect(() => store.blobs.get(sha)).toThrow('is missing')
  })

  it('writes a blob anew that a power cut left short', () => {
    const sha = store.blobs.put(bytesOf('abc'))
    writeFileSync(store.blobs.path(sha), '')
    expect(store.blobs.put(bytesOf('abc'))).toBe(sha)
    expect(readFileSync(store.blobs.path(sha), 'utf8')).toBe('abc')
  })

  it('leaves nothing behind when a blob cannot be written', () => {
    writeFileSync(join(dir, 'blobs', 'ba'), 'in the way of the folder')
    expect(() => store.blobs.put(bytesOf('abc'))).toThrow()
    expect(readdirSync(join(dir, 'blobs', 'unfinished'))).toEqual([])
  })

  it('takes no path for a hash', () => {
    expect(() => store.blobs.get('../../etc/passwd')).toThrow(TypeError)
  })

  it('keeps label maps with their size', () => {
    const sha = store.blobs.putLabels({ width: 3, height: 2, data: Uint8Array.of(0, 1, 2, 3, 4, 255) })
    expect(store.blobs.getLabels(sha)).toEqual({ width: 3, height: 2, data: Uint8Array.of(0, 1, 2, 3, 4, 255) })
    expect(() => store.blobs.getLabels(store.blobs.putArray(Float32Array.of(1), [1, 1]))).toThrow('expected a label map')
  })
})

describe('packArray', () => {
  it('reads floats out of bytes that share memory with others', () => {
    const shared = Buffer.alloc(4096, 0xaa)
    const packed = packArray(Float32Array.of(1, 2, 3), [3])
    packed.forEach((byte, i) => (shared[128 + i] = byte))
    expect(unpackArray(shared.subarray(128, 128 + packed.length)).data).toEqual(Float32Array.of(1, 2, 3))
  })

  it('keeps values, type and shape', () => {
    for (const [data, shape] of [
      [Float32Array.of(1.5, -2, NaN, Infinity), [2, 2]], [Int32Array.of(-1, 2 ** 31 - 1, 0), [3]], [Uint8Array.of(7), []], [new Uint8Array(0), [0, 5]],
    ] as const) expect(unpackArray(packArray(data, shape))).toEqual({ data, shape })
  })

  it('reads the values behind an offset of a larger buffer', () => {
    const inner = new Float32Array(new Float32Array([9, 1, 2, 9]).buffer, 4, 2)
    expect(unpackArray(packArray(inner, [2])).data).toEqual(Float32Array.of(1, 2))
  })

  it('is small for label maps', () => {
    expect(packArray(new Uint8Array(640 * 480).fill(3), [480, 640]).length).toBeLessThan(2000)
  })

  it('refuses a shape of another size', () => {
    expect(() => packArray(Uint8Array.of(1, 2), [3])).toThrow(new RangeError('expected 3 values for shape [3], got 2'))
  })

  it('refuses other bytes, cut bytes, and sizes that are not there', () => {
    const packed = packArray(Uint8Array.of(1, 2, 3), [3])
    expect(() => unpackArray(bytesOf('something else'))).toThrow(RangeError)
    expect(() => unpackArray(packed.slice(0, 5))).toThrow(RangeError)
    expect(() => unpackArray(packed.slice(0, packed.length - 2))).toThrow(RangeError)
    const huge = packArray(Float32Array.of(1), [1])
    new DataView(huge.buffer).setUint32(8, 4e9, true)
    expect(() => unpackArray(huge)).toThrow('expected 16000000000 bytes')
  })
})

describe('collect', () => {
  const old = (sha: string) => utimesSync(store.blobs.path(sha), new Date(0), new Date(0))
  const photo = (sha256: string) => store.images.add({ kind: 'photo', name: 'a.jpg', group: 'g', width: 1, height: 1, sha256, workpieceIds: [] })

  it('deletes old blobs that no row names, and nothing else', () => {
    const [kept, truth, loose, young] = ['kept', 'truth', 'loose', 'young'].map((text) => store.blobs.put(bytesOf(text)))
    openTruth(store).save(photo(kept), truth)
    for (const sha of [kept, truth, loose]) old(sha)
    expect(store.collect()).toEqual({ images: 0, blobs: 1, bytes: 5 })
    expect([kept, truth, loose, young].map(store.blobs.has)).toEqual([true, true, false, true])
  })

  it('empties the bin after 30 days', () => {
    const id = photo(store.blobs.put(bytesOf('a')))
    store.images.remove([id])
    const dayMs = 86_400_000
    expect(store.collect(Date.now() + 29 * dayMs).images).toBe(0)
    expect(store.collect(Date.now() + 31 * dayMs)).toEqual({ images: 1, blobs: 1, bytes: 1 })
    expect(() => store.images.get(id)).toThrow('no picture')
  })

  it('frees the blob of an output that is replaced, unless another row names it', () => {
    const run = store.runs.create({ preset: 'paper', seed: 1, device: 'cpu', settings: {} as never, inputHash: '' })
    const [one, two] = ['one', 'two'].map((text) => store.blobs.put(bytesOf(text)))
    store.artifacts.put(run, 'checkpoint', 'a', one)
    store.artifacts.put(run, 'weights', 'a', one)
    store.artifacts.put(run, 'checkpoint', 'a', two)
    expect(store.blobs.has(one)).toBe(true)
    store.artifacts.remove(run, 'weights', 'a')
    expect(store.blobs.has(one)).toBe(false)
    expect(store.artifacts.get(run, 'checkpoint', 'a')).toEqual({ key: 'a', sha: two, meta: null })
  })
})

describe('after a kill', () => {
  const node = process.execPath
  const program = (body: string) => `
    import { openStore } from ${JSON.stringify(resolve('main/store/index.ts'))}
    const store = openStore(${JSON.stringify(dir)})
    ${body}`
  const start = (body: string) => spawn(node, ['--input-type=module', '-e', program(body)], { stdio: ['ignore', 'pipe', 'inherit'] })

  it('a blob without its row is as if it had never been', () => {
    const body = `store.blobs.put(new TextEncoder().encode('half')); process.kill(process.pid, 'SIGKILL')`
    const { signal } = spawnSync(node, ['--input-type=module', '-e', program(body)])
    expect(signal).toBe('SIGKILL')
    store.close()
    store = openStore(dir)
    expect(store.images.count()).toBe(0)
    expect(store.collect(Date.now() + 2 * 86_400_000).blobs).toBe(1)
  })

  it('rows of a transaction that did not end are not there', () => {
    const body = `store.transaction(() => {
      store.images.add({ kind: 'photo', name: 'a', group: 'g', width: 1, height: 1, sha256: 'f'.repeat(64), workpieceIds: [] })
      process.kill(process.pid, 'SIGKILL')
    })`
    expect(spawnSync(node, ['--input-type=module', '-e', program(body)]).signal).toBe('SIGKILL')
    expect(store.images.count()).toBe(0)
  })

  it('files left aside by a dead process are cleaned up, those of a living one stay', () => {
    const aside = join(dir, 'blobs', 'unfinished')
    const dead = spawnSync(node, ['-e', '']).pid
    writeFileSync(join(aside, `${dead}-00`), 'half')
    writeFileSync(join(aside, `${process.pid}-00`), 'half')
    openStore(dir).close()
    expect(readdirSync(aside)).toEqual([`${process.pid}-00`])
  })

  it('the run lock is held while its process lives and free once it is killed', async () => {
    const run = store.runs.create({ preset: 'paper', seed: 1, device: 'cpu', settings: {} as never, inputHash: '' })
    const child = start(`store.lockRun(); store.runs.setState(${run}, 'running'); console.log('locked'); setInterval(() => {}, 1000)`)
    await once(child.stdout, 'data')
    expect(store.isRunning()).toBe(true)
    expect(() => store.lockRun()).toThrow(`process ${child.pid}`)
    store.images.count()
    store.workpieces.ensure('written while another process trains')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(store.isRunning()).toBe(false)
    const free = store.lockRun()
    expect(store.runs.get(run).state).toBe('paused')
    expect(store.isRunning()).toBe(true)
    free()
    free()
    expect(store.isRunning()).toBe(false)
    expect(existsSync(join(dir, 'run.lock'))).toBe(true)
  })

  it('a run starts although others keep asking whether one is under way', async () => {
    store.lockRun()()
    const child = start(`console.log('asking'); for (;;) store.isRunning()`)
    await once(child.stdout, 'data')
    for (let i = 0; i < 20; i++) store.lockRun()()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(store.isRunning()).toBe(false)
  })
})
