import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot, root } from '../setup/paths.mjs';
import { collect, SetupError, step } from '../setup/progress.mjs';
import { packDebian } from './debianPackage.mjs';
import { writeNotices } from './notices.mjs';

const OUTPUT = 'out/packages';
const UNPACKED = { linux: 'linux-unpacked', darwin: 'mac', win32: 'win-unpacked' };

/** What `npm run package` makes on each platform, by electron-builder's names; `deb` is ours. */
export const TARGETS = { linux: ['dir', 'deb', 'AppImage'], darwin: ['dir', 'dmg'], win32: ['dir', 'nsis'] };

/** Where the packaged app lies once `packApp` has made it. */
export const packagedApp = () => inRoot(OUTPUT, UNPACKED[process.platform] ?? 'none');

/**
 * Packs the build in out/ with this Electron, unless that has been done.
 *
 * @param {{ executable: string, version: string }} electron
 */
export async function packApp(electron) {
  const stamp = inRoot(OUTPUT, '.app.sha256');
  const digest = await digestOfParts(electron.version);
  if (existsSync(packagedApp()) && (await readFile(stamp, 'utf8').catch(() => '')) === digest) return;
  await rm(stamp, { force: true });
  await step(`Packing the app with Electron ${electron.version}`, () => runBuilder('dir', electron));
  await writeFile(stamp, digest);
}

/** @returns {Promise<string>} the package's file */
export async function packTarget(target, electron) {
  if (target === 'deb') return packDeb();
  const made = await step(`Packing ${target}`, () => runBuilder(target, electron));
  return made.find((file) => !/\.(blockmap|yml)$/.test(file)) ?? inRoot(OUTPUT);
}

/** @returns {Promise<string[]>} the files it made */
async function runBuilder(target, { executable, version }) {
  await mkdir(inRoot(OUTPUT), { recursive: true });
  const notices = inRoot(OUTPUT, 'THIRD-PARTY-NOTICES.txt');
  await writeNotices(notices);
  const job = { target, electronFolder: distOf(executable), electronVersion: version, output: OUTPUT, notices };
  // A process of its own, whose words are shown only where it fails.
  const script = inRoot('scripts/packaging/runBuilder.mjs');
  const { status, output } = await collect(process.execPath, [script, JSON.stringify(job)], { cwd: root });
  if (status !== 0) {
    const reason = /^failed: ([^]*)$/m.exec(output)?.[1] ?? output;
    throw new SetupError(`electron-builder could not make ${target}: ${reason.trim()}`);
  }
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** On macOS the executable lies three folders deep in Electron.app. */
function distOf(executable) {
  return process.platform === 'darwin' ? path.resolve(executable, '../../../..') : path.dirname(executable);
}

async function packDeb() {
  const { version, description } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  const file = inRoot(OUTPUT, `vivarium_${version}_amd64.deb`);
  const work = inRoot(OUTPUT, '.unfinished-deb');
  await step('Packing deb', () => packDebian({ appFolder: packagedApp(), work, file, version, description }));
  return file;
}

/** Of all that the packaged app is made of: the build's parts by their own digests, and how they are packed. */
async function digestOfParts(electronVersion) {
  const hash = createHash('sha256').update(electronVersion);
  const scripts = (await readdir(inRoot('scripts/packaging'))).map((name) => path.join('scripts/packaging', name));
  const parts = ['main', 'preload', 'renderer'].map((part) => `out/.${part}.sha256`);
  for (const file of [...parts, ...scripts, 'package.json', 'LICENSE', 'scripts/setup/allocator.mjs']) {
    hash.update(await readFile(inRoot(file)));
  }
  return hash.digest('hex');
}
