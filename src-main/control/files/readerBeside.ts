import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Reads files beside and below an assembly source, and no others: the text may have come from anywhere. */
export function readerBeside(source: string): (name: string) => Uint8Array | null {
  const folder = path.dirname(source);
  return (name) => {
    const file = path.resolve(folder, name);
    if (!file.startsWith(folder + path.sep)) return null;
    try {
      return readFileSync(file);
    } catch {
      return null;
    }
  };
}
