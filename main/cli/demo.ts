import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ProjectStatus } from '../../preload/contract/model.ts'
import { parse } from './arguments.ts'
import type { Answer, Say } from './commands.ts'
import { exportModel, predict } from './model-commands.ts'
import { importImages, newProject, report } from './project-commands.ts'
import { run } from './run.ts'
import { statusText } from './status-text.ts'

/** The sample line of this package: out/main once built, main/cli as written, both two folders down. */
const sample = resolve(import.meta.dirname, '../../resources/sample')

/** Walks the sample line through the whole program: import, train, report, export, predict. */
export async function demo(args: readonly string[], say: Say): Promise<Answer> {
  const { values } = parse(args, { out: { type: 'string', default: 'out/demo' } }, 'demo [--out DIR]')
  const startedAt = performance.now()
  const at = (...path: string[]) => join(values.out, ...path)
  const project = at('sample.maskwright')
  rmSync(values.out, { recursive: true, force: true })
  mkdirSync(values.out, { recursive: true })
  await newProject([project])
  for (const kind of ['renders', 'photos', 'truth'])
    say((await importImages([kind, project, join(sample, kind), ...extra(kind)], say)).text)
  const status = (await run([project, '--preset', 'quick'], say)) as ProjectStatus
  writeFileSync(at('status.json'), `${JSON.stringify(status, null, 2)}\n`)
  const steps = [
    await report([project, '--out', values.out]),
    await exportModel([project, '--out', at('model')]),
    await predict([at('model'), join(sample, 'photos'), '--out', at('predictions')], say),
  ]
  const seconds = (performance.now() - startedAt) / 1000
  const text = [statusText(status), ...steps.map((step) => step.text), `Done in ${Math.round(seconds)} s.`].join('\n')
  return { data: { ...status, seconds }, text }
}

function extra(kind: string): string[] {
  switch (kind) {
    case 'photos': return ['--tags', join(sample, 'tags.json')]
    case 'truth': return ['--classes', join(sample, 'classes.json')]
    default: return []
  }
}
