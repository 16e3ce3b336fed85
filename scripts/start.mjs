/** `npm start [-- FILE ...]`: whatever set-up is missing, then the window. */
import { spawn } from 'node:child_process';
import { withAllocator } from './setup/allocator.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureElectron, switchesFor } from './setup/electronRuntime.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { root } from './setup/paths.mjs';
import { runScript, SetupError } from './setup/progress.mjs';
import { ensureSystemLibraries } from './setup/systemLibraries.mjs';

await runScript(async () => {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new SetupError(
      `there is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.
Start it from a desktop session, or over SSH with "ssh -X"; on a machine without a screen, a virtual one will do:

  xvfb-run -a npm start

Programs run without any window with: npm run -s vivarium -- run FILE`,
    );
  }
  const { executable } = await withSetupLock(async () => {
    await ensureDependencies();
    const electron = await ensureElectron();
    await ensureSystemLibraries(electron.executable);
    await ensureBuild();
    return electron;
  });
  return run(executable, [root, ...switchesFor(executable), ...process.argv.slice(2)]);
});

/** Relative file names mean what they mean where the user typed them, hence the working directory. */
function run(executable, args) {
  return new Promise((resolve, reject) => {
    const env = withAllocator(process.env);
    // Set by some editors' terminals, it would make Electron a plain Node.
    delete env.ELECTRON_RUN_AS_NODE;
    const child = spawn(executable, args, { stdio: 'inherit', cwd: process.env.INIT_CWD ?? process.cwd(), env });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
  });
}
