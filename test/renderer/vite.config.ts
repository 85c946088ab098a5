import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { rendererDefines } from '../../renderer/defines.ts'
import { fakeServer } from './fake-server.ts'

/** The renderer over a main side made of paper: `npx vite -c test/renderer/vite.config.ts`, then look at it in a browser. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../../renderer'),
  base: './',
  cacheDir: resolve(import.meta.dirname, '../../node_modules/.vite-renderer'),
  define: rendererDefines,
  server: { host: '127.0.0.1', port: Number(process.env.PORT ?? 5199), strictPort: true, hmr: false, watch: null, fs: { allow: [resolve(import.meta.dirname, '../..')] } },
  plugins: [
    vue(),
    { name: 'no-csp', transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, '') },
    fakeServer({ running: process.env.FAKE === 'running', empty: process.env.FAKE === 'empty', recents: process.env.FAKE !== 'empty', photos: process.env.FAKE === 'many' ? 10_000 : undefined }),
  ],
})
