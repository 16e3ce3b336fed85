import { existsSync } from 'node:fs';
import { collect, SetupError, say, step, warn } from './progress.mjs';

/** Debian's packages for the libraries that Electron's executable links against. Newer releases name some `...t64`. */
export const LIBRARY_PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libatk-bridge2.0-0',
  'libdrm2',
  'libxss1',
];

/** Sees to the shared libraries that `executable` needs; a Linux desktop has them all, a bare server few. */
export async function ensureSystemLibraries(executable) {
  if (process.platform !== 'linux') return;
  const missing = await missingLibraries(executable);
  if (missing.length === 0) return;
  const examples = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '');
  await installPackages(LIBRARY_PACKAGES, `the libraries that Electron needs (${examples})`);
  const still = await missingLibraries(executable);
  if (still.length > 0) {
    throw new SetupError(`Electron cannot start: these system libraries are missing: ${still.join(', ')}.`);
  }
}

async function missingLibraries(executable) {
  const { output } = await collect('ldd', [executable]);
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

/** Xvfb, for the end-to-end tests where there is no display. */
export async function ensureXvfb() {
  if (await hasCommand('Xvfb')) return;
  await installPackages(['xvfb'], 'Xvfb, the virtual display for the end-to-end tests');
  if (!(await hasCommand('Xvfb'))) throw new SetupError('Xvfb is not on the PATH although its package is installed.');
}

/** A face with Chinese characters, so that the Chinese interface can be seen in the tests' screenshots. */
export async function ensureChineseFont() {
  const { status, output } = await collect('fc-list', [':lang=zh-cn', 'family']);
  if (status !== 0 || output.trim() !== '') return;
  try {
    await installPackages(['fonts-droid-fallback'], 'a font with Chinese characters for the screenshots');
  } catch (error) {
    warn(`screenshots of the Chinese interface will show boxes. ${error.message}`);
  }
}

const hasCommand = async (name) => (await collect('sh', ['-c', `command -v ${name}`])).status === 0;

async function installPackages(names, purpose) {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new SetupError(`missing: ${purpose}. Install it with your distribution's package manager, then try again.`);
  }
  const isRoot = process.getuid() === 0;
  const asRoot = isRoot ? [] : ['sudo', '-n'];
  const mayInstall = isRoot || (await collect('sudo', ['-n', 'true'])).status === 0;
  if (!mayInstall) {
    throw new SetupError(
      `missing: ${purpose}. Install it with this command, then try again:\n\n  sudo apt-get install -y --no-install-recommends ${(await withCandidates(names)).join(' ')}\n`,
    );
  }
  const apt = async (...args) => {
    // sudo drops the environment, hence env(1); without a terminal debconf must not ask.
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return collect(command, rest);
  };
  await step(`Installing ${purpose}`, async () => {
    const install = async () =>
      apt('install', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...(await withCandidates(names)));
    const update = await apt('update', '-qq');
    if (update.status !== 0) say(update.output.trim());
    const { status, output } = await install();
    if (status !== 0) throw new SetupError(`apt-get could not install ${purpose}:\n${output.trim()}`);
  });
}

/** Debian 13 and Ubuntu 24.04 renamed libraries whose time_t grew to 64 bits. */
async function withCandidates(names) {
  const renamed = names.map((name) => `${name}t64`);
  const { output } = await collect('apt-cache', ['policy', ...renamed]);
  return names.map((name) => {
    const section = output.split(/^(?=\S)/m).find((text) => text.startsWith(`${name}t64:`));
    return section && /Candidate: (?!\(none\))\S/.test(section) ? `${name}t64` : name;
  });
}
