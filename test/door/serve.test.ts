import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { serveDoor, type Door } from '../../main/door/serve.ts'

let dir: string
let door: Door
let calls: [string, unknown][]

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'maskwright-door-'))
  mkdirSync(join(dir, 'page', 'assets'), { recursive: true })
  writeFileSync(join(dir, 'page', 'index.html'), '<!doctype html>')
  writeFileSync(join(dir, 'page', 'assets', 'a.js'), 'export {}')
  writeFileSync(join(dir, 'secret.html'), 'secret')
  calls = []
  door = await serveDoor({
    port: 0, rendererDir: join(dir, 'page'),
    service: {
      call: async (name, input) => {
        calls.push([name, input])
        return { ok: true, value: { name } }
      },
      asset: async (address) => (address === '/project/1/image/2' ? { bytes: Uint8Array.of(1, 2, 3), type: 'image/png', etag: 'abc', lasting: false } : null),
      close: async () => undefined,
    },
  })
})
afterEach(async () => {
  await door.close()
  rmSync(dir, { recursive: true, force: true })
})

interface Answer { status: number; headers: IncomingHttpHeaders; text: string }

function ask(path: string, headers: Record<string, string> = {}, { method = 'GET', body = '' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: door.port, path, method, headers }, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => { text += part.toString() })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
const origin = () => `http://127.0.0.1:${door.port}`
const pathOf = (address: string) => address.slice(origin().length)
async function enter(): Promise<Record<string, string>> {
  const { headers } = await ask(pathOf(door.address()))
  return { cookie: headers['set-cookie']![0].split(';')[0] }
}
const post = (name: string, headers: Record<string, string>, body = '{"a":1}') => ask(`/call/${name}`, { origin: origin(), ...headers }, { method: 'POST', body })

describe('the door', () => {
  it('opens with its address once, and then with the cookie', async () => {
    const address = pathOf(door.address())
    const first = await ask(address)
    expect(first.status).toBe(200)
    expect(first.headers['set-cookie']![0]).toMatch(/^maskwright-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect((await ask(address)).status).toBe(403)
    expect((await ask('/')).status).toBe(403)
    expect((await ask('/?token=guess')).status).toBe(403)
    const cookie = first.headers['set-cookie']![0].split(';')[0]
    expect((await ask(address, { cookie })).status).toBe(200)
    expect((await ask('/', { cookie: `${cookie}x` })).status).toBe(403)
  })

  it('sends the rules of the page with everything', async () => {
    const cookie = await enter()
    for (const path of ['/', '/assets/a.js', '/project/1/image/2', '/nothing']) {
      const { headers } = await ask(path, cookie)
      expect(headers['content-security-policy']).toContain("script-src 'self'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
    expect((await ask('/assets/a.js', cookie)).headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  it('serves nothing but the page and pictures', async () => {
    const cookie = await enter()
    for (const path of ['/../secret.html', '/%2e%2e/secret.html', '/assets/../../secret.html', '/assets', '/project/1/image/3', '/project/../secret.html', '/call/app:info', '/index.html/'])
      expect((await ask(path, cookie)).status, path).toBe(404)
    expect((await ask('/', cookie, { method: 'DELETE' })).status).toBe(405)
  })

  it('serves pictures with a tag by which they are known again', async () => {
    const cookie = await enter()
    const { headers, status } = await ask('/project/1/image/2', cookie)
    expect([status, headers['content-type'], headers.etag]).toEqual([200, 'image/png', '"abc"'])
    expect((await ask('/project/1/image/2', { ...cookie, 'if-none-match': '"abc"' })).status).toBe(304)
  })

  it('passes calls on, and nothing that is no call of our page', async () => {
    const cookie = await enter()
    expect(JSON.parse((await post('app:info', cookie)).text)).toEqual({ ok: true, value: { name: 'app:info' } })
    expect(calls).toEqual([['app:info', { a: 1 }]])
    expect(JSON.parse((await post('app:info', cookie, 'no json')).text)).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
    expect((await post('app:info', {})).status).toBe(403)
    expect((await post('app:info', { ...cookie, origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('app:info', { ...cookie, origin: '' })).status).toBe(403)
    expect((await post('app:info', { ...cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post('../x', cookie)).status).toBe(404)
    expect(calls.length).toBe(1)
  })

  it('is deaf to names made to point at this machine', async () => {
    const cookie = await enter()
    expect((await ask('/', { ...cookie, host: `evil.example:${door.port}` })).status).toBe(421)
    expect((await ask('/', { ...cookie, host: '127.0.0.1:1' })).status).toBe(421)
    expect((await ask('/', { ...cookie, host: `localhost:${door.port}` })).status).toBe(200)
  })

  it('tells events to pages that came in, and to no one else', async () => {
    const cookie = await enter()
    const listen = (headers: Record<string, string>) => new WebSocket(`ws://127.0.0.1:${door.port}/events`, { headers })
    for (const headers of [{}, { ...cookie, origin: 'http://evil.example' }, cookie, { origin: origin() }])
      await expect(new Promise((resolve, reject) => {
        const socket = listen(headers)
        socket.once('open', resolve)
        socket.once('error', reject)
      })).rejects.toThrow('403')
    const socket = listen({ ...cookie, origin: origin() })
    await new Promise((resolve) => socket.once('open', resolve))
    const heard = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))))
    door.emit('menu', { command: 'keys' })
    expect(await heard).toEqual({ name: 'menu', data: { command: 'keys' } })
    socket.terminate()
  })

  it('says when its port is taken', async () => {
    await expect(serveDoor({ port: door.port, rendererDir: dir, service: null as never })).rejects.toMatchObject({ data: { code: 'already-exists' } })
  })
})
