/**
 * `npm run guests [-- FOLDER]`: builds the guests of test/guests from unmodified Debian packages, into
 * node_modules/.cache/guests unless told otherwise. Wants a Debian-like system with apt-get, dpkg and xz, and the
 * network; leaves the system's package settings alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './setup/paths.mjs';
import { initialRamDisk } from './guests/initialRamDisk.mjs';
import { unpackedKernel } from './guests/unpackedKernel.mjs';

const KERNELS = { 686: 'linux-image-686', pae: 'linux-image-686-pae' };
const MOST_OUTPUT = 256 * 1024 * 1024;

const target = path.resolve(process.argv[2] ?? inRoot('node_modules/.cache/guests'));
const packages = path.join(target, 'packages');

try {
  mkdirSync(packages, { recursive: true });
  const apt = privateApt();
  const busybox = extract(download(apt, 'busybox-static'), './bin/busybox');
  writeFileSync(path.join(target, 'initrd.cpio'), initialRamDisk(busybox));
  for (const [name, metapackage] of Object.entries(KERNELS)) {
    const image = extract(download(apt, dependencyOf(apt, metapackage)), './boot/vmlinuz-*');
    writeFileSync(path.join(target, `vmlinuz-${name}`), image);
    writeFileSync(path.join(target, `vmlinux-${name}`), unpackedKernel(image));
  }
  const seabios = download([], 'seabios');
  writeFileSync(path.join(target, 'bios-256k.bin'), extract(seabios, './usr/share/seabios/bios-256k.bin'));
  writeFileSync(path.join(target, 'vgabios.bin'), extract(seabios, './usr/share/seabios/vgabios-isavga.bin'));
  console.log(`The guests are in ${target}.`);
} catch (error) {
  console.error(`The guests could not be built: ${error.message}`);
  process.exitCode = 1;
}

/** Options of apt that show it the i386 packages of this system's first archive, without adding an architecture. */
function privateApt() {
  const archive = output('apt-get', ['indextargets', '--format', '$(REPO_URI) $(CODENAME)', 'Created-By: Packages'])
    .split('\n')
    .map((line) => line.trim().split(' '))
    .find(([uri, codename]) => uri && codename && !codename.includes('-'));
  if (archive === undefined) throw new Error('apt-get knows no archive. Run “apt-get update” once.');
  const [uri, codename] = archive;
  const root = path.join(target, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(path.join(root, folder), { recursive: true });
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(path.join(root, 'sources.list'), `deb [arch=i386 signed-by=${key}] ${uri} ${codename} main\n`);
  const options = [
    'APT::Architecture=i386',
    'APT::Architectures=i386',
    `Dir::Etc::SourceList=${root}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${root}/lists`,
    `Dir::Cache=${root}/cache`,
  ].flatMap((option) => ['-o', option]);
  if (!readdirSync(path.join(root, 'lists')).some((name) => name.includes('Packages')))
    output('apt-get', [...options, 'update', '-qq']);
  return options;
}

/** A metapackage's kernel: its name changes with each release. */
function dependencyOf(apt, metapackage) {
  const found = /Depends: (linux-image-[^ :\n]+)/.exec(output('apt-cache', [...apt, 'depends', metapackage]));
  if (found === null) throw new Error(`${metapackage} depends on no kernel.`);
  return found[1];
}

/** Path of a package's file. */
function download(apt, name) {
  const line = output('apt-get', [...apt, 'download', '--print-uris', name])
    .split('\n')
    .find((each) => each.startsWith("'"));
  const file = line?.split(' ')[1];
  if (file === undefined) throw new Error(`apt-get finds no package ${name}.`);
  if (!existsSync(path.join(packages, file))) output('apt-get', [...apt, 'download', '-q', name], packages);
  return path.join(packages, file);
}

/** One file of a package. */
function extract(packageFile, pattern) {
  const archive = run('dpkg', ['--fsys-tarfile', packageFile]);
  return run('tar', ['xO', '--wildcards', pattern], { input: archive });
}

function output(command, parameters, cwd) {
  return run(command, parameters, { cwd }).toString();
}

function run(command, parameters, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, { maxBuffer: MOST_OUTPUT, ...options });
  if (error) throw new Error(`${command} cannot be run: ${error.message}.`);
  if (status !== 0) throw new Error(`${command} ${parameters.at(-1)} failed: ${stderr.toString().trim()}`);
  return stdout;
}
