import { statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'

/** The built page and the rules it lives under, the same through every door. */

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.json': 'application/json', '.map': 'application/json',
}

const policy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "media-src 'self' blob:", "font-src 'self'",
  "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
  'trusted-types vue',
].join('; ')

/** Sent with everything the page loads. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
}

/** A file of the built page, or null; nothing outside its folder. */
export function pageFile(dir: string, path: string): { file: string; type: string; lasting: boolean } | null {
  const name = path === '/' || path === '' ? '/index.html' : path
  if (!/^(\/[\w.-]+)+$/.test(name) || name.includes('..')) return null
  const file = join(dir, name)
  const type = types[extname(file)]
  if (!type || !file.startsWith(dir + sep) || !statSync(file, { throwIfNoEntry: false })?.isFile()) return null
  return { file, type, lasting: name.startsWith('/assets/') }
}
