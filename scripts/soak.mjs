/**
 * Runs test/soak: machines made, run, snapshotted and deleted at random, for as long as --minutes says. In a process
 * that was started as the app is, since what a process keeps depends on how its allocator was set.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withAllocator } from './setup/allocator.mjs';
import { importSource } from './setup/importSource.mjs';
import { root } from './setup/paths.mjs';

const STARTED = 'VIVARIUM_SOAK_STARTED';

if (process.env[STARTED]) {
  process.chdir(root);
  await importSource('test/soak/main.ts');
} else {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...withAllocator(process.env), [STARTED]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('close', (status) => (process.exitCode = status ?? 1));
}
