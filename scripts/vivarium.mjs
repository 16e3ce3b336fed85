#!/usr/bin/env node
/** `npm run -s vivarium -- ...`: the command line, in plain Node. Set-up speaks on standard error alone. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { withAllocator } from './setup/allocator.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { inRoot } from './setup/paths.mjs';
import { runScript } from './setup/progress.mjs';

await runScript(async () => {
  await withSetupLock(async () => {
    await ensureDependencies();
    await ensureBuild(['main']);
  });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [inRoot('out/main/cli.cjs'), ...process.argv.slice(2)], {
      stdio: 'inherit',
      cwd: process.env.INIT_CWD ?? process.cwd(),
      env: withAllocator(process.env),
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? 128 + constants.signals[signal]));
  });
});
