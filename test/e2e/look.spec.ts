import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test, type Desk } from './desk.ts'
import { go } from './steps.ts'

const words = {
  en: { language: 'English', settings: 'Settings', dataset: 'Dataset', close: 'Close' },
  de: { language: 'Deutsch', settings: 'Einstellungen', dataset: 'Daten', close: 'Schließen' },
  zh: { language: '中文', settings: '设置', dataset: '数据', close: '关闭' },
} as const

async function openSample({ page }: Desk): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).first().click()
  await expect(page.getByRole('listbox', { name: 'Photos' })).toBeVisible({ timeout: 90_000 })
}

async function choose(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button').nth(-2).click()
  const dialog = page.locator('dialog[open]')
  if (label === 'theme') await dialog.getByText(value, { exact: true }).click()
  else await dialog.locator('select').first().selectOption(value)
  await page.keyboard.press('Escape')
}

/** Serious faults that axe finds in what is in sight. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`)
}

test('every place is free of serious faults of accessibility, light and dark', async ({ desk }) => {
  const { page } = desk
  const found = await faults(page)
  await openSample(desk)
  for (const theme of ['Light', 'Dark']) {
    await choose(page, 'theme', theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase())
    for (const place of ['Dataset', 'Train', 'Review', 'Report', 'Export']) {
      await go(page, place)
      found.push(...(await faults(page)).map((fault) => `${place}, ${theme}: ${fault}`))
    }
  }
  expect(found).toEqual([])
  expect(desk.complaints).toEqual([])
})

test('speaks English, German and Chinese, at once and after a restart', async ({ desk }) => {
  for (const language of ['de', 'zh', 'en'] as const) {
    await choose(desk.page, 'language', language)
    await expect(desk.page.locator('html')).toHaveAttribute('lang', new RegExp(`^${language}`))
    const text = await desk.page.locator('body').innerText()
    expect(text).not.toMatch(/\b(home|places|status|guide)\.[a-z]+/)
    expect(text).toContain({ de: 'Projekte', zh: '项目', en: 'Projects' }[language])
  }
  await expect(desk.page.getByRole('navigation').getByRole('button', { name: words.en.dataset })).toBeVisible()
})

test('the page has no way out', async ({ desk }) => {
  const { page } = desk
  const address = page.url()
  const tried = await page.evaluate(async () => {
    const blocked: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective))
    const script = document.createElement('script')
    try {
      script.textContent = 'window.broken = true'
      document.body.append(script)
    } catch {
      blocked.push('trusted-types')
    }
    await fetch('https://example.com/').catch(() => blocked.push('fetch'))
    const opened = window.open('https://example.com/')
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { broken: 'broken' in window, opened: opened === null, blocked, node: 'require' in window || 'process' in window }
  })
  expect(tried).toMatchObject({ broken: false, node: false })
  expect(tried.blocked).toContain('fetch')
  if (desk.app) {
    expect(tried.opened).toBe(true)
    await page.evaluate(() => { window.location.href = 'https://example.com/' })
    await page.waitForTimeout(500)
    expect(page.url()).toBe(address)
    const preferences = await desk.app.evaluate(({ BrowserWindow }) => {
      const own = BrowserWindow.getAllWindows()[0].webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, nodeIntegration } = own.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration }
    })
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false })
  }
})
