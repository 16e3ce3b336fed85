import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { dataFolder } from '../../control/dataFolder.ts';
import { builtFile } from '../../hypervisor/builtFile.ts';
import type { HypervisorService, Result } from '../../hypervisor/types.ts';

/** How commands get at the machines of the user's store. */
export interface StoreAccess {
  readonly folder: string;
  /** Opens the store in this process. */
  open(): Promise<Result<HypervisorService>>;
  /** Starts a process in the background that has the store open until its last machine is off. */
  startOwner(): OwnerStart;
}

export interface OwnerStart {
  /** What it has complained of, once it has ended; null while it lives. */
  failure(): string | null;
}

const THREAD = 'vcpuThread.cjs';

/** The store of the window, and `vivarium serve` as its owner. */
export function userStore(): StoreAccess {
  const folder = dataFolder();
  return {
    folder,
    async open() {
      const threadEntry = builtFile(THREAD);
      if (threadEntry === undefined) throw new Error(`${THREAD} is missing: the program was not built as a whole.`);
      // Nobody else needs them: they bring the store and its schemas.
      const { Hypervisor } = await import('../../hypervisor/Hypervisor.ts');
      const { compileThreadedModule } = await import('../../hypervisor/threadedModule.ts');
      const { stepOverEnd } = await import('../../debug/StepOver.ts');
      const handlers = await compileThreadedModule();
      return Hypervisor.open({ folder, threadEntry, handlers, stepOverEnd, keepsSpareThread: true });
    },
    startOwner: () => startServe(folder),
  };
}

/** Its words go to a file, since the terminal may be closed before it ends. */
function startServe(folder: string): OwnerStart {
  const control = path.join(folder, 'control');
  mkdirSync(control, { recursive: true, mode: 0o700 });
  const log = path.join(control, 'headless.log');
  const output = openSync(log, 'w', 0o600);
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [script, 'serve', '--until-idle'], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', output, output],
    cwd: folder,
    env: { ...process.env, VIVARIUM_HOME: folder },
  });
  closeSync(output);
  let problem: string | null = null;
  child.on('error', (error) => (problem = error.message));
  child.on('exit', (status) => {
    // Another one may have been first, and then this one has nothing to do.
    if (status !== 0) problem = readFileSync(log, 'utf8').trim() || `it ended with status ${status}`;
  });
  child.unref();
  return { failure: () => problem };
}
