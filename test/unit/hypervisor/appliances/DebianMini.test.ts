import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildDebianMini, type BuildOutcome } from '../../../../src-main/hypervisor/appliances/DebianMini.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'debian-mini-'));
  vi.stubEnv('PATH', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A tool of the host, which only this folder has. */
async function tool(name: string, script: string): Promise<void> {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

/** The tools that a host has whose archive does as `aptGet` says. */
async function hostWith(aptGet: string): Promise<void> {
  const isAsked = 'case "$*" in *--version*) exit 0;; esac';
  await tool('apt-get', `${isAsked}\n${aptGet}`);
  await tool('apt-cache', `${isAsked}\necho "  Depends: linux-image-6.1.0-1-686-pae"`);
  for (const name of ['dpkg', 'xz']) await tool(name, isAsked);
}

/** What the user reads when it was refused. */
const told = (outcome: BuildOutcome): string =>
  outcome.ok === false ? outcome.error.message : `not refused: ${outcome.ok}`;

const build = (signal = new AbortController().signal): Promise<BuildOutcome> =>
  buildDebianMini(path.join(folder, 'build'), signal, () => undefined);

test('a host that is no Debian is told what is missing, and what to do instead', async () => {
  expect(told(await build())).toMatch(
    /^“Debian mini” is built from Debian’s packages with apt-get, .* has no apt-get\. .* choose the kernel/,
  );
});

test('a host that knows no archive is told how it comes to know one', async () => {
  await hostWith('exit 0');
  expect(told(await build())).toBe(
    '“Debian mini” could not be built. apt-get knows no archive of packages. Run “apt-get update” once as an administrator.',
  );
});

test('an archive that cannot be reached is told of in apt’s own words', async () => {
  await hostWith(`case "$*" in
  *indextargets*) echo "http://deb.debian.org/debian bookworm";;
  *update*) echo "E: Could not resolve 'deb.debian.org'" >&2; exit 100;;
esac`);
  expect(told(await build())).toBe(
    "“Debian mini” could not be built. apt-get failed: E: Could not resolve 'deb.debian.org'",
  );
});

test('a build that is cancelled says no more', async () => {
  await hostWith('exit 0');
  const controller = new AbortController();
  controller.abort();
  expect(await build(controller.signal)).toEqual({ ok: 'cancelled' });
});
