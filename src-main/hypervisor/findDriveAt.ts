import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { refused } from './results.ts';
import type { HypervisorError } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

/** What is written to `file` replaces it for good: why it cannot be this one, or undefined. */
export async function findDriveAt(
  file: string,
  machines: Iterable<VirtualMachine>,
): Promise<{ readonly ok: false; readonly error: HypervisorError } | undefined> {
  const replaced = await placeOf(file);
  for (const { stored } of machines) {
    for (const drive of stored.drives) {
      // A link may be replaced, or what it leads to.
      const images = [await placeOf(drive.path), await realPathOf(drive.path)];
      if (!images.includes(replaced)) continue;
      const what = `${path.basename(file)} lies in a drive of “${stored.name}”`;
      return refused('drive-refused', `${what}, and would be lost. Choose another file.`);
    }
  }
  return undefined;
}

/** Whatever links lead to its folder. */
async function placeOf(file: string): Promise<string> {
  return path.join(await realPathOf(path.dirname(file)), path.basename(file));
}

/** Of what is not there, the path itself. */
function realPathOf(file: string): Promise<string> {
  return realpath(file).catch(() => path.resolve(file));
}
