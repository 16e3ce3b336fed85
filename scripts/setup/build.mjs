import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot, root } from './paths.mjs';
import { collect, SetupError, step } from './progress.mjs';
import { publish } from './publish.mjs';

const shared = [
  'package-lock.json',
  'electron.vite.config.ts',
  'scripts/packaging/bundledPackages.ts',
  'tsconfig.base.json',
];

/** The parts of the build, what each is made of, and a file that proves it is there. */
const parts = {
  main: { sources: ['src-main', 'src-preload/contract', 'resources', ...shared], product: 'out/main/index.cjs' },
  preload: { sources: ['src-preload', ...shared], product: 'out/preload/index.cjs' },
  renderer: {
    sources: ['src-renderer', 'src-preload/contract', 'resources', ...shared],
    product: 'out/renderer/index.html',
  },
};

/** Builds those of `wanted` whose sources changed since their last build. */
export async function ensureBuild(wanted = Object.keys(parts), { force = false } = {}) {
  const stale = [];
  for (const part of wanted) {
    const digest = await digestOf(parts[part].sources);
    const isFresh = !force && existsSync(inRoot(parts[part].product)) && (await readStamp(part)) === digest;
    if (!isFresh) stale.push({ part, digest });
  }
  if (stale.length === 0) return;
  const names = stale.map(({ part }) => part);
  await step(`Building ${names.join(', ')}`, async () => {
    for (const part of names) await rm(unfinishedFolder(part), { recursive: true, force: true });
    const { status, output } = await collect(
      process.execPath,
      [inRoot('node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'],
      { cwd: root, env: { ...process.env, VIVARIUM_BUILD_PARTS: names.join(','), VIVARIUM_BUILD_PREFIX: UNFINISHED } },
    );
    if (status !== 0) throw new SetupError(`the build failed:\n${output.trim()}`);
    for (const { part, digest } of stale) {
      // A build that is there by half must not pass for the one before it.
      await rm(stampFile(part), { force: true });
      await publish(unfinishedFolder(part), inRoot('out', part), inRoot('out', `.${part}.superseded.json`));
      await writeFile(stampFile(part), digest);
    }
  });
}

/** Builds are made beside the folders from which programs start, as deep as those: source maps hold relative paths. */
const UNFINISHED = '.unfinished-';

const unfinishedFolder = (part) => inRoot('out', UNFINISHED + part);

const stampFile = (part) => inRoot('out', `.${part}.sha256`);

const readStamp = (part) => readFile(stampFile(part), 'utf8').catch(() => undefined);

/** Contents rather than times: git and copying change times at will, and all sources together are read in a moment. */
async function digestOf(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesUnder(source)) {
      hash
        .update(file)
        .update('\0')
        .update(await readFile(inRoot(file)));
    }
  }
  return hash.digest('hex');
}

async function filesUnder(place) {
  const absolute = inRoot(place);
  if (!existsSync(absolute)) return [];
  const entries = await readdir(absolute, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [place];
  const nested = await Promise.all(
    entries.map((entry) => {
      const below = path.posix.join(place, entry.name);
      return entry.isDirectory() ? filesUnder(below) : [below];
    }),
  );
  return nested.flat().sort();
}
