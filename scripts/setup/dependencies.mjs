import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot, root } from './paths.mjs';
import { collect, SetupError, step } from './progress.mjs';

/** The npm that runs this script, or the one on the PATH. */
export function npmCommand(...args) {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(path.basename(cli))) return [process.execPath, [cli, ...args]];
  return process.platform === 'win32' ? ['npm.cmd', args, { shell: true }] : ['npm', args];
}

/** Installs what the lockfile names, unless node_modules holds exactly that already. */
export async function ensureDependencies() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(
      `Vivarium is built with Node 20.19 or newer; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org/ or your distribution.`,
    );
  }
  if (await matchesLockfile()) return;
  await step('Installing the dependencies that package-lock.json names', async () => {
    const [command, args, options] = npmCommand('ci', '--include=dev', '--loglevel=error');
    const { status, output } = await collect(command, args, { cwd: root, ...options });
    if (status !== 0) throw new SetupError(`npm ci failed:\n${output.trim()}`);
  });
}

/**
 * npm notes what it installed in node_modules/.package-lock.json, last of all. Comparing that with
 * the lockfile needs no stamp of our own, and is right after a plain `npm install` too.
 */
async function matchesLockfile() {
  const wanted = await readPackages(inRoot('package-lock.json'));
  const installed = await readPackages(inRoot('node_modules', '.package-lock.json'));
  if (!wanted) throw new SetupError('package-lock.json is missing or unreadable; restore it with git.');
  if (!installed) return false;
  return Object.entries(wanted).every(([place, { version, integrity, optional }]) => {
    if (place === '') return true;
    const found = installed[place];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
