import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { inRoot } from './paths.mjs';

/** Imports a TypeScript file of this checkout (a path in it), which plain Node does not, with all that it imports. */
export async function importSource(file) {
  // Inside node_modules, so that what stays outside of the bundle is found.
  const outfile = inRoot('node_modules/.cache/sources', `${path.join(path.dirname(file), path.parse(file).name)}.mjs`);
  await build({
    entryPoints: [inRoot(file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // Packages that are CommonJS inside ask for it.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    external: ['esbuild', 'prettier'],
  });
  return import(pathToFileURL(outfile).href);
}
