/** `npm run bench:ui`: how fast the window is, in the real Electron, beside what is promised (test/e2e/window.bench.ts). */
import { spawn } from 'node:child_process';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureElectron } from './setup/electronRuntime.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { root } from './setup/paths.mjs';
import { runScript } from './setup/progress.mjs';
import { ensureSystemLibraries, ensureXvfb } from './setup/systemLibraries.mjs';
import { needsVirtualDisplay, prepareWindowTests } from './setup/windowTests.mjs';

await runScript(async () => {
  await withSetupLock(async () => {
    await ensureDependencies();
    const { executable } = await ensureElectron();
    await ensureSystemLibraries(executable);
    if (needsVirtualDisplay()) await ensureXvfb();
  });
  const { command, env, stop } = await prepareWindowTests();
  try {
    return await new Promise((resolve, reject) => {
      const args = [...command, '--config', 'test/e2e/bench.config.ts', ...process.argv.slice(2)];
      const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
      child.on('error', reject);
      child.on('close', (status) => resolve(status ?? 1));
    });
  } finally {
    stop();
  }
});
