import { defineConfig } from '@playwright/test';

/** `npm run bench:ui`. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.bench.ts',
  outputDir: '../../test-results',
  workers: 1,
  timeout: 300_000,
  reporter: 'list',
});
