import { chromium, expect, test as base, type Browser, type Page } from '@playwright/test';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const packaged = path.join(root, 'out/packages/linux-unpacked');
const run = promisify(execFile);

/** On a busy host Playwright misses a window that opens while it connects; a new connection sees it. */
const WINDOW_ATTEMPTS = 4;
const WINDOW_WAIT_MS = 10_000;

/** A window of the app as it is given to users, over Chromium's debugging port: its fuses refuse Node's. */
interface PackagedWindow {
  readonly page: Page;
  output(): string;
}

const test = base.extend<{ home: string; packagedWindow: PackagedWindow }>({
  home: async ({}, use) => {
    const home = await mkdtemp(path.join(tmpdir(), 'vivarium packaged '));
    await use(home);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  },
  packagedWindow: async ({ home }, use) => {
    const switches: string[] = JSON.parse(process.env['VIVARIUM_ELECTRON_SWITCHES'] ?? '[]');
    const args = [...switches, '--disable-gpu', '--remote-debugging-port=0', '--inspect=0'];
    const app = spawn(path.join(packaged, 'vivarium-desktop'), args, {
      env: { ...process.env, VIVARIUM_HOME: home, NODE_OPTIONS: '--trace-deprecation' },
    });
    let output = '';
    app.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const ended = new Promise((resolve) => app.once('exit', resolve));
    let browser: Browser | undefined;
    try {
      const endpoint = await debuggingEndpoint(app, () => output);
      let page: Page | undefined;
      for (let attempt = 0; attempt < WINDOW_ATTEMPTS && page === undefined; attempt++) {
        await browser?.close(); // the connection alone
        browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
        page = await firstPage(browser);
      }
      if (page === undefined) throw new Error(`The packaged app has shown no window: ${output}`);
      await use({ page, output: () => output });
    } finally {
      await browser?.close();
      app.kill('SIGKILL');
      await ended;
    }
  },
});

test.skip(process.platform !== 'linux', 'The packaged app is tested on Linux.');

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await run(process.execPath, ['scripts/package.mjs', 'dir'], { cwd: root });
});

test('the packaged app runs a sample, tells its licences, and lets nobody into its main process', async ({
  packagedWindow: { page, output },
}) => {
  const part = (id: keyof typeof TEST_IDS) => page.getByTestId(TEST_IDS[id]);
  await part('navSamples').click();
  const card = part('sampleCard').filter({ hasText: 'primes.asm' });
  await card.getByTestId(TEST_IDS.sampleRun).click();
  await expect(part('vmRow')).toHaveAttribute('data-state', 'running');
  await expect(part('registerStrip')).toBeVisible();

  await page.keyboard.press('Control+k');
  await part('paletteInput').fill('About');
  await page.keyboard.press('Enter');
  await part('licences').locator('summary').first().click();
  await expect(part('licences')).toContainText('zod');
  await expect(part('licences')).toContainText('vue');

  expect(output()).not.toContain('Debugger listening');
});

test('its command line runs a program without a window, and machines in the background', async ({ home }) => {
  const env = { ...process.env, VIVARIUM_HOME: home };
  const vivarium = async (...args: string[]) =>
    (await run(path.join(packaged, 'bin/vivarium'), args, { cwd: root, env })).stdout;
  const primes = 'resources/programs/primes.asm';
  const report = JSON.parse(await vivarium('run', 'resources/programs/seed.txt', '--json', '--timeout', '20'));
  expect(report.exit.reason).toBe('hlt');
  await vivarium('create', primes, '--name', 'packed', '--start');
  expect(JSON.parse(await vivarium('ls', '--json'))).toMatchObject([{ name: 'packed', state: 'running' }]);
  await vivarium('stop', 'packed', '--force');
});

test('what the licences ask for lies beside the program', () => {
  for (const name of ['LICENSE.txt', 'LICENSE.electron.txt', 'LICENSES.chromium.html', 'THIRD-PARTY-NOTICES.txt']) {
    expect(existsSync(path.join(packaged, name)), name).toBe(true);
  }
});

async function firstPage(browser: Browser): Promise<Page | undefined> {
  const [context] = browser.contexts();
  return context?.pages()[0] ?? context?.waitForEvent('page', { timeout: WINDOW_WAIT_MS }).catch(() => undefined);
}

/** Chromium says on standard error where its debugging port listens. */
async function debuggingEndpoint(app: ChildProcess, output: () => string): Promise<string> {
  let endpoint: string | undefined;
  await expect
    .poll(
      () => {
        if (app.exitCode !== null) throw new Error(`The packaged app has ended: ${output()}`);
        endpoint = /DevTools listening on (ws:\S+)/.exec(output())?.[1];
        return endpoint;
      },
      { timeout: 30_000 },
    )
    .toBeDefined();
  return endpoint!;
}
