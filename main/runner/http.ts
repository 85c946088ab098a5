import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError, toErrorData, type ErrorCode } from '../../preload/contract/error.ts'
import { queueFull, type Line } from './line.ts'
import type { Queue } from './queue.ts'
import { readUpload, type UploadLimits } from './upload.ts'

export interface HttpOptions extends UploadLimits {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly line: Line
  readonly queue: Queue
  /** Bodies of GET /health, /model and /metrics. */
  readonly health: () => object
  readonly model: () => object
  readonly metricsText: () => string
}
export interface HttpServer {
  readonly port: number
  /** Takes no more, and waits until everything that came is answered. */
  close(): Promise<void>
}

/** Bodies that may be on their way at once. */
const maxUploads = 64
const maxConnections = 512
/** After a refusal the rest of a body is passed over for so long, so that the sender can read why. */
const lingerMs = 2000
const [json, png] = ['application/json', 'image/png']

/** The status of each trouble that is the sender's; others are 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  'invalid-input': 400, 'not-found': 404, 'upload-slow': 408, 'upload-too-large': 413,
  'image-unreadable': 422, 'image-too-large': 422, 'queue-full': 503, stopping: 503,
}

/** Serves predictions over HTTP. Throws AppError where the port is taken or the host is not this machine's. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, line, queue } = options
  const held = new Set<ServerResponse>()
  let stopping = false
  let uploads = 0

  const reply = (response: ServerResponse, status: number, type: string, body: string | Uint8Array) => {
    if (stopping) response.setHeader('Connection', 'close')
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body)
  }
  const predict = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    const type = wantedType(request)
    checkBody(request)
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const name = url.searchParams.get('name')?.slice(0, 200) ?? null
    const { result, mask } = await line.handle({ read: () => upload(request, response), name, source: 'http', mask: type === png, signal: gone.signal })
    if (result.verdict) response.setHeader('X-Maskwright-Verdict', result.verdict)
    reply(response, 200, type, mask ?? JSON.stringify(result))
  }
  const upload = async (request: IncomingMessage, response: ServerResponse) => {
    if (stopping) throw isStopping()
    if (queue.isFull || uploads >= maxUploads) throw queueFull()
    uploads++
    try {
      return await readUpload(request, response, options)
    } finally {
      uploads--
    }
  }
  const show: Record<string, (response: ServerResponse) => void> = {
    '/health': (response) => reply(response, stopping ? 503 : 200, json, JSON.stringify({ status: stopping ? 'stopping' : 'ok', ...options.health() })),
    '/model': (response) => reply(response, 200, json, JSON.stringify(options.model())),
    '/metrics': (response) => reply(response, 200, 'text/plain; version=0.0.4; charset=utf-8', options.metricsText()),
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    checkSender(request, host)
    const url = URL.parse(request.url ?? '/', 'http://runner')
    const isPredict = url?.pathname === '/predict'
    if (!url || (!isPredict && !Object.hasOwn(show, url.pathname))) throw new Refusal(404, 'There is nothing here.', 'Take POST /predict, GET /health, /metrics or /model.')
    const method = isPredict ? 'POST' : 'GET'
    if (request.method !== method) throw new Refusal(405, `${url.pathname} takes ${method}.`, `Send it as ${method}.`)
    return isPredict ? predict(request, response, url) : show[url.pathname](response)
  }
  const refuse = (request: IncomingMessage, response: ServerResponse, error: unknown) => {
    const { code, message, advice } = toErrorData(error)
    const status = error instanceof Refusal ? error.status : statuses[code] ?? 500
    if (status === 500 && code !== 'aborted') console.error(error)
    if (response.headersSent || response.destroyed) return void response.destroy()
    if (status === 503) response.setHeader('Retry-After', Math.max(1, Math.ceil(queue.waitMs / 1000)))
    const body = JSON.stringify({ code, message, advice })
    const fits = Number(request.headers['content-length'] ?? Infinity) <= options.maxBytes
    if (request.complete || (status === 503 && fits)) reply(response, status, json, body)
    else sendEarly(request, response, status, body)
  }
  /** Connections that hold nothing any more, however they are kept, are closed. */
  const leave = () => void (held.size === 0 && server.closeAllConnections())
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    held.add(response)
    response.once('close', () => {
      held.delete(response)
      if (stopping) leave()
    })
    answer(request, response).catch((error: unknown) => refuse(request, response, error))
  }

  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: options.timeoutMs + 10_000, connectionsCheckingInterval: 1000 }, handle)
  server.on('checkContinue', handle)
  server.maxConnections = maxConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error)))
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      stopping = true
      return new Promise((resolve) => {
        server.close(() => resolve())
        leave()
      })
    },
  }
}

/** A request that is wrong in itself. */
class Refusal extends AppError {
  readonly status: number
  constructor(status: number, message: string, advice: string) {
    super({ code: status === 404 ? 'not-found' : 'invalid-input', message, advice })
    this.status = status
  }
}

const isLoopback = (name: string) => /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/.test(name)

/** A page of another site cannot send pictures, nor by a name of its own that points at this machine. */
function checkSender({ headers }: IncomingMessage, host: string): void {
  const name = (headers.host ?? '').replace(/:\d+$/, '')
  if (isLoopback(host) && !isLoopback(name)) throw new Refusal(421, 'This address is not served here.', 'Ask for 127.0.0.1, or start with --host.')
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) throw new Refusal(403, 'Pages of other sites may not send pictures.', 'Send it from a program.')
}

function checkBody({ headers }: IncomingMessage): void {
  const advice = 'Send the bytes of the picture file themselves: curl --data-binary @photo.jpg'
  if (headers['content-type']?.startsWith('multipart/')) throw new Refusal(415, 'A form is no picture.', advice)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new Refusal(415, 'The body is packed.', advice)
}

/** The type that the sender likes most of those there are; JSON where it does not say. Throws Refusal 406. */
function wantedType({ headers: { accept = '*/*' } }: IncomingMessage): string {
  const wishes = accept.split(',').map((part) => {
    const [type, ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    return { type, q: q === undefined ? 1 : Number(q.slice(2)) }
  })
  const likes = (type: string) => Math.max(0, ...wishes.filter((wish) => [type, `${type.split('/')[0]}/*`, '*/*'].includes(wish.type)).map(({ q }) => q))
  const [best] = [json, png].sort((a, b) => likes(b) - likes(a))
  if (!(likes(best) > 0)) throw new Refusal(406, `There is no answer as ${accept}.`, 'Accept application/json or image/png.')
  return best
}

/** Answers before the body has come: its rest is passed over for a while, as a closed door would take the answer away from the sender. */
function sendEarly(request: IncomingMessage, response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': json, 'Content-Length': Buffer.byteLength(body), Connection: 'close' }).write(body)
  const end = () => response.end()
  const timer = setTimeout(end, lingerMs)
  request.resume().once('close', () => clearTimeout(timer)).once('end', end)
}

const isStopping = () => new AppError({ code: 'stopping', message: 'The runner stops.', advice: 'Send the picture to another, or again once this one is back.' })

function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE')
    return new AppError({ code: 'already-exists', subject: String(port), message: `Port ${port} is taken by another program.`, advice: 'Choose another with --port.' })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new AppError({ code: 'invalid-input', subject: host, message: `${host} is no address of this machine.`, advice: 'Choose another with --host, or leave it out.' })
  return error
}
