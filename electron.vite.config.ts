import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { rendererDefines } from './renderer/defines.ts'

const at = (path: string) => resolve(import.meta.dirname, path)

/** Packages with native or WebAssembly files of their own stay packages; all other code is bundled. */
const external = ['electron', /^node:/, 'better-sqlite3', 'onnxruntime-node', 'onnxruntime-common', 'wasm-vips', 'occt-import-js', '@tensorflow/tfjs-node-gpu']

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      rollupOptions: {
        external,
        input: {
          index: at('main/index.ts'), cli: at('main/cli.ts'), desk: at('main/desk.ts'), trainer: at('main/trainer.ts'), job: at('main/job.ts'),
          pictures: at('main/pictures.ts'), worker: at('main/steps/worker.ts'), 'batch-worker': at('main/steps/batch-worker.ts'), 'render-worker': at('main/steps/render-worker.ts'),
          'predict-worker': at('main/runner/predict-worker.ts'),
          'cad-worker': at('main/steps/cad-worker.ts'),
        },
        // Entry points find each other beside the file they are in.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: at('preload/index.ts') },
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    base: './',
    define: rendererDefines,
    plugins: [vue()],
    build: {
      outDir: at('out/renderer'),
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { index: at('renderer/index.html') } },
    },
  },
})
