import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { openCodec } from '../../main/core/image/codec.ts'
import { random } from '../../main/core/random.ts'
import { openStore } from '../../main/store/index.ts'
import { masksOf, tinyProject, tinySettings, writeTinyLine } from '../helpers/tiny-line.ts'

const kills = 10
const longestMs = 6000
const root = mkdtempSync(join(tmpdir(), 'maskwright-kill-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const settings = { ...tinySettings, 'training.firstSteps': 30, 'training.steps': 20 }
const words = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${String(value)}`])

function start(project: string) {
  const child = spawn(process.execPath, [resolve('main/cli.ts'), 'run', project, '--device', 'cpu', ...words], { detached: true, stdio: 'ignore' })
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)))
  return { kill: () => process.kill(-child.pid!, 'SIGKILL'), ended }
}

it('killed at ten random moments, a run ends in the masks of an undisturbed one', async () => {
  const codec = await openCodec()
  const line = writeTinyLine(codec)
  const [calm, troubled] = ['calm', 'troubled'].map((name) => join(root, `${name}.maskwright`))
  for (const dir of [calm, troubled]) (await tinyProject(codec, line.dir, dir)).close()
  codec.close()
  line.remove()
  expect(await start(calm).ended).toBe(0)

  const rng = random('kills')
  let killed = 0
  for (let i = 0; i < kills; i++) {
    const run = start(troubled)
    const over = await Promise.race([run.ended, sleep(rng.between(100, longestMs)).then(() => 'time' as const)])
    if (over !== 'time') continue
    run.kill()
    await run.ended
    killed++
  }
  expect(killed).toBeGreaterThan(0)
  expect(await start(troubled).ended).toBe(0)

  const [a, b] = [calm, troubled].map((dir) => openStore(dir))
  expect(b.runs.list().map(({ state }) => state)).toEqual(['finished'])
  expect(masksOf(b, 1)).toEqual(masksOf(a, 1))
  a.close()
  b.close()
}, 600_000)
