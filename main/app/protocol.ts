import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import type { Asset } from '../service/host.ts'
import { pageFile, pageHeaders } from '../service/page.ts'

/** The page and the pictures of open projects under one origin: `maskwright://app/`. */

const scheme = 'maskwright'
export const origin = `${scheme}://app`

/** To be called before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }])
}

export function serveScheme(rendererDir: string, asset: (address: string) => Promise<Asset | null>): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url)
    if (url.host !== 'app' || request.method !== 'GET') return nothing(405)
    try {
      const page = pageFile(rendererDir, url.pathname)
      if (page) return new Response(await readFile(page.file), { headers: headersOf(page.type, false) })
      const found = url.pathname.startsWith('/project/') ? await asset(url.pathname) : null
      if (!found) return nothing(404)
      const bytes = 'file' in found ? await readFile(found.file) : found.bytes
      return new Response(new Uint8Array(bytes), { headers: headersOf(found.type, found.lasting) })
    } catch (error) {
      console.error(error)
      return nothing(500)
    }
  })
}

const headersOf = (type: string, lasting: boolean) => ({ ...pageHeaders, 'Content-Type': type, 'Cache-Control': lasting ? 'max-age=86400, immutable' : 'no-cache' })

const nothing = (status: number) => new Response(null, { status, headers: pageHeaders })
