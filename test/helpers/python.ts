import { spawnSync } from 'node:child_process'

/** A Python that can import a module (MASKWRIGHT_PYTHON, else python3 of the path or the system), or null; says so aloud where there is none. */
export function pythonWith(module: string): string | null {
  const found = [process.env.MASKWRIGHT_PYTHON, 'python3', '/usr/bin/python3'].find((python) => python && spawnSync(python, ['-c', `import ${module}`]).status === 0)
  if (!found) console.warn(`SKIPPED: no Python with ${module} is at hand, tests that need one do not run`)
  return found ?? null
}

/** What onnx' own checker says of a model file, with shapes inferred: nothing where it is whole. */
export function onnxChecker(python: string, file: string): string {
  const { stderr, status } = spawnSync(python, ['-c', 'import sys, onnx; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)', file], { encoding: 'utf8' })
  return status === 0 ? '' : stderr || `exit code ${status}`
}
