import { expect, type Page } from '@playwright/test'
import { tiny } from '../service/small-line.ts'
import type { Desk } from './desk.ts'

/** Ways that several specs go. */

export const go = (page: Page, place: string) => page.getByRole('navigation').getByRole('button', { name: place }).or(page.getByRole('navigation').getByRole('link', { name: place })).first().click()

export async function newProject({ page }: Desk, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create project' }).click()
  await expect(page.getByRole('button', { name: 'Import photos' }).first()).toBeVisible()
}

export async function importFolder(desk: Desk, button: string, folder: string): Promise<void> {
  const { page } = desk
  // The message passes by itself, so it is waited for from before the click.
  const told = page.getByText(/\d+ pictures? imported/).last().waitFor({ timeout: 90_000 })
  await Promise.all([told, desk.choose([folder], () => page.getByRole('button', { name: button }).first().click())])
  await page.getByRole('button', { name: 'Close' }).last().click().catch(() => undefined)
}

/** Fills the form with settings under which a run takes seconds. */
export async function quicken(page: Page, more: Record<string, unknown> = {}): Promise<void> {
  await page.locator('summary').click()
  for (const [name, value] of Object.entries({ ...tiny, ...more })) {
    const field = page.locator(`#set-${name.replace('.', '-')}`)
    if (typeof value === 'boolean') {
      if ((await field.getAttribute('aria-checked')) !== String(value)) await field.click()
    } else {
      await field.fill(Array.isArray(value) ? value.join(' ') : String(value))
      await field.press('Enter')
    }
  }
}

/** The one big button of training. */
export const bigButton = (page: Page, word: 'Start' | 'Pause' | 'Resume') => page.getByRole('complementary', { name: 'Steps' }).getByRole('button', { name: word, exact: true })

/** Starts a run that takes seconds, from wherever the page is. */
export async function startRun(page: Page, more: Record<string, unknown> = {}): Promise<void> {
  await go(page, 'Train')
  await quicken(page, more)
  await bigButton(page, 'Start').click()
  await expect(bigButton(page, 'Pause')).toBeVisible()
}

export const expectEnd = (page: Page) => expect(bigButton(page, 'Start')).toBeVisible({ timeout: 150_000 })
