import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { keepWasmCode } from '../../main/core/wasm-code.ts'

const module = new URL('../../main/core/wasm-code.ts', import.meta.url).href

describe('code of WebAssembly', () => {
  it('is kept where V8 frees what another thread may take up', () => {
    expect(keepWasmCode('13.6.233.17-node.53')).toBe(true)
    expect(keepWasmCode('14.8.178.9-electron.0')).toBe(false)
  })

  it('the flag is one that V8 knows', () => {
    const code = `import { keepWasmCode } from '${module}'; keepWasmCode('13.6')`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })
})
