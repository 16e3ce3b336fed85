/**
 * `npm run docs [-- --serve | --reference]`: the documentation's site in out/docs, from docs/; with `--serve`, to be read in a
 * browser of this computer until Ctrl-C. With `--reference`, only
 * the pages in docs/reference that are made from the code. What builds the site is installed when it is first asked for
 * (docs/package.json): nothing else needs it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureDependencies, npmCommand } from './setup/dependencies.mjs';
import { importSource } from './setup/importSource.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { inRoot } from './setup/paths.mjs';
import { collect, runScript, say, SetupError, step } from './setup/progress.mjs';

const docs = inRoot('docs');
const vitepress = path.join(docs, 'node_modules/vitepress/bin/vitepress.js');

await runScript(async () => {
  await withSetupLock(() => ensureDependencies());
  await writeReference();
  if (process.argv.includes('--reference')) return 0;
  await withSetupLock(ensureVitePress);
  await step('Building the site', () => build());
  say(inRoot('out/docs'));
  return process.argv.includes('--serve') ? serve() : 0;
});

async function writeReference() {
  const { referencePages } = await importSource('scripts/docs/referencePages.ts');
  for (const [file, text] of await referencePages()) {
    await mkdir(path.dirname(inRoot(file)), { recursive: true });
    await writeFile(inRoot(file), text);
  }
}

async function ensureVitePress() {
  if (existsSync(vitepress)) return;
  await step('Installing what builds the site (docs/package-lock.json)', async () => {
    const [command, args, options] = npmCommand('ci', '--loglevel=error');
    const { status, output } = await collect(command, args, { cwd: docs, ...options });
    if (status !== 0) throw new SetupError(`npm ci failed in docs/:\n${output.trim()}`);
  });
}

async function build() {
  const { status, output } = await collect(process.execPath, [vitepress, 'build', docs], { cwd: docs });
  if (status !== 0) throw new SetupError(`the site could not be built:\n${output.trim()}`);
}

/** On this computer alone. */
function serve() {
  return new Promise((resolve, reject) => {
    const args = [vitepress, 'preview', docs, '--host', '127.0.0.1', '--port', '4173'];
    const child = spawn(process.execPath, args, { cwd: docs, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 0));
  });
}
