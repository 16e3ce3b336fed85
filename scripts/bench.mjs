/**
 * `npm run bench [name...]`: runs test/bench/*.bench.ts one after the other, each in a process of its own. Those that
 * measure the command line get one that is built from the sources as they are.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './setup/build.mjs';
import { withSetupLock } from './setup/lock.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test/bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)));

const source = (name) => readFileSync(path.join(root, 'test/bench', name), 'utf8');
if (files.some((name) => source(name).includes('out/main'))) await withSetupLock(() => ensureBuild(['main']));

// Inside node_modules, so that what stays outside of the bundle is found.
const folder = path.join(root, 'node_modules/.cache/bench');
mkdirSync(folder, { recursive: true });
let status = 0;
for (const name of files) {
  process.stdout.write(`\n== ${name}\n`);
  const outfile = path.join(folder, `${name}.mjs`);
  await build({
    entryPoints: [path.join(root, 'test/bench', name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    // Packages that are CommonJS inside ask for it.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    external: ['esbuild'],
  });
  const run = spawnSync(process.execPath, [outfile], { cwd: root, stdio: 'inherit' });
  status ||= run.status ?? 1;
}
rmSync(folder, { recursive: true, force: true });
process.exit(status);
