import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { EventData, EventName } from '../../preload/contract/api.ts'
import { AppError, toErrorData, type Result } from '../../preload/contract/error.ts'
import type { Service } from '../service/index.ts'
import { pageFile, pageHeaders } from '../service/page.ts'
import { openGuard } from './guard.ts'

export interface Door {
  readonly port: number
  /** An address that lets one browser in. */
  address(): string
  /** Hands an event to every page. */
  emit<K extends EventName>(name: K, data: EventData<K>): void
  close(): Promise<void>
}

export interface DoorOptions {
  readonly service: Service
  readonly rendererDir: string
  /** 0 takes a free one. */
  readonly port: number
  /** A page has come. */
  readonly onPage?: () => void
  /** A token has been used. */
  readonly onEntry?: () => void
}

/** Largest body of a call: a picture of a camera as base64. */
const maxBodyBytes = 72_000_000
/** Events wait for a slow page up to this; beyond it progress is left out. */
const maxWaitingBytes = 1_000_000
const heartbeatMs = 30_000

/** Opens the door on 127.0.0.1. Throws AppError where the port is taken. */
export async function serveDoor({ service, rendererDir, port, onPage, onEntry }: DoorOptions): Promise<Door> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 })
  const guard = openGuard(() => portOf(server))

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value)
    response.setHeader('Cache-Control', 'no-store')
    if (!guard.hostFits(request)) return refuse(response, 421, 'This address is not served here.')
    const url = new URL(request.url ?? '/', 'http://door')
    if (url.pathname === '/' && request.method === 'GET') return enter(request, response, url)
    if (!guard.known(request)) return refuse(response, 403, closed)
    if (request.method === 'POST') {
      if (!guard.originFits(request)) return refuse(response, 403, closed)
      return call(request, response, url.pathname)
    }
    if (request.method !== 'GET') return refuse(response, 405, 'Only GET and POST.')
    return show(request, response, url.pathname)
  }
  const enter = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (!guard.known(request)) {
      const cookie = guard.exchange(url.searchParams.get('token') ?? '')
      if (!cookie) return refuse(response, 403, closed)
      response.setHeader('Set-Cookie', cookie)
      onEntry?.()
    }
    return show(request, response, '/')
  }
  const call = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    const name = /^\/call\/([\w:-]{1,64})$/.exec(path)?.[1]
    if (!name) return refuse(response, 404, 'There is nothing here.')
    const result = await readJson(request).then((input) => service.call(name, input), (error: unknown): Result<never> => ({ ok: false, error: toErrorData(error) }))
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(result))
  }
  const show = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    if (path === '/favicon.ico') return void response.writeHead(204).end()
    const page = pageFile(rendererDir, path)
    if (page) return send(request, response, { ...page, etag: page.file })
    const asset = path.startsWith('/project/') ? await service.asset(path) : null
    if (!asset) return refuse(response, 404, 'There is nothing here.')
    return send(request, response, asset)
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error)
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'Unexpected fault.')
    })
  })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/events' || !guard.hostFits(request) || !guard.originFits(request) || !guard.known(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      page.on('error', () => page.terminate())
      onPage?.()
    })
  })
  const heartbeat = setInterval(() => sockets.clients.forEach((page) => page.ping()), heartbeatMs)
  await listen(server, port)
  return {
    port: portOf(server),
    address: () => `http://127.0.0.1:${portOf(server)}/?token=${guard.newToken()}`,
    emit: (name, data) => {
      const text = JSON.stringify({ name, data })
      for (const page of sockets.clients)
        if (page.readyState === page.OPEN && (name !== 'progress' || page.bufferedAmount < maxWaitingBytes)) page.send(text)
    },
    close: async () => {
      clearInterval(heartbeat)
      sockets.clients.forEach((page) => page.terminate())
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const closed = 'This door opens with the address that Maskwright printed where it was started. Each address works once; start it again for a new one.'

const portOf = (server: Server) => (server.address() as AddressInfo | null)?.port ?? 0

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? taken(port) : error))
    server.listen(port, '127.0.0.1', resolve)
  })
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBodyBytes) throw invalid('This is too large.')
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw invalid('This is no JSON.')
  }
}

type Sent = { type: string; etag: string; lasting: boolean } & ({ file: string } | { bytes: Uint8Array })

async function send(request: IncomingMessage, response: ServerResponse, asset: Sent): Promise<void> {
  const info = 'file' in asset ? await stat(asset.file) : null
  const etag = `"${info && !asset.lasting ? `${asset.etag}-${info.mtimeMs}` : asset.etag}"`
  response.setHeader('Cache-Control', asset.lasting ? 'private, max-age=86400, immutable' : 'private, no-cache')
  response.setHeader('ETag', etag)
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const length = 'bytes' in asset ? asset.bytes.length : info!.size
  response.writeHead(200, { 'Content-Type': asset.type, 'Content-Length': length })
  if ('bytes' in asset) response.end(asset.bytes)
  else createReadStream(asset.file).on('error', () => response.destroy()).pipe(response)
}

const invalid = (message: string) => new AppError({ code: 'invalid-input', message, advice: 'Load the page again.' })

const taken = (port: number) => new AppError({
  code: 'already-exists', subject: String(port),
  message: `Port ${port} is taken by another program.`,
  advice: 'Choose another with --port, or leave it out.',
})
