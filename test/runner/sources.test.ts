import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { openRunner, type Runner } from '../../main/runner/index.ts'
import { boxes, tinyModel } from '../helpers/tiny-model.ts'

const tiny = tinyModel()
let codec: Codec
beforeAll(async () => {
  codec = await openCodec()
})
afterAll(() => {
  codec.close()
  tiny.close()
})
const picture = (...drawn: Parameters<typeof boxes>) => codec.encodePng(boxes(...drawn))
const basics = { model: tiny.model, threads: 1, maxPixels: 10_000, minShare: 0, tolerance: 0, queue: 1 }
const until = async (ready: () => boolean) => {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a hot folder', () => {
  const said: string[] = []
  let runner: Runner | null = null
  let folders = 0
  const make = () => {
    const dir = join(tiny.dir, `in${folders}`)
    mkdirSync(dir)
    return { dir, out: join(tiny.dir, `out${folders++}`) }
  }
  const watch = async (watched: { dir: string; out: string }) => {
    said.length = 0
    runner = await openRunner({ ...basics, watch: watched, say: (line) => said.push(line) })
  }
  afterEach(async () => {
    await runner?.close()
    runner = null
  })
  const json = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> & { instances: { workpiece: string }[]; finishedAtMs: number }

  it('waits for a slow writer', async () => {
    const { dir, out } = make()
    await watch({ dir, out })
    const bytes = picture([2, 3, 5, 4, 'red'])
    const step = Math.ceil(bytes.length / 8)
    for (let at = 0; at < bytes.length; at += step) {
      appendFileSync(join(dir, 'slow.png'), bytes.subarray(at, at + step))
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    await until(() => existsSync(join(out, 'slow.json')))
    expect(json(join(out, 'slow.json'))).toMatchObject({ name: 'slow.png', source: 'watch', instances: [{ workpiece: 'bolt', area: 20 }], verdict: null })
    expect(codec.decodeIndex(readFileSync(join(out, 'slow_mask.png'))).data.filter((label) => label === 1)).toHaveLength(20)
    expect(readdirSync(out).sort()).toEqual(['slow.json', 'slow_mask.png'])
    expect(said.filter((line) => line.startsWith('slow.png'))).toEqual([])
  })

  it('tells what it cannot read, goes on, and tries again once it has changed', async () => {
    const { dir, out } = make()
    writeFileSync(join(dir, 'a.png'), 'no picture')
    writeFileSync(join(dir, 'b.png'), picture([2, 3, 5, 4, 'green']))
    writeFileSync(join(dir, 'notes.txt'), 'not looked at')
    await watch({ dir, out })
    await until(() => existsSync(join(out, 'b.json')))
    expect(json(join(out, 'a.json'))).toMatchObject({ file: { name: 'a.png' }, code: 'image-unreadable' })
    expect(said.filter((line) => line.startsWith('a.png: '))).toHaveLength(1)
    writeFileSync(join(dir, 'a.png'), picture([2, 3, 5, 4, 'red']))
    await until(() => json(join(out, 'a.json')).instances !== undefined)
    expect(readdirSync(out).sort()).toEqual(['a.json', 'a_mask.png', 'b.json', 'b_mask.png'])
  })

  it('does nothing twice, also after a start anew', async () => {
    const { dir, out } = make()
    writeFileSync(join(dir, 'a.png'), picture([2, 3, 5, 4, 'red']))
    writeFileSync(join(dir, 'bad.png'), 'no picture')
    await watch({ dir, out })
    await until(() => existsSync(join(out, 'bad.json')))
    const before = readFileSync(join(out, 'a.json'), 'utf8')
    await runner!.close()
    await watch({ dir, out })
    writeFileSync(join(dir, 'z.png'), picture())
    await until(() => existsSync(join(out, 'z.json')))
    expect(readFileSync(join(out, 'a.json'), 'utf8')).toBe(before)
    expect(said.filter((line) => line.startsWith('bad.png'))).toEqual([])
  })

  it('keeps apart what differs in its ending alone', async () => {
    const { dir, out } = make()
    writeFileSync(join(dir, 'a.jpg'), codec.encodeJpeg(boxes()))
    writeFileSync(join(dir, 'a.png'), picture([2, 3, 5, 4, 'red']))
    await watch({ dir, out })
    await until(() => existsSync(join(out, 'a.png.json')))
    expect(json(join(out, 'a.json'))).toMatchObject({ name: 'a.jpg', instances: [] })
    expect(json(join(out, 'a.png.json'))).toMatchObject({ name: 'a.png', instances: [{ workpiece: 'bolt' }] })
  })

  it('is refused where it is missing, or its own output', async () => {
    const { dir } = make()
    await expect(watch({ dir: join(dir, 'none'), out: dir })).rejects.toMatchObject({ data: { code: 'folder-missing' } })
    await expect(watch({ dir, out: dir })).rejects.toMatchObject({ data: { code: 'invalid-input' } })
  })
})

describe('lines', () => {
  it('are answered in order, one by one, until they end', async () => {
    const file = join(tiny.dir, 'line picture.png')
    writeFileSync(file, picture([2, 3, 5, 4, 'red']))
    const [input, output] = [new PassThrough(), new PassThrough()]
    const runner = await openRunner({ ...basics, lines: { input, output }, say: () => undefined })
    input.end(`${file}\n\n${join(tiny.dir, 'none.png')}\n${file}`)
    await runner.ended
    await runner.close()
    const answers = String(output.read()).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(answers).toMatchObject([
      { name: file, source: 'stdio', instances: [{ workpiece: 'bolt', area: 20 }] },
      { name: join(tiny.dir, 'none.png'), code: 'image-unreadable' },
      { name: file, instances: [{ workpiece: 'bolt' }] },
    ])
  })
})

describe('a model', () => {
  const open = (options: Partial<Parameters<typeof openRunner>[0]>) => openRunner({ ...basics, say: () => undefined, ...options })

  it('is refused where it is none', async () => {
    const file = join(tiny.dir, 'garbage.onnx')
    writeFileSync(file, 'garbage')
    await expect(open({ model: file })).rejects.toMatchObject({ data: { code: 'model-unreadable' } })
    await expect(open({ model: join(tiny.dir, 'none') })).rejects.toMatchObject({ data: { code: 'model-unreadable' } })
  })

  it('is refused where its card speaks of another file', async () => {
    const card = join(tiny.model, 'model-card.json')
    writeFileSync(card, JSON.stringify({ sha256: '0'.repeat(64) }))
    await expect(open({})).rejects.toThrow('not the file that the model card beside it describes')
    writeFileSync(card, '{}')
    await (await open({})).close()
  })
})
