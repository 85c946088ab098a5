import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openCodec } from '../../main/core/image/codec.ts'
import { random } from '../../main/core/random.ts'
import { importPhotos } from '../../main/steps/import-images.ts'
import { openStore } from '../../main/store/index.ts'

const pictures = 240

function drawPictures(dir: string, encode: (image: { width: number; height: number; data: Uint8Array }) => Uint8Array): void {
  mkdirSync(join(dir, 'gear'), { recursive: true })
  for (let i = 0; i < pictures; i++) {
    const { below } = random('import-kill', i)
    const data = new Uint8Array(160 * 120 * 3).map(() => below(256))
    writeFileSync(join(dir, 'gear', `${String(i).padStart(3, '0')}.png`), encode({ width: 160, height: 120, data }))
  }
}

it('goes on after a kill where it was, without a picture twice or lost', async () => {
  const root = mkdtempSync(join(tmpdir(), 'maskwright-import-kill-'))
  const codec = await openCodec()
  try {
    drawPictures(join(root, 'in'), codec.encodePng)
    const dir = join(root, 'p.maskwright')
    openStore(dir, { create: true }).close()
    const child = spawn(process.execPath, ['main/cli.ts', 'import', 'photos', dir, join(root, 'in')], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
    const store = openStore(dir)
    try {
      while (store.images.count() === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5))
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
      const before = store.images.count()
      expect(before).toBeGreaterThan(0)
      expect(before).toBeLessThan(pictures)
      const { added, duplicates } = await importPhotos(store, codec, join(root, 'in'))
      expect({ added, duplicates }).toEqual({ added: pictures - before, duplicates: before })
    } finally {
      store.close()
    }
    const again = openStore(dir)
    const rows = again.images.list()
    expect(rows.map(({ name }) => name)).toEqual(readdirSync(join(root, 'in', 'gear')).map((name) => `gear/${name}`))
    for (const { id } of rows) expect(again.images.bytes(id).length).toBeGreaterThan(0)
    expect(readdirSync(join(dir, 'blobs', 'unfinished'))).toEqual([])
    again.close()
  } finally {
    codec.close()
    rmSync(root, { recursive: true, force: true })
  }
})
