import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Plugin } from 'vite'
import type { CallName } from '../../preload/contract/api.ts'
import { drawMask, drawPhoto, encodePng, sceneOf } from './drawn.ts'
import { createFake, type FakeOptions } from './fake-api.ts'

/** The second door of a main side made of paper, as a plugin of the development server: calls, events and pictures. */

const data = resolve(process.cwd(), '../shared/data/factory')
const classes = ['gear', 'bolt_m16', 'nut_m16', 'panel', 'idler_riser', 'bearing_pulley', 'gearmotor', 'octagonal_pocket']

function realNames(): Pick<FakeOptions, 'photoNames' | 'renderNames'> {
  if (!existsSync(join(data, 'tags.json'))) return {}
  const tags = JSON.parse(readFileSync(join(data, 'tags.json'), 'utf8')) as Record<string, string[]>
  const photoNames = Object.keys(tags).map((name) => ({ name: name.replace(/^photos\//, ''), tags: tags[name], truth: existsSync(join(data, 'truth', name.replace(/^photos\//, '').replace('.jpg', '.png'))) }))
  const renderNames = classes.flatMap((tag) => Array.from({ length: 40 }, (_, i) => ({ name: `${tag}/${String(i).padStart(3, '0')}.jpg`, tags: [tag] })))
  return { photoNames, renderNames }
}

function frameOf(text: string): Buffer {
  const body = Buffer.from(text)
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
  return Buffer.concat([head, body])
}

export function fakeServer(options: FakeOptions): Plugin {
  const real = process.env.FAKE_DRAWN || options.photos ? {} : realNames()
  const mosaic = (real.photoNames ?? []).filter((_, i) => i % 9 === 4).slice(0, 12).map(({ name }) => `data:image/jpeg;base64,${readFileSync(join(data, 'photos', name)).toString('base64')}`)
  const fake = createFake({ ...real, ...options, mosaic })
  const label = (id: number) => classes.indexOf(fake.images.get(id)?.tags[0] ?? 'gear') + 1

  function photo(id: number): { type: string; body: Buffer } {
    const row = fake.images.get(id)
    const file = row && join(data, row.kind === 'photo' ? 'photos' : 'renders', row.name)
    if (real.photoNames && file && existsSync(file)) return { type: 'image/jpeg', body: readFileSync(file) }
    return { type: 'image/png', body: drawPhoto(sceneOf(id, label(id)), 320, 240, id) }
  }
  function mask(id: number, round: number): Buffer {
    const width = real.photoNames ? 640 : 320
    return encodePng(width, width * 0.75, 1, drawMask(sceneOf(id, label(id)), width, width * 0.75, round))
  }
  function segments(): Buffer {
    const width = real.photoNames ? 640 : 320
    const height = width * 0.75
    const rgb = new Uint8Array(width * height * 3)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      const index = Math.floor((y + 6 * Math.sin(x / 13)) / 22) * 40 + Math.floor((x + 6 * Math.cos(y / 11)) / 22) + 50
      rgb.set([index & 255, (index >> 8) & 255, 0], (y * width + x) * 3)
    }
    return encodePng(width, height, 3, rgb)
  }
  function picture(path: string): { type: string; body: Buffer } | undefined {
    const [, , kind, ...rest] = path.split('?')[0].split('/')
    const numbers = rest.map((part) => (part === 'crf' ? 4 : Number(part)))
    if (kind === 'image' || kind === 'thumbnail') return photo(numbers[0])
    if (kind === 'mask') return { type: 'image/png', body: mask(numbers[2], numbers[1]) }
    if (kind === 'render-mask' || kind === 'truth') return { type: 'image/png', body: mask(numbers[0], 4) }
    if (kind === 'superpixels') return { type: 'image/png', body: segments() }
    return undefined
  }
  function upgrade(request: IncomingMessage, socket: Duplex): void {
    if (!request.url?.startsWith('/events')) return
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    const stops = (['progress', 'job:done', 'device:load', 'round:done', 'project:changed'] as const).map((name) => fake.on(name, (message) => socket.write(frameOf(JSON.stringify({ name, data: message })))))
    const timer = setInterval(() => fake.beat(), 470)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearInterval(timer)
      for (const stop of stops) stop()
    })
  }

  return {
    name: 'fake-main-side',
    configureServer(server) {
      server.httpServer?.on('upgrade', upgrade)
      server.middlewares.use((request, response, next) => {
        const url = (request.url ?? '').slice(1)
        if (url.startsWith('call/')) {
          const parts: Buffer[] = []
          request.on('data', (part: Buffer) => parts.push(part))
          request.on('end', () => {
            void fake.call(url.slice(5) as CallName, JSON.parse(Buffer.concat(parts).toString())).then((result) => {
              response.setHeader('content-type', 'application/json')
              response.end(JSON.stringify(result))
            })
          })
        } else if (url.startsWith('project/')) {
          const found = picture(url)
          response.statusCode = found ? 200 : 404
          if (found) response.setHeader('content-type', found.type)
          response.end(found?.body)
        } else next()
      })
    },
  }
}
