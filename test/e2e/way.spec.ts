import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { smallLine } from '../service/small-line.ts'
import { expect, test } from './desk.ts'
import { expectEnd, go, importFolder, newProject, startRun } from './steps.ts'

const sample = resolve('resources/sample')

test('the whole way: create, import, tag, train, review with brush and undo, report, export, predict', async ({ desk }) => {
  const { page, dir } = desk
  const line = smallLine(join(dir, 'line'))
  await newProject(desk, 'Pump housing')
  await importFolder(desk, 'Import renders', join(line, 'renders'))
  await importFolder(desk, 'Import photos', join(line, 'photos'))
  await expect(page.getByRole('button', { name: /Untagged/ })).toHaveCount(0)

  await test.step('tag photos by keyboard', async () => {
    const first = page.getByRole('listbox', { name: 'Photos' }).getByRole('option').first()
    await first.click()
    await page.keyboard.press('2')
    await expect(page.getByText('gear').first()).toBeVisible()
    await page.keyboard.press('Control+z')
  })

  await test.step('train to the end', async () => {
    await startRun(page, { 'network.weights': 'coco', 'network.width': 1 })
    await expectEnd(page)
  })

  await test.step('review with brush and undo', async () => {
    await go(page, 'Review')
    await expect(page.getByRole('slider', { name: /Round/ }).or(page.getByRole('radiogroup', { name: 'Round' })).first()).toBeVisible()
    await page.keyboard.press('b')
    const canvas = page.locator('canvas').first()
    const box = (await canvas.boundingBox())!
    await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 + 40, box.y + box.height / 2, { steps: 8 })
    await page.mouse.up()
    await expect(page.getByText(/[1-9][\d,.]* px on 1 photos? in all/)).toBeVisible()
    await page.keyboard.press('z')
    await expect(page.getByText(/0 px on 0 photos in all/)).toBeVisible()
    await page.keyboard.press('a')
  })

  await test.step('report saved as PDF', async () => {
    await go(page, 'Report')
    const path = join(dir, 'report.pdf')
    await desk.choose([path], () => page.getByRole('button', { name: /PDF/ }).click())
    await expect.poll(() => existsSync(path) && statSync(path).size, { timeout: 60_000 }).toBeGreaterThan(5000)
    expect(readFileSync(path).subarray(0, 5).toString()).toBe('%PDF-')
  })

  await test.step('export and predict', async () => {
    await go(page, 'Export')
    await desk.choose([dir], () => page.getByRole('button', { name: 'Write model' }).first().click())
    await expect(page.getByText('checked').first()).toBeVisible({ timeout: 60_000 })
    const bundle = readdirSync(dir).find((name) => name.includes('float32'))!
    expect(readdirSync(join(dir, bundle)).sort()).toEqual(['SHA256SUMS', 'consumers', 'labels.json', 'model-card.html', 'model-card.json', 'model.onnx', 'samples'])
    await desk.choose([join(line, 'photos')], () => page.getByRole('button', { name: 'Choose' }).first().click())
    await desk.choose([join(dir)], () => page.getByRole('button', { name: 'Choose' }).last().click())
    await page.getByRole('button', { name: 'Make masks' }).click()
    await expect(page.getByText('8 photos done')).toBeVisible({ timeout: 60_000 })
  })
  expect(desk.complaints).toEqual([])
})

test('the sample opens in one click', async ({ desk }) => {
  test.skip(!existsSync(join(sample, 'tags.json')), 'the sample line is not here')
  await desk.page.getByRole('button', { name: 'Try the sample' }).first().click()
  await expect(desk.page.getByRole('listbox', { name: 'Photos' })).toBeVisible({ timeout: 90_000 })
  expect(desk.complaints).toEqual([])
})

test('a photo of the camera goes straight into the project, tagged', async ({ desk }) => {
  const { page } = desk
  await newProject(desk, 'Camera')
  await page.getByRole('button', { name: 'Add a workpiece' }).click()
  await page.getByRole('textbox', { name: 'Name of the workpiece' }).fill('gear')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Camera' }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Take photo' })).toBeEnabled()
  await page.waitForTimeout(1000)
  await dialog.getByRole('button', { name: 'Take photo' }).click()
  await expect(dialog.getByText(/1 photo taken/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('listbox', { name: 'Photos' }).getByRole('option')).toHaveCount(1)
  expect(desk.complaints).toEqual([])
})
