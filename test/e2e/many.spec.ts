import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodePng } from '../../main/service/png.ts'
import { openStore } from '../../main/store/index.ts'
import { expect, test } from './desk.ts'

const count = 10_000

/** A project of ten thousand small photos, written without the flushing of a real import. */
async function manyPhotos(dir: string): Promise<void> {
  const store = openStore(dir, { create: true })
  const gear = store.workpieces.ensure('gear').id
  const data = new Uint8Array(64 * 48 * 3)
  const rows: Parameters<typeof store.images.add>[0][] = []
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < data.length; p += 3) {
      data[p] = i & 255
      data[p + 1] = i >> 8
      data[p + 2] = (p / 3) % 64 < 32 ? 200 : 60
    }
    const bytes = await encodePng(64, 48, data)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    mkdirSync(dirname(store.blobs.path(sha256)), { recursive: true })
    writeFileSync(store.blobs.path(sha256), bytes)
    rows.push({ kind: 'photo', name: `gear/${String(i).padStart(5, '0')}.png`, group: 'gear', width: 64, height: 48, sha256, workpieceIds: [gear] })
  }
  store.transaction(() => rows.forEach((row) => store.images.add(row)))
  store.close()
}

test('ten thousand photos scroll, by wheel and by keyboard, with a handful drawn', async ({ desk }) => {
  const { page } = desk
  const path = join(desk.dir, 'projects', 'Many.maskwright')
  await manyPhotos(path)
  await desk.choose([path], () => page.getByRole('button', { name: 'Open' }).click())
  const grid = page.getByRole('listbox', { name: 'Photos' })
  await expect(grid).toBeVisible()
  const cells = grid.getByRole('option')
  await expect(cells.first()).toHaveAttribute('aria-setsize', String(count))
  expect(await cells.count()).toBeLessThan(200)
  await grid.hover()
  for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 2000)
  expect(await cells.count()).toBeLessThan(200)
  await cells.first().click()
  await page.keyboard.press('End')
  const last = cells.last()
  await expect(last).toHaveAttribute('aria-posinset', String(count))
  await expect.poll(() => last.locator('img').evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth), { timeout: 30_000 }).toBeGreaterThan(0)
  await page.keyboard.press('Control+a')
  await expect(page.getByText('10,000 selected')).toBeVisible()
  expect(desk.complaints).toEqual([])
})
