import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { serveHttp, type HttpServer } from '../../main/runner/http.ts'
import { openRunner, type Runner } from '../../main/runner/index.ts'
import { openLine } from '../../main/runner/line.ts'
import { openMetrics } from '../../main/runner/metrics.ts'
import type { Prediction } from '../../main/runner/predict-worker.ts'
import { openQueue } from '../../main/runner/queue.ts'
import { boxes, tinyModel } from '../helpers/tiny-model.ts'

const send = (port: number, body: Uint8Array | string, headers: Record<string, string> = {}, path = '/predict') =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: body as BodyInit, headers })
/** Writes raw bytes and reads everything until the other side closes. */
async function raw(port: number, head: string, body: Uint8Array = new Uint8Array()): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(Buffer.concat([Buffer.from(head.replaceAll('\n', '\r\n')), body]))
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  await once(socket, 'close')
  return Buffer.concat(parts).toString()
}

describe('predictions over HTTP', () => {
  const tiny = tinyModel()
  let codec: Codec
  let runner: Runner
  beforeAll(async () => {
    codec = await openCodec()
    const rules = join(tiny.dir, 'rules.json')
    writeFileSync(rules, '{ "workpieces": { "bolt": { "present": { "min": 2, "max": 2 } } } }')
    runner = await openRunner({
      model: tiny.model, threads: 1, maxPixels: 10_000, minShare: 0.005, tolerance: 0, queue: 4, rules, say: () => undefined,
      http: { host: '127.0.0.1', port: 0, maxBytes: 100_000, timeoutMs: 5000 },
    })
  })
  afterAll(async () => {
    await runner.close()
    codec.close()
    tiny.close()
  })
  const picture = () => codec.encodePng(boxes([2, 3, 5, 4, 'red'], [20, 10, 6, 10, 'green']))

  it('come as JSON', async () => {
    const response = await send(runner.port, picture(), {}, '/predict?name=left%20camera')
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-maskwright-verdict')]).toEqual([200, 'application/json', 'fail'])
    const result = await response.json() as { instances: unknown[]; model: string }
    expect(result).toMatchObject({
      name: 'left camera', source: 'http', width: 32, height: 24, verdict: 'fail',
      reasons: [{ workpiece: 'bolt', rule: 'present', reason: 'bolt: 1 found, exactly 2 wanted.' }],
      instances: [
        { workpiece: 'gear', classIndex: 2, area: 60, share: 0.078125, box: { x: 20, y: 10, width: 6, height: 10 }, centroid: [23, 15] },
        { workpiece: 'bolt', classIndex: 1, area: 20, box: { x: 2, y: 3, width: 5, height: 4 }, centroid: [4.5, 5], polygon: [[7, 3], [7, 7], [2, 7], [2, 3]], holes: [] },
      ],
    })
    expect(result.model).toMatch(/^[0-9a-f]{64}$/)
  })

  it('come as a mask', async () => {
    const response = await send(runner.port, picture(), { Accept: 'application/json;q=0.5, image/png' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
    const mask = codec.decodeIndex(new Uint8Array(await response.arrayBuffer()))
    const expected = boxes([2, 3, 5, 4, 'red'], [20, 10, 6, 10, 'green']).data
    expect([...mask.data]).toEqual(Array.from({ length: 32 * 24 }, (_, i) => (expected[3 * i] ? 1 : expected[3 * i + 1] ? 2 : 0)))
  })

  it.each([
    ['an empty body', '', {}, 400, 'invalid-input'],
    ['garbage', 'garbage', {}, 422, 'image-unreadable'],
    ['a body too large', new Uint8Array(100_001), {}, 413, 'upload-too-large'],
    ['a form', 'x', { 'Content-Type': 'multipart/form-data; boundary=x' }, 415, 'invalid-input'],
    ['a packed body', 'x', { 'Content-Encoding': 'gzip' }, 415, 'invalid-input'],
    ['a wish for HTML', 'x', { Accept: 'text/html' }, 406, 'invalid-input'],
    ['a page of another site', 'x', { Origin: 'http://other.example' }, 403, 'invalid-input'],
  ])('are refused for %s', async (_, body, headers, status, code) => {
    const response = await send(runner.port, body, headers as Record<string, string>)
    const trouble = await response.json() as Record<string, string>
    expect([response.status, trouble.code]).toEqual([status, code])
    expect(Object.keys(trouble)).toEqual(['code', 'message', 'advice'])
  })

  it('are refused for a picture cut off, and one of too many pixels', async () => {
    const whole = codec.encodeJpeg({ width: 90, height: 90, data: Uint8Array.from({ length: 90 * 90 * 3 }, (_, i) => (i * 7919) % 256) })
    expect(await (await send(runner.port, whole.subarray(0, whole.length / 2))).json()).toMatchObject({ code: 'image-unreadable' })
    const large = await send(runner.port, codec.encodePng({ width: 101, height: 100, data: new Uint8Array(30_300) }))
    expect([large.status, (await large.json() as { code: string }).code]).toEqual([422, 'image-too-large'])
    expect((await send(runner.port, whole)).status).toBe(200)
  })

  it('answer who only says that much will come, before it comes', async () => {
    const answer = await raw(runner.port, 'POST /predict HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 5000000000\nExpect: 100-continue\n\n')
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    const unsaid = await raw(runner.port, 'POST /predict HTTP/1.1\nHost: 127.0.0.1\nTransfer-Encoding: chunked\n\n186a1\n', new Uint8Array(0x186a1))
    expect(unsaid).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('are not for other names, paths and methods', async () => {
    expect(await raw(runner.port, 'GET /health HTTP/1.1\nHost: other.example\nConnection: close\n\n')).toMatch(/^HTTP\/1\.1 421 /)
    const at = (path: string) => fetch(`http://127.0.0.1:${runner.port}${path}`).then(({ status }) => status)
    expect([await at('/predict'), await at('/'), await at('/constructor'), await at('//')]).toEqual([405, 404, 404, 404])
  })

  it('are watched over', async () => {
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${runner.port}${path}`)).text()
    expect(JSON.parse(await get('/health'))).toMatchObject({ status: 'ok', queue: { waiting: 0, inFlight: 0, limit: 4 } })
    expect(JSON.parse(await get('/model'))).toMatchObject({ classes: { 0: 'background', 1: 'bolt', 2: 'gear' }, card: null, rules: { workpieces: { bolt: {} } } })
    const metrics = await get('/metrics')
    expect(metrics).toMatch(/^maskwright_requests_total\{source="http",result="ok"\} [1-9]/m)
    expect(metrics).toMatch(/^maskwright_requests_total\{source="http",result="image-unreadable"\} 2$/m)
    expect(metrics).toMatch(/^maskwright_latency_seconds_bucket\{le="\+Inf"\} [1-9]/m)
    expect(metrics).toMatch(/^process_resident_memory_bytes [1-9]\d{6,}$/m)
  })
})

describe('the door of a busy runner', () => {
  const opened: HttpServer[] = []
  afterEach(async () => void (await Promise.all(opened.splice(0).map((server) => server.close()))))

  /** A server before a predictor that answers when told to. */
  async function busy(limit: number, timeoutMs = 5000) {
    const held: ((prediction: Prediction) => void)[] = []
    const predictor = { classes: {}, predict: () => new Promise<Prediction>((resolve) => held.push(resolve)), close: async () => undefined }
    const [queue, metrics] = [openQueue(limit), openMetrics()]
    const line = openLine({ predictor, queue, metrics, model: 'm', rules: null, publish: null })
    const server = await serveHttp({
      host: '127.0.0.1', port: 0, maxBytes: 1000, timeoutMs, line, queue, health: () => ({}), model: () => ({}), metricsText: () => metrics.text([]),
    })
    opened.push(server)
    const release = () => held.shift()!({ width: 1, height: 1, instances: [], durationMs: { decode: 0, predict: 0, describe: 0 } })
    const until = async (ready: () => boolean) => {
      while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return { server, queue, held, release, until, counted: (text: string) => metrics.text([]).includes(text) }
  }

  it('says 503 and when to come back, and loses nothing', async () => {
    const { server, queue, held, release, until } = await busy(2)
    const taken = [send(server.port, 'a'), send(server.port, 'b'), send(server.port, 'c')]
    await until(() => queue.depth === 2 && held.length === 1)
    const refused = await send(server.port, 'd')
    expect([refused.status, (await refused.json() as { code: string }).code]).toEqual([503, 'queue-full'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    for (let i = 0; i < 3; i++) {
      await until(() => held.length === 1)
      release()
    }
    expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('forgets who went away while waiting', async () => {
    const { server, queue, held, release, until, counted } = await busy(2)
    const first = send(server.port, 'a')
    await until(() => held.length === 1)
    const stop = new AbortController()
    const second = fetch(`http://127.0.0.1:${server.port}/predict`, { method: 'POST', body: 'b', signal: stop.signal }).catch(() => 'gone')
    await until(() => queue.depth === 1)
    stop.abort()
    await until(() => queue.depth === 0)
    release()
    expect([(await first).status, await second]).toEqual([200, 'gone'])
    expect(counted('result="aborted"} 1')).toBe(true)
  })

  it('says 408 to who is too slow', async () => {
    const { server } = await busy(2, 50)
    const answer = await raw(server.port, 'POST /predict HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 10\n\nabc')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('"code":"upload-slow"')
  })

  it('counts a body that breaks off, and goes on', async () => {
    const { server, held, release, until, counted } = await busy(2)
    const socket = connect(server.port, '127.0.0.1')
    socket.write('POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nabc', () => socket.destroy())
    await until(() => counted('result="aborted"} 1'))
    const next = send(server.port, 'a')
    await until(() => held.length === 1)
    release()
    expect((await next).status).toBe(200)
  })

  it('finishes what it holds when it closes, and takes no more', async () => {
    const { server, queue, held, release, until } = await busy(2)
    const taken = [send(server.port, 'a'), send(server.port, 'b')]
    await until(() => queue.depth === 1 && held.length === 1)
    const closed = server.close()
    await expect(send(server.port, 'c')).rejects.toThrow()
    release()
    await until(() => held.length === 1)
    release()
    await closed
    expect((await Promise.all(taken)).map(({ status, headers }) => [status, headers.get('connection')])).toEqual([[200, 'close'], [200, 'close']])
  })

  it('is told of a port that is taken', async () => {
    const { server } = await busy(1)
    await expect(busyAt(server.port)).rejects.toMatchObject({ data: { code: 'already-exists' } })
  })
  const busyAt = (port: number) => {
    const line = { handle: () => Promise.reject(new Error('none')) }
    return serveHttp({ host: '127.0.0.1', port, maxBytes: 1, timeoutMs: 1, line, queue: openQueue(1), health: () => ({}), model: () => ({}), metricsText: () => '' })
  }
})
