import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCodec } from '../main/core/image/codec.ts'
import { random } from '../main/core/random.ts'
import { importPhotos, importRenders } from '../main/steps/import-images.ts'
import { openStore } from '../main/store/index.ts'

/**
 * Import of many pictures of 640 x 480: seconds, memory along the way, and a kill in the middle, after which the import goes on.
 * Prints JSON. Arguments: photos|renders, number of pictures, share after which the process is killed (0: not).
 */
const [kind = 'photos', count = '10000', killAt = '0', project] = process.argv.slice(2)
const [width, height] = [640, 480]

/** Distinct files from few drawn ones: a JPEG may carry a comment, which is another file to every hash. */
async function makePictures(dir: string, files: number): Promise<void> {
  const codec = await openCodec()
  const drawn = Array.from({ length: 20 }, (_, i) => codec.encodeJpeg(noisy(i), 90))
  const mask = codec.encodePng({ width, height, data: new Uint8Array(width * height).map((_, i) => (Math.hypot((i % width) - 320, Math.floor(i / width) - 240) < 120 ? 255 : 0)) })
  codec.close()
  mkdirSync(join(dir, 'gear'), { recursive: true })
  if (kind === 'renders') writeFileSync(join(dir, 'mask.png'), mask)
  for (let i = 0; i < files; i++) {
    const name = join(dir, 'gear', String(i).padStart(5, '0'))
    writeFileSync(`${name}.jpg`, withComment(drawn[i % drawn.length], `picture ${i}`))
    if (kind === 'renders') cpSync(join(dir, 'mask.png'), `${name}_mask.png`)
  }
  rmSync(join(dir, 'mask.png'), { force: true })
}

function noisy(seed: number) {
  const { uniform } = random('import', seed)
  return { width, height, data: new Uint8Array(width * height * 3).map((_, i) => 60 + 40 * Math.sin(i / (500 + 20 * seed)) + 60 * uniform()) }
}

function withComment(jpeg: Uint8Array, text: string): Uint8Array {
  const body = new TextEncoder().encode(text)
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, body.length + 2]), body, jpeg.subarray(2)])
}

interface Told { readonly done: number; readonly atMs: number; readonly rssMb: number }

/** The import itself, in a process of its own that tells how far it is and what memory it holds. */
async function child(dir: string): Promise<void> {
  const store = existsSync(dir) ? openStore(dir) : openStore(dir, { create: true })
  const codec = await openCodec()
  const source = join(dir, '..', 'in')
  const report = ({ done }: { done: number }) => {
    if (done % 250 === 0) process.send?.({ done, atMs: performance.now(), rssMb: Math.round(process.memoryUsage().rss / 1e6) } satisfies Told)
  }
  const result = await (kind === 'renders' ? importRenders : importPhotos)(store, codec, source, { report })
  process.send?.({ added: result.added, duplicates: result.duplicates, rows: store.images.count(), issues: result.issues.length })
  codec.close()
  store.close()
}

async function runChild(dir: string, killAfter: number) {
  const told: Told[] = []
  const startedAt = performance.now()
  let result: object = { killed: true }
  const process_ = spawn(process.execPath, [import.meta.filename, kind, count, '0', dir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  process_.on('message', (message: Told | object) => {
    if (!('done' in message)) result = message
    else {
      told.push(message)
      if (killAfter > 0 && message.done >= killAfter) process_.kill('SIGKILL')
    }
  })
  await new Promise((ended) => process_.once('exit', ended))
  const memory = told.filter((_, i) => i % Math.ceil(told.length / 8) === 0).map(({ done, rssMb }) => `${done}: ${rssMb} MB`)
  return { seconds: Math.round((performance.now() - startedAt) / 100) / 10, ...result, memory }
}

if (project) await child(project)
else {
  const dir = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
  try {
    await makePictures(join(dir, 'in'), Number(count))
    const target = join(dir, 'p.maskwright')
    const killed = Number(killAt) > 0 ? await runChild(target, Number(count) * Number(killAt)) : undefined
    console.log(JSON.stringify({
      bench: 'import', kind, pictures: Number(count), size: `${width} x ${height}`, ...(killed && { killed }), import: await runChild(target, 0), again: await runChild(target, 0),
      device: `${cpus()[0].model}, ${availableParallelism()} threads`, versions: { node: process.versions.node },
    }))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
