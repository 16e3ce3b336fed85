import path from 'node:path';
import { importSource } from '../setup/importSource.mjs';

const { DebianArchive } = await importSource('src-main/hypervisor/appliances/DebianArchive.ts');
const { filesOfTar } = await importSource('src-main/hypervisor/appliances/tar.ts');

const KERNEL = /Depends: (linux-image-[^ :\n]+)/;

/** i386 packages of this system's first Debian archive, by the files in them. */
export class DebianPackages {
  #archive;

  /** Keeps what it fetches below `folder`. */
  static async open(folder) {
    const archive = new DebianArchive(path.join(folder, 'apt'), new AbortController().signal);
    await archive.open();
    return new DebianPackages(archive);
  }

  constructor(archive) {
    this.#archive = archive;
  }

  /** A metapackage's kernel: its name changes with each release. */
  async kernelOf(metapackage) {
    return this.#archive.dependencyOf(metapackage, KERNEL);
  }

  /** Regular files of a package: `name` is `./usr/bin/cat`, `bytes` is a Buffer. */
  async files(name) {
    const packageFile = await this.#archive.fetch(name, () => undefined);
    const archive = await this.#archive.unpack(packageFile);
    return [...filesOfTar(archive)].map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) }));
  }

  /** The first file of a package whose path matches. */
  async file(name, pattern) {
    const found = (await this.files(name)).find((file) => pattern.test(file.name));
    if (found === undefined) throw new Error(`${name} has no file ${pattern}.`);
    return found.bytes;
  }
}
