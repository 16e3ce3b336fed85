import type { DiskImage } from './DiskImage.ts';
import { type HostFile, ImageError } from './HostFile.ts';
import { QCOW2_MAGIC } from './qcow2/Qcow2Header.ts';

/** A file that holds a disk's bytes as they are, or a CD's. */
export class RawImage implements DiskImage {
  readonly format = 'raw';
  readonly byteLength: number;
  private readonly file: HostFile;
  private readonly isProbed: boolean;

  /**
   * @param isProbed nobody said that the file is raw. Then the guest may not turn it into a qcow2 image by
   * writing that header: opened again, it could name any of the host's files as its backing file.
   */
  constructor(file: HostFile, isProbed: boolean) {
    this.file = file;
    this.isProbed = isProbed;
    this.byteLength = file.size();
  }

  get name(): string {
    return this.file.name;
  }

  get isReadOnly(): boolean {
    return !this.file.isWritable;
  }

  read(position: number, into: Uint8Array): void {
    this.file.read(position, into);
  }

  write(position: number, bytes: Uint8Array): void {
    if (this.isProbed && position < 4) this.refuseMagic(position, bytes);
    this.file.write(position, bytes);
  }

  flush(): void {
    if (this.file.isWritable) this.file.flush();
  }

  close(): void {
    this.file.close();
  }

  private refuseMagic(position: number, bytes: Uint8Array): void {
    const start = new Uint8Array(4);
    this.file.read(0, start);
    start.set(bytes.subarray(0, 4 - position), position);
    if (new DataView(start.buffer).getUint32(0) !== QCOW2_MAGIC) return;
    throw new ImageError(
      'refused',
      `${this.name}: the guest tried to turn this raw disk into a qcow2 image, which was prevented.`,
    );
  }
}
