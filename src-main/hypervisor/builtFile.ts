import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that the build writes into the folder of the main bundle; undefined where the program runs from its sources. */
export function builtFile(name: string): string | undefined {
  const here = path.dirname(fileURLToPath(import.meta.url));
  // Shared chunks lie one folder below the bundle.
  return [here, path.dirname(here)].map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}
