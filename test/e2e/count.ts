import { mkdirSync, writeFileSync } from 'node:fs'
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter'

/** Counts specs and says so in one line, also to test-results/e2e.json for who adds it up. */
export default class Count implements Reporter {
  readonly outcome = new Map<string, TestResult['status']>()

  onTestEnd(test: TestCase, result: TestResult): void {
    this.outcome.set(test.id, result.status)
  }

  onEnd(_result: FullResult): void {
    const states = [...this.outcome.values()]
    const passed = states.filter((state) => state === 'passed').length
    const skipped = states.filter((state) => state === 'skipped').length
    const counts = { passed, failed: states.length - passed - skipped, skipped }
    mkdirSync('test-results', { recursive: true })
    writeFileSync('test-results/e2e.json', JSON.stringify(counts))
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}
