import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTool, ToolFailure } from './runTool.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The i386 packages of the archive that this computer's apt-get knows, without a change to its settings: lists and
 * packages lie in a folder of ours.
 */
export class DebianArchive {
  private readonly folder: string;
  private readonly signal: AbortSignal;
  private options: readonly string[] = [];

  constructor(folder: string, signal: AbortSignal) {
    this.folder = folder;
    this.signal = signal;
  }

  /** Fetches the lists of packages, unless they are there. Throws `ToolFailure`. */
  async open(): Promise<void> {
    const { uri, codename } = await this.findArchive();
    const lists = path.join(this.folder, 'lists');
    for (const name of ['lists/partial', 'cache/archives/partial', 'packages'])
      await mkdir(path.join(this.folder, name), { recursive: true });
    const sources = path.join(this.folder, 'sources.list');
    await writeFile(sources, `deb [arch=i386 signed-by=${KEYRING}] ${uri} ${codename} main\n`);
    this.options = [
      'APT::Architecture=i386',
      'APT::Architectures=i386',
      // As root, apt would fetch as a user who may not write here.
      'APT::Sandbox::User=root',
      `Dir::Etc::SourceList=${sources}`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${lists}`,
      `Dir::Cache=${path.join(this.folder, 'cache')}`,
    ].flatMap((option) => ['-o', option]);
    // An archive moves on: names of packages in lists of last month lead nowhere.
    if (!(await this.hasLists(lists))) await this.run('apt-get', [...this.options, 'update', '-qq']);
  }

  /** A metapackage's kernel: its name changes with each release. */
  async dependencyOf(metapackage: string, pattern: RegExp): Promise<string> {
    const text = (await this.run('apt-cache', [...this.options, 'depends', metapackage])).toString();
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new ToolFailure(`The archive has no package that ${metapackage} stands for.`);
    return found;
  }

  /** Path of a package's file, fetched unless it is there. Lists that name what is gone are thrown away. */
  async fetch(name: string, onSize: (detail: string) => void): Promise<string> {
    const text = (await this.run('apt-get', [...this.options, 'download', '--print-uris', name])).toString();
    // 'URI' FILE BYTES CHECKSUM
    const [, file, bytes] =
      text
        .split('\n')
        .find((line) => line.startsWith("'"))
        ?.split(' ') ?? [];
    if (file === undefined) throw new ToolFailure(`apt-get finds no package ${name}.`);
    onSize(`${name}, ${(Number(bytes) / 2 ** 20).toFixed(1)} MiB`);
    const packages = path.join(this.folder, 'packages');
    if (!existsSync(path.join(packages, file))) {
      try {
        await this.run('apt-get', [...this.options, 'download', '-q', name], packages);
      } catch (error) {
        if (error instanceof ToolFailure) await rm(path.join(this.folder, 'lists'), { recursive: true, force: true });
        throw error;
      }
    }
    return path.join(packages, file);
  }

  /** All files of a package that match, as one tar archive. */
  async unpack(packageFile: string): Promise<Buffer> {
    return this.run('dpkg', ['--fsys-tarfile', packageFile]);
  }

  private async findArchive(): Promise<{ readonly uri: string; readonly codename: string }> {
    const format = ['indextargets', '--format', '$(REPO_URI) $(CODENAME)', 'Created-By: Packages'];
    const text = (await this.run('apt-get', format)).toString();
    for (const line of text.split('\n')) {
      const [uri, codename] = line.trim().split(' ');
      if (uri && codename && !codename.includes('-')) return { uri, codename };
    }
    throw new ToolFailure('apt-get knows no archive of packages. Run “apt-get update” once as an administrator.');
  }

  private async hasLists(folder: string): Promise<boolean> {
    return (await readdir(folder)).some((name) => name.includes('Packages'));
  }

  private run(name: string, parameters: readonly string[], folder?: string): Promise<Buffer> {
    return runTool(name, parameters, { signal: this.signal, ...(folder !== undefined && { folder }) });
  }
}
