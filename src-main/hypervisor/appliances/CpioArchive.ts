const TRAILER = 'TRAILER!!!';
/** File types and rights as in stat(2). */
const MODE = {
  folder: 0o040755,
  program: 0o100755,
  file: 0o100644,
  link: 0o120777,
  characterDevice: 0o020600,
} as const;

/**
 * An initial RAM disk in the making: a cpio archive in the "newc" form (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 */
export class CpioArchive {
  private readonly parts: Buffer[] = [];
  private readonly folders = new Set<string>();
  private inode = 1;

  folder(name: string): void {
    if (name === '' || this.folders.has(name)) return;
    this.parentOf(name);
    this.folders.add(name);
    this.add(name, MODE.folder);
  }

  /** Folders on the way are made. */
  file(name: string, contents: Uint8Array, isProgram = false): void {
    this.parentOf(name);
    this.add(name, isProgram ? MODE.program : MODE.file, contents);
  }

  link(name: string, target: string): void {
    this.parentOf(name);
    this.add(name, MODE.link, Buffer.from(target));
  }

  characterDevice(name: string, major: number, minor: number): void {
    this.parentOf(name);
    this.add(name, MODE.characterDevice, undefined, major, minor);
  }

  finish(): Uint8Array {
    this.add(TRAILER, 0);
    return new Uint8Array(Buffer.concat(this.parts));
  }

  private parentOf(name: string): void {
    this.folder(name.slice(0, Math.max(0, name.lastIndexOf('/'))));
  }

  private add(name: string, mode: number, contents: Uint8Array = new Uint8Array(0), major = 0, minor = 0): void {
    const nameBytes = Buffer.byteLength(name) + 1;
    const fields = [this.inode++, mode, 0, 0, 1, 0, contents.length, 0, 0, major, minor, nameBytes, 0];
    const header = `070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}\0`;
    this.parts.push(padded(Buffer.from(header)), padded(contents));
  }
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
