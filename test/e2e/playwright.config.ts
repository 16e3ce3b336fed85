import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../../test-results',
  // Each test starts the whole application, whose machines fill two processors by themselves.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env['CI'],
  reporter: [
    ['list'],
    ...(process.env['VIVARIUM_E2E_REPORT']
      ? [['json', { outputFile: process.env['VIVARIUM_E2E_REPORT'] }] as const]
      : []),
  ],
});
