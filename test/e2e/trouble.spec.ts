import { mkdirSync, truncateSync, writeFileSync, copyFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { smallLine } from '../service/small-line.ts'
import { expect, test, type Desk } from './desk.ts'
import { bigButton, expectEnd, go, importFolder, newProject, startRun } from './steps.ts'

async function ready(desk: Desk): Promise<void> {
  const line = smallLine(join(desk.dir, 'line'))
  await newProject(desk, 'Line')
  await importFolder(desk, 'Import renders', join(line, 'renders'))
  await importFolder(desk, 'Import photos', join(line, 'photos'))
}
const inRounds = (desk: Desk) => expect(desk.page.getByRole('banner').getByText(/round 1\/2/)).toBeVisible({ timeout: 90_000 })

test('a killed trainer goes on by itself and says so', async ({ desk }) => {
  await ready(desk)
  await startRun(desk.page, { 'training.firstSteps': 100 })
  await inRounds(desk)
  await desk.killTrainer()
  await expect(desk.page.getByText('The trainer stopped unexpectedly and went on by itself.').first()).toBeVisible({ timeout: 60_000 })
  await expectEnd(desk.page)
  await go(desk.page, 'Review')
  await expect(desk.page.getByRole('slider', { name: 'Round', exact: true })).toBeVisible()
})

test('closed and opened again in the middle of a run, it goes on where it was', async ({ desk }) => {
  await ready(desk)
  await startRun(desk.page, { 'training.firstSteps': 100 })
  await inRounds(desk)
  await desk.reopen()
  await desk.page.getByRole('button', { name: /Line.*paused/ }).click()
  await go(desk.page, 'Train')
  await bigButton(desk.page, 'Resume').click()
  await expect(bigButton(desk.page, 'Pause')).toBeVisible()
  await expectEnd(desk.page)
})

test('pauses and stops by its buttons', async ({ desk }) => {
  await ready(desk)
  await startRun(desk.page, { 'training.firstSteps': 100 })
  await inRounds(desk)
  await bigButton(desk.page, 'Pause').click()
  await expect(bigButton(desk.page, 'Resume')).toBeVisible({ timeout: 60_000 })
  await desk.page.getByRole('button', { name: 'Stop this run' }).click()
  await expect(bigButton(desk.page, 'Start')).toBeVisible({ timeout: 60_000 })
})

test('files that cannot be imported are listed with reasons, and the rest is in', async ({ desk }) => {
  const folder = join(desk.dir, 'bad')
  const sample = resolve('resources/sample/photos/wood/gear')
  mkdirSync(join(folder, 'gear'), { recursive: true })
  for (const name of ['000.jpg', '001.jpg', '002.jpg']) copyFileSync(join(sample, name), join(folder, 'gear', name))
  copyFileSync(join(sample, '000.jpg'), join(folder, 'gear', 'again.jpg'))
  truncateSync(join(folder, 'gear', '002.jpg'), 500)
  writeFileSync(join(folder, 'gear', 'note.jpg'), 'no picture')
  writeFileSync(join(folder, 'gear', 'Thumbs.db'), '')
  await newProject(desk, 'Bad files')
  await desk.choose([folder], () => desk.page.getByRole('button', { name: 'Import photos' }).first().click())
  await expect(desk.page.getByText('2 pictures imported')).toBeVisible({ timeout: 60_000 })
  await desk.page.getByRole('button', { name: /^Not imported/ }).click()
  const rows = desk.page.getByRole('table').getByRole('row')
  await expect(rows.filter({ hasText: '002.jpg' })).toBeVisible()
  await expect(rows.filter({ hasText: 'note.jpg' })).toBeVisible()
  await desk.page.getByRole('button', { name: 'Clear the list' }).click()
  await expect(desk.page.getByRole('button', { name: /^Not imported/ })).toHaveCount(0)
})
