import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bench, verify } from '../../main/cli/bundle-commands.ts'
import { exportModel as exportCommand } from '../../main/cli/model-commands.ts'
import { openModel } from '../../main/core/engine/export-graph.ts'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { encodeModel } from '../../main/core/onnx/model.ts'
import { exportModel } from '../../main/steps/export-model.ts'
import { lookingAs, wholeModel, type Form } from '../../main/steps/export-model/build.ts'
import { sha256 } from '../../main/steps/export-model/card.ts'
import { disagreementLimits, faults } from '../../main/steps/export-model/gate.ts'
import { compare } from '../../main/steps/export-model/parity.ts'
import { prepareRun } from '../../main/steps/prepare-run.ts'
import { verifyBundle } from '../../main/steps/verify-bundle.ts'
import { runOnce, withRun } from '../../main/wire.ts'
import { presets } from '../../preload/contract/settings.ts'
import { onnxChecker, pythonWith } from '../helpers/python.ts'
import { tinyProject, tinySettings, writeTinyLine } from '../helpers/tiny-line.ts'

const float32: Form = { precision: 'float32', looks: 'all', batch: 1, size: 'dynamic' }
const hooks = { signal: new AbortController().signal, onProgress: () => undefined }
const quiet = { threads: 1, report: async () => undefined }

let codec: Codec
let root: string
let project: string
let runId: number
/** One whole export; tests that alter one take a copy. */
let bundle: string

const at = (...path: string[]) => join(root, ...path)
const withTiny = <T>(work: Parameters<typeof withRun<T>>[2]) => withRun<T>({ project, runId, device: 'cpu', threads: 1 }, hooks, work)
const write = (dir: string, form: Form = float32, round = 2) => withTiny((run) => exportModel(run, round, dir, form))

beforeAll(async () => {
  codec = await openCodec()
  root = mkdtempSync(join(tmpdir(), 'maskwright-export-'))
  const line = writeTinyLine(codec)
  project = at('tiny.maskwright')
  const store = await tinyProject(codec, line.dir, project)
  runId = prepareRun(store, { preset: 'maskwright', settings: { ...presets.maskwright, ...tinySettings } }).id
  store.close()
  await runOnce({ project, runId, device: 'cpu', threads: 1 }, hooks)
  line.remove()
  bundle = at('bundle')
  await write(bundle)
}, 300_000)
afterAll(() => {
  codec.close()
  rmSync(root, { recursive: true, force: true })
})

const copyOf = (name: string) => {
  cpSync(bundle, at(name), { recursive: true })
  return at(name)
}

describe('an exported folder', () => {
  it('holds model, card, labels, samples, programs and sums, and nothing else appears beside it', async () => {
    expect(readdirSync(bundle).sort()).toEqual(['SHA256SUMS', 'consumers', 'labels.json', 'model-card.html', 'model-card.json', 'model.onnx', 'samples'])
    expect(readdirSync(join(bundle, 'samples')).length).toBe(8)
    expect(readdirSync(root).filter((name) => name.startsWith('.'))).toEqual([])
    expect((await verifyBundle(bundle, codec, quiet)).filter(({ ok }) => !ok)).toEqual([])
  })

  it('has a card that tells classes, input, lineage, labels used, metrics and parity', () => {
    const card = JSON.parse(readFileSync(join(bundle, 'model-card.json'), 'utf8')) as Record<string, never>
    expect(card).toMatchObject({
      format: 'maskwright-model-2', project: 'tiny', precision: 'float32', looks: 'all',
      classes: [{ index: 0, name: 'background', colour: null }, { index: 1, name: 'bar', colour: '#e69f00' }, { index: 2, name: 'disc', colour: '#56b4e9' }],
      input: { name: 'image', type: 'uint8', shape: [1, 'H', 'W', 3], colour: 'RGB' },
      model: { opset: 17, operators: 'standard', sha256: sha256(readFileSync(join(bundle, 'model.onnx'))) },
      lineage: { round: 2, rounds: 2, preset: 'maskwright', seed: 1 },
      labelsUsed: { photos: 0, pixels: 0 }, parity: { photos: 11 }, weights: { start: 'drawn at random by the seed' },
    })
    expect(Object.keys((card.metrics as { perWorkpiece: object }).perWorkpiece)).toEqual(['bar', 'disc'])
    const html = readFileSync(join(bundle, 'model-card.html'), 'utf8')
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).not.toMatch(/<script|(?:src|href)="(?!data:)/)
    for (const words of ['tiny', '#56b4e9', 'Labels painted by hand: none', 'uint8 [1, H, W, 3]', sha256(readFileSync(join(bundle, 'model.onnx')))]) expect(html).toContain(words)
  })

  it('looks once at a photo where asked, and claims no figures of the averaged network', async () => {
    const dir = at('one-look')
    const { why, parity } = await write(dir, { ...float32, looks: 'one' })
    expect(why).toEqual([])
    const card = JSON.parse(readFileSync(join(dir, 'model-card.json'), 'utf8')) as { looks: string; metrics: unknown; lineage: { settings: Record<string, unknown> } }
    expect([card.looks, card.metrics, card.lineage.settings['predict.modelFlips']]).toEqual(['one', null, 4])
    expect(parity.miou!.written).toBeCloseTo(parity.miou!.trained, 2)
    expect((await verifyBundle(dir, codec, quiet)).filter(({ ok }) => !ok)).toEqual([])
    const convolutions = await withTiny(async (run) => (['all', 'one'] as const).map((looks) => wholeModel(lookingAs(run, looks), 2, float32).nodes.filter(({ type }) => type === 'Conv').length))
    expect(convolutions[0]).toBe(4 * convolutions[1])
  })

  it('takes the place of an earlier export, and of nothing else', async () => {
    const dir = copyOf('earlier')
    writeFileSync(join(dir, 'left-over.txt'), 'x')
    await write(dir, float32, 1)
    expect(existsSync(join(dir, 'left-over.txt'))).toBe(false)
    expect(JSON.parse(readFileSync(join(dir, 'model-card.json'), 'utf8'))).toMatchObject({ lineage: { round: 1 } })
    mkdirSync(at('mine'))
    writeFileSync(at('mine', 'notes.txt'), 'mine')
    await expect(write(at('mine'))).rejects.toMatchObject({ data: { code: 'already-exists' } })
    await expect(write(at('mine', 'notes.txt'))).rejects.toMatchObject({ data: { code: 'already-exists' } })
    expect(readdirSync(at('mine'))).toEqual(['notes.txt'])
  })

  it.each([
    { precision: 'float16', looks: 'all', batch: 'dynamic', size: 'dynamic' }, { precision: 'float32', looks: 'all', batch: 2, size: { width: 32, height: 24 } },
  ] satisfies Form[])('is whole in other forms: $precision, batch $batch', async (form) => {
    const dir = at(`form-${form.precision}`)
    expect((await write(dir, form)).why).toEqual([])
    expect((await verifyBundle(dir, codec, quiet)).filter(({ ok }) => !ok)).toEqual([])
    const model = await openModel(readFileSync(join(dir, 'model.onnx')), { threads: 1 })
    expect(model).toMatchObject({ batch: form.batch === 'dynamic' ? null : form.batch, size: form.size === 'dynamic' ? null : form.size })
    const { labels } = await model.predict(codec.decodeRgb(readFileSync(join(bundle, 'samples/1.png'))))
    expect([labels.width, labels.height]).toEqual([64, 48])
    await model.dispose()
  })

  const python = pythonWith('onnx')
  it.skipIf(!python)('passes the checker of ONNX', async () => {
    for (const form of [float32, { precision: 'float32', looks: 'all', batch: 'dynamic', size: { width: 64, height: 48 } }, { precision: 'float16', looks: 'all', batch: 'dynamic', size: 'dynamic' }] satisfies Form[]) {
      const dir = at('checked')
      await write(dir, form)
      expect(onnxChecker(python!, join(dir, 'model.onnx'))).toBe('')
    }
  })

  it('gives the same masks to its Node program, with nothing but onnxruntime beside it', () => {
    const dir = copyOf('clean')
    mkdirSync(join(dir, 'node_modules'))
    symlinkSync(resolve('node_modules/onnxruntime-node'), join(dir, 'node_modules/onnxruntime-node'), 'junction')
    const run = (...words: string[]) => spawnSync(process.execPath, [join(dir, 'consumers/node/run.mjs'), ...words], { encoding: 'utf8' })
    const { stdout, stderr, status } = run()
    expect(stderr).toBe('')
    expect(stdout.match(/0\.0000 % of the pixels differ/g)?.length).toBe(4)
    expect(status).toBe(0)
    expect(run(join(dir, 'samples/1.png'), join(dir, 'samples/2_mask.png')).status).toBe(1)
  })

  const runtime = pythonWith('onnxruntime')
  it.skipIf(!runtime)('gives the same masks to its Python program', () => {
    const { stdout, status } = spawnSync(runtime!, [join(copyOf('python'), 'consumers/python/run.py')], { encoding: 'utf8' })
    expect(stdout.match(/0\.0000% of the pixels differ/g)?.length).toBe(4)
    expect(status).toBe(0)
  })
})

describe('the gate', () => {
  it('refuses a file that is not what was trained, naming the photos', async () => {
    const why = await withTiny(async (run) => {
      const other = encodeModel(wholeModel(run, 1, float32))
      const parity = await compare(run, 2, other, float32, disagreementLimits.float32)
      expect(parity.photos).toBe(11)
      expect(parity.differing.length).toBeGreaterThan(0)
      expect(parity.differing.map(({ disagreement }) => disagreement)).toEqual(parity.differing.map(({ disagreement }) => disagreement).sort((a, b) => b - a))
      return faults(float32, parity, { bytes: 1, wholeBytes: 1, ms: 1, wholeMs: 1 })
    })
    expect(why[0]).toMatch(/differs from the trained network on .* % of the pixels of 11 photos/)
  })

  it('refuses int8 of a network so narrow that its scales outweigh the gain; nothing is written and an earlier export stays', async () => {
    const dir = copyOf('kept')
    const before = readFileSync(join(dir, 'SHA256SUMS'), 'utf8')
    const { why } = await write(dir, { ...float32, precision: 'int8' })
    expect(why.join(' ')).toMatch(/It weighs \d\d\.\d % of the float32 model, not a quarter/)
    expect(readFileSync(join(dir, 'SHA256SUMS'), 'utf8')).toBe(before)
    await expect(exportCommand([project, '--out', at('never'), '--precision', 'int8'])).rejects.toMatchObject({ data: { code: 'export-refused' } })
    expect(existsSync(at('never'))).toBe(false)
  })

  it('refuses words that are no form', async () => {
    for (const words of [['--batch', '0'], ['--batch', 'many'], ['--size', '640'], ['--size', '8x8'], ['--precision', 'int4']])
      await expect(exportCommand([project, '--out', at('never'), ...words]), words.join(' ')).rejects.toMatchObject({ data: { code: 'invalid-input' } })
  })
})

describe('verify', () => {
  const failing = async (dir: string) => (await verifyBundle(dir, codec, quiet)).filter(({ ok }) => !ok)
  /** Writes a file of a bundle and mends the sums, as someone would who knows of them. */
  const forge = (dir: string, name: string, content: string | Uint8Array) => {
    const sums = readFileSync(join(dir, 'SHA256SUMS'), 'utf8').replace(sha256(readFileSync(join(dir, name))), sha256(content))
    writeFileSync(join(dir, name), content)
    writeFileSync(join(dir, 'SHA256SUMS'), sums)
  }

  it.each(['model.onnx', 'model-card.json', 'model-card.html', 'labels.json', 'samples/1.png', 'samples/2_mask.png', 'consumers/node/run.mjs'])('tells that %s was altered', async (name) => {
    const dir = copyOf(`altered-${name.replaceAll('/', '-')}`)
    appendFileSync(join(dir, name), ' ')
    expect(await failing(dir)).toContainEqual({ name, ok: false, detail: 'was altered: its SHA-256 is not the one in SHA256SUMS' })
    const { data, text, failed } = await verify([dir])
    expect(failed).toBe(true)
    expect(data).toMatchObject({ ok: false })
    expect(text).toMatch(/FAILED {2}\S+ was altered[\s\S]*Do not use it\.$/)
  })

  it('tells what was taken away', async () => {
    const dir = copyOf('taken')
    rmSync(join(dir, 'samples/1.png'))
    rmSync(join(dir, 'labels.json'))
    expect((await failing(dir)).map(({ name, detail }) => `${name} ${detail}`)).toEqual([
      'labels.json is missing', 'samples/1.png is missing', 'labels.json does not agree with the classes in model-card.json', 'samples/1.png it or its mask is missing',
    ])
    rmSync(join(dir, 'SHA256SUMS'))
    expect((await failing(dir))[0].name).toBe('SHA256SUMS')
    await expect(verify([at('mine')])).rejects.toMatchObject({ data: { code: 'model-unreadable' } })
  })

  it('tells another model, other labels, another lineage and another mask even where the sums were mended', async () => {
    const dir = copyOf('forged')
    const other = at('other')
    await write(other, float32, 1)
    forge(dir, 'model.onnx', readFileSync(join(other, 'model.onnx')))
    expect((await failing(dir)).map(({ detail }) => detail)).toEqual(expect.arrayContaining(['does not agree with the hash of model.onnx', 'does not agree with project, run, round and classes within model.onnx']))
    const second = copyOf('forged-2')
    forge(second, 'labels.json', JSON.stringify({ 0: 'background', 1: 'disc', 2: 'bar' }))
    forge(second, 'model-card.json', readFileSync(join(second, 'model-card.json'), 'utf8').replace('"round": 2', '"round": 7'))
    forge(second, 'samples/1_mask.png', codec.encodePng({ width: 64, height: 48, data: new Uint8Array(64 * 48).fill(2) }))
    expect((await failing(second)).map(({ name }) => name)).toEqual(['model-card.json', 'labels.json', 'samples/1.png'])
  })

  it('does not leave the folder, and reads broken files as such', async () => {
    const dir = copyOf('broken')
    writeFileSync(join(dir, 'SHA256SUMS'), `${sha256('x')}  ../tiny.maskwright/project.db\n${sha256('x')}  /etc/hostname\n`)
    expect((await failing(dir)).filter(({ detail }) => detail === 'is missing').map(({ name }) => name)).toEqual(['../tiny.maskwright/project.db', '/etc/hostname'])
    writeFileSync(join(dir, 'model.onnx'), 'no model')
    writeFileSync(join(dir, 'model-card.json'), '{')
    writeFileSync(join(dir, 'SHA256SUMS'), 'no sums')
    expect((await failing(dir)).map(({ name }) => name)).toEqual(['SHA256SUMS', 'model-card.json'])
  })
})

describe('bench', () => {
  it('measures every choice in a process of its own', async () => {
    const { data, text } = await bench([bundle, '--threads', '1,2', '--size', '64x48', '--seconds', '1'], () => undefined)
    const { rows } = data as { rows: { threads: number; p50: number; p95: number; p99: number; perSecond: number; memory: number }[] }
    expect(rows.map(({ threads }) => threads)).toEqual([1, 2])
    for (const { p50, p95, p99, perSecond, memory } of rows) {
      expect(p50 > 0 && p95 >= p50 && p99 >= p95 && perSecond > 0).toBe(true)
      expect(memory).toBeGreaterThan(10e6)
    }
    expect(text.split('\n')[0]).toMatch(/device.*threads.*batch.*p50 ms.*p95 ms.*p99 ms.*photos\/s.*memory MB/)
  })
  it('says what cannot be had', async () => {
    await expect(bench([bundle, '--batch', '3', '--seconds', '1'], () => undefined)).rejects.toMatchObject({ data: { code: 'device-unavailable' } })
    await expect(bench([bundle, '--threads', 'all'], () => undefined)).rejects.toMatchObject({ data: { code: 'invalid-input' } })
    await expect(bench([join(bundle, 'labels.json')], () => undefined)).rejects.toMatchObject({ data: { code: 'model-unreadable' } })
  })
})
