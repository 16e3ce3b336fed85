import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** No text and no part of a program is larger; memory shall not be filled by what a file's debug information names. */
const MOST_BYTES = 256 * 2 ** 20;

/** Reads plain files beside and below an assembly source, and no others: the text may have come from anywhere. */
export function readerBeside(source: string): (name: string) => Uint8Array | null {
  const folder = path.dirname(source);
  return (name) => {
    const file = path.resolve(folder, name);
    if (!file.startsWith(folder + path.sep)) return null;
    try {
      const status = statSync(file);
      // A pipe or a terminal would be waited for.
      return status.isFile() && status.size <= MOST_BYTES ? readFileSync(file) : null;
    } catch {
      return null;
    }
  };
}
