import type { DiskImage } from './DiskImage.ts';
import type { HostFile, ImageHost } from './HostFile.ts';
import { readQcow2Header } from './qcow2/Qcow2Header.ts';
import { Qcow2Image } from './qcow2/Qcow2Image.ts';

/**
 * A disk whose content can be frozen while it is in use: from then on writes go to another file, and what was written
 * before stays where it is, never to change again. To go back there is to have another image.
 */
export class FreezableImage implements DiskImage {
  private top: DiskImage;

  constructor(image: DiskImage) {
    this.top = image;
  }

  get name(): string {
    return this.top.name;
  }

  get format(): DiskImage['format'] {
    return this.top.format;
  }

  get byteLength(): number {
    return this.top.byteLength;
  }

  get isReadOnly(): boolean {
    return this.top.isReadOnly;
  }

  /**
   * Makes ready to put an empty qcow2 image, whose header names `name` as its backing image, in front of all that there
   * is; the result does it, and cannot fail. Throws `ImageError`.
   */
  prepareFreeze(layer: HostFile, host: Pick<ImageHost, 'inflate'>): () => void {
    const front = new Qcow2Image(layer, readQcow2Header(layer), this.top, host);
    return () => (this.top = front);
  }

  /** Holds another image from now on, of the same length. */
  replace(image: DiskImage): void {
    this.top.close();
    this.top = image;
  }

  read(position: number, into: Uint8Array): void {
    this.top.read(position, into);
  }

  write(position: number, bytes: Uint8Array): void {
    this.top.write(position, bytes);
  }

  get writeZeros(): DiskImage['writeZeros'] {
    const { top } = this;
    return top.writeZeros && ((position, byteLength) => top.writeZeros?.(position, byteLength));
  }

  flush(): void {
    this.top.flush();
  }

  close(): void {
    this.top.close();
  }
}
