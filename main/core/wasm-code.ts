import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 keep WebAssembly code that nobody uses at the moment, some hundred kilobytes, in place of freeing it.
 *
 * Before V8 14 a call from WebAssembly to JavaScript that one thread frees can be taken up by another one, which stops the whole process
 * (SIGTRAP, `ThreadIsolation`). Every thread that strips types or decodes pictures has such calls. https://github.com/nodejs/node/issues/64500
 */
export function keepWasmCode(v8 = process.versions.v8): boolean {
  const frees = Number.parseInt(v8, 10) < 14
  if (frees) setFlagsFromString('--no-wasm-code-gc')
  return frees
}
