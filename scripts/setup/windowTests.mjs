import { ensureBuild } from './build.mjs';
import { ensureElectron, switchesFor } from './electronRuntime.mjs';
import { withSetupLock } from './lock.mjs';
import { inRoot } from './paths.mjs';
import { startXvfb } from './virtualDisplay.mjs';

/** A display that the user looks at is used only when asked for: tests that steal the focus are a nuisance. */
export function needsVirtualDisplay() {
  return process.platform === 'linux' && !process.env.VIVARIUM_TEST_ON_DISPLAY;
}

/**
 * Builds the sources as they are, and opens a display for windows that a test drives.
 *
 * @returns {Promise<{ command: string[], env: Record<string, string>, stop: () => void }>} Playwright's command for
 *   Node, and what it needs of the environment.
 */
export async function prepareWindowTests() {
  const { executable } = await withSetupLock(async () => {
    await ensureBuild();
    return ensureElectron();
  });
  const display = needsVirtualDisplay() ? await startXvfb() : undefined;
  return {
    command: [inRoot('node_modules/@playwright/test/cli.js'), 'test'],
    env: {
      VIVARIUM_ELECTRON: executable,
      VIVARIUM_ELECTRON_SWITCHES: JSON.stringify(switchesFor(executable)),
      ...(display && { DISPLAY: display.name }),
    },
    stop: () => display?.stop(),
  };
}
