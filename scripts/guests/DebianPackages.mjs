import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { output, run } from './run.mjs';

/** i386 packages of this system's first Debian archive, without adding an architecture or touching its settings. */
export class DebianPackages {
  #options;
  #folder;

  /** Keeps what it fetches in `folder`. */
  constructor(folder) {
    this.#folder = path.join(folder, 'packages');
    mkdirSync(this.#folder, { recursive: true });
    this.#options = optionsOfPrivateApt(path.join(folder, 'apt'));
  }

  /** A metapackage's kernel: its name changes with each release. */
  kernelOf(metapackage) {
    const found = /Depends: (linux-image-[^ :\n]+)/.exec(
      output('apt-cache', [...this.#options, 'depends', metapackage]),
    );
    if (found === null) throw new Error(`${metapackage} depends on no kernel.`);
    return found[1];
  }

  /** One file of a package; a name may have wildcards. */
  file(name, pattern) {
    return run('tar', ['xO', '--wildcards', pattern], { input: this.#archive(name) });
  }

  /** Unpacks those files of a package whose paths match, with their folders. */
  unpack(name, patterns, into) {
    mkdirSync(into, { recursive: true });
    run('tar', ['x', '--wildcards', ...patterns], { input: this.#archive(name), cwd: into });
  }

  #archive(name) {
    return run('dpkg', ['--fsys-tarfile', this.#download(name)]);
  }

  /** Path of the package's file. */
  #download(name) {
    const line = output('apt-get', [...this.#options, 'download', '--print-uris', name])
      .split('\n')
      .find((each) => each.startsWith("'"));
    const file = line?.split(' ')[1];
    if (file === undefined) throw new Error(`apt-get finds no package ${name}.`);
    const target = path.join(this.#folder, file);
    if (!existsSync(target)) output('apt-get', [...this.#options, 'download', '-q', name], { cwd: this.#folder });
    return target;
  }
}

function optionsOfPrivateApt(root) {
  const archive = output('apt-get', ['indextargets', '--format', '$(REPO_URI) $(CODENAME)', 'Created-By: Packages'])
    .split('\n')
    .map((line) => line.trim().split(' '))
    .find(([uri, codename]) => uri && codename && !codename.includes('-'));
  if (archive === undefined) throw new Error('apt-get knows no archive. Run “apt-get update” once.');
  const [uri, codename] = archive;
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
    'Acquire::http::Timeout=15',
    'Acquire::Retries=1',
  ].flatMap((option) => ['-o', option]);
  if (!readdirSync(path.join(root, 'lists')).some((name) => name.includes('Packages')))
    output('apt-get', [...options, 'update', '-qq']);
  return options;
}
