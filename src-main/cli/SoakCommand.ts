import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { builtFile } from '../hypervisor/builtFile.ts';
import { EXIT_STATUS, UsageError } from './ExitStatus.ts';

/** From the folder of the main bundle, `out/main`. */
const SCRIPT = '../../scripts/soak.mjs';
const PROGRAM = 'cli.cjs';

/** `vivarium soak`: the same as `npm run soak`, which is a test and lies with the sources. Throws {@link UsageError}. */
export function soak(args: readonly string[]): Promise<number> {
  const program = builtFile(PROGRAM);
  const script = program && path.resolve(path.dirname(program), SCRIPT);
  if (script === undefined || !existsSync(script))
    throw new UsageError('soak: it is one of the tests, and lies with the sources, which are not here.');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (status, signal) =>
      resolve(status ?? (signal ? 128 + constants.signals[signal] : EXIT_STATUS.failure)),
    );
  });
}
