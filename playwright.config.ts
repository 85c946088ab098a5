import { defineConfig } from '@playwright/test'
import { doors, type DoorName } from './test/e2e/doors.ts'

/** The whole program seen from outside: on real Electron where one is, else through the second door; both with MASKWRIGHT_E2E=both. */
export default defineConfig<object, { door: DoorName }>({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/e2e',
  globalSetup: './test/e2e/setup.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 240_000,
  // A window on a busy machine may miss a passing message; a spec that fails twice fails.
  retries: 1,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['./test/e2e/count.ts']],
  use: { actionTimeout: 20_000, trace: 'off' },
  projects: doors().map((door) => ({ name: door, use: { door } })),
})
