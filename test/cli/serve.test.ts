import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCodec } from '../../main/core/image/codec.ts'
import { boxes, tinyModel } from '../helpers/tiny-model.ts'

const cli = resolve(import.meta.dirname, '../../main/cli.ts')
const node = resolve(import.meta.dirname, '../../node_modules/.bin/node')
const tiny = tinyModel()
const photo = join(tiny.dir, 'photo.png')
let bytes: Uint8Array
beforeAll(async () => {
  const codec = await openCodec()
  bytes = codec.encodePng(boxes([2, 3, 5, 4, 'red']))
  codec.close()
  writeFileSync(photo, bytes)
})
afterAll(tiny.close)

describe('serve as a command', () => {
  it('answers pictures until SIGTERM, and ends with 0', async () => {
    const child = spawn(node, [cli, 'serve', tiny.model, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'exit')
    let address = ''
    for await (const line of createInterface({ input: child.stderr })) {
      address = /http:\S+/.exec(line)?.[0] ?? ''
      if (address) break
    }
    const predict = () => fetch(`${address}/predict`, { method: 'POST', body: bytes as BodyInit }).then(async (response) => (await response.json() as { instances: unknown[] }).instances)
    expect(await predict()).toMatchObject([{ workpiece: 'bolt', area: 20 }])
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await expect(predict()).rejects.toThrow()
  })

  it('answers lines until they end, and ends with 0', () => {
    const { status, stdout } = spawnSync(node, [cli, 'serve', tiny.model, '--stdio'], { input: `${photo}\nnone.png\n`, encoding: 'utf8' })
    expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([{ name: photo, instances: [{ workpiece: 'bolt' }] }, { name: 'none.png', code: 'image-unreadable' }])
    expect(status).toBe(0)
  })

  it.each([
    [['--watch', tiny.dir], 2, '--watch and --out belong together.'],
    [['--tolerance', 'much'], 2, '"much" is no number for --tolerance.'],
    [['--rules', join(tiny.dir, 'none.json')], 1, 'cannot be used'],
    [['--port', '0', '--mqtt', 'mqtt://host'], 2, '--mqtt needs a topic'],
  ])('refuses %j', (words, code, message) => {
    const { status, stderr } = spawnSync(node, [cli, 'serve', tiny.model, ...words], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([code, expect.stringContaining(message)])
  })
})
