import type { ChildProcess } from 'node:child_process';
import { test as base, expect, _electron, type ElectronApplication, type Page } from '@playwright/test';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { smallPicture } from './smallPicture.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Canvases draw their words anew at the next sample, ten times a second at most. */
const SETTLING_MS = 600;

/** One run of the built application. */
export interface Vivarium {
  readonly app: ElectronApplication;
  /** Playwright forgets it once it has ended. */
  readonly process: ChildProcess;
  readonly window: Page;
}

export interface LaunchOptions {
  /** What follows the program's name on the command line, such as files to open. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface PictureOptions {
  /** Shown in the README or the guides, so `npm run screenshots` keeps it in docs/images, and in Chinese in docs/images/zh. */
  readonly documented?: boolean;
}

interface Fixtures {
  /** A new, empty VIVARIUM_HOME, deleted when the test ends. */
  home: string;
  /** Starts the application on `home`; call it again for a second start. What still runs at the test's end is closed. */
  launch: (options?: LaunchOptions) => Promise<Vivarium>;
  /** The window of an application started without arguments. */
  window: Page;
  /** Saves what the window shows as out/screenshots/NAME.png. */
  picture: (window: Page, name: string, options?: PictureOptions) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  // Playwright reads a fixture's dependencies from its first parameter, which must be a pattern, here an empty one.
  home: async ({}, use) => {
    const home = await mkdtemp(path.join(tmpdir(), 'vivarium e2e '));
    await use(home);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  },

  launch: async ({ home }, use, testInfo) => {
    const executablePath = process.env['VIVARIUM_ELECTRON'];
    if (!executablePath) throw new Error('Run the end-to-end tests with: npm test -- --only e2e');
    const switches: string[] = JSON.parse(process.env['VIVARIUM_ELECTRON_SWITCHES'] ?? '[]');
    const running: Pick<Vivarium, 'app' | 'process'>[] = [];
    let output = '';
    const start = async ({ args = [], env = {} }: LaunchOptions): Promise<ElectronApplication> => {
      const app = await _electron.launch({
        executablePath,
        // A virtual display has no GPU, and Chromium would try for one again and again.
        args: [root, ...switches, '--disable-gpu', `--user-data-dir=${path.join(home, 'chromium')}`, ...args],
        env: { ...inheritedEnvironment(), VIVARIUM_HOME: home, ...env },
      });
      const process = app.process();
      running.push({ app, process });
      for (const stream of [process.stdout, process.stderr]) {
        stream?.on('data', (data: Buffer) => (output += data.toString()));
      }
      return app;
    };
    await use(async (options = {}) => {
      const isFirst = running.length === 0;
      const before = `${home} before`;
      if (isFirst) await cp(home, before, { recursive: true });
      let app = await start(options);
      let window = await firstWindow(app);
      if (isFirst && window === undefined && (await hasWindow(app))) {
        // On a busy host Playwright misses the window of about one start in fifty: that start is undone.
        await close(app, app.process());
        await rm(home, { recursive: true, force: true, maxRetries: 5 });
        await cp(before, home, { recursive: true });
        app = await start(options);
        window = await firstWindow(app);
      }
      await rm(before, { recursive: true, force: true });
      if (window === undefined) throw new Error('The application has opened no window.');
      return { app, process: app.process(), window };
    });
    if (testInfo.status !== testInfo.expectedStatus) {
      await writeFile(testInfo.outputPath('output.log'), output);
      for (const [index, page] of running.flatMap(({ app }) => app.windows()).entries()) {
        const file = testInfo.outputPath(`window-${index}.png`);
        await page.screenshot({ path: file, timeout: 5_000 }).catch(() => undefined); // a killed one has none
      }
    }
    for (const { app, process } of running) await close(app, process);
  },

  window: async ({ launch }, use) => {
    const { window } = await launch();
    await use(window);
  },

  picture: async ({}, use) => {
    await use(async (window, name, { documented = false } = {}) => {
      await window.screenshot({ path: await pictureFile('out/screenshots', name) });
      if (!documented || !process.env['VIVARIUM_UPDATE_IMAGES']) return;
      await keepPicture(window, 'docs/images', name);
      await setLanguage(window, 'zh-CN');
      await keepPicture(window, 'docs/images/zh', name);
      await setLanguage(window, 'en');
    });
  },
});

export { expect };

async function pictureFile(folder: string, name: string): Promise<string> {
  await mkdir(path.join(root, folder), { recursive: true });
  return path.join(root, folder, `${name}.png`);
}

async function keepPicture(window: Page, folder: string, name: string): Promise<void> {
  await writeFile(await pictureFile(folder, name), smallPicture(await window.screenshot()));
}

async function setLanguage(page: Page, language: 'en' | 'zh-CN'): Promise<void> {
  await page.evaluate((chosen) => window.vivarium.call('preferences:update', { language: chosen }), language);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await page.waitForTimeout(SETTLING_MS);
}

function inheritedEnvironment(): Record<string, string> {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return env as Record<string, string>; // `undefined` values are absent ones
}

async function firstWindow(app: ElectronApplication): Promise<Page | undefined> {
  return app.firstWindow({ timeout: 20_000 }).catch(() => undefined);
}

async function hasWindow(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length > 0);
}

/** Exits without the questions that closing a window may ask; a test that killed its application is fine too. */
async function close(app: ElectronApplication, process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = new Promise((resolve) => process.once('exit', resolve));
  await app.evaluate((electron) => electron.app.exit(0)).catch(() => undefined);
  const timer = setTimeout(() => process.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}
