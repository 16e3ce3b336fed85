import { build } from 'esbuild';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Makes one script of a TypeScript file, as the app's build does, for a thread or process of a test's own. Returns its path. */
export async function bundle(file: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-bundle-'));
  const outfile = path.join(folder, 'bundle.cjs');
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    // As the app's build does, which esbuild leaves undefined in CommonJS.
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
  return outfile;
}
