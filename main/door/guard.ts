import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Who may come through the door: a browser on this machine that was given the address. */
export interface Guard {
  /** A token for one address, good for one use. */
  newToken(): string
  /** Takes a token away and gives the cookie for it, or null. */
  exchange(token: string): string | null
  /** Whether a request names this machine, and not some name that was made to point at it. */
  hostFits(request: IncomingMessage): boolean
  /** Whether a request that changes something comes from our own page. */
  originFits(request: IncomingMessage): boolean
  /** Whether a request bears the cookie and no other site sent it. */
  known(request: IncomingMessage): boolean
}

const names = ['127.0.0.1', 'localhost', '[::1]']

export function openGuard(port: () => number): Guard {
  const secret = randomBytes(32).toString('base64url')
  const tokens = new Set<string>()
  const cookieName = () => `maskwright-${port()}`
  const hostFits = ({ headers: { host } }: IncomingMessage) => names.some((name) => host === `${name}:${port()}`)
  return {
    hostFits,
    newToken: () => {
      const token = randomBytes(32).toString('base64url')
      tokens.add(token)
      return token
    },
    exchange: (token) => {
      const found = [...tokens].find((candidate) => same(candidate, token))
      if (found === undefined) return null
      tokens.delete(found)
      return `${cookieName()}=${secret}; HttpOnly; SameSite=Strict; Path=/`
    },
    originFits: ({ headers: { origin, host } }) => origin === `http://${host}`,
    known: ({ headers }) => {
      const site = headers['sec-fetch-site']
      if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
      const cookies = (headers.cookie ?? '').split(';').map((part) => part.trim())
      return cookies.some((cookie) => cookie.startsWith(`${cookieName()}=`) && same(cookie.slice(cookieName().length + 1), secret))
    },
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
/** Compares without telling by its time how much of it was right. */
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
