import type { DiskImage } from '../images/DiskImage.ts';
import { ImageError } from '../images/HostFile.ts';

/** Written at a time where an image knows no zeros of its own. */
const ZEROS_BYTES = 1024 * 1024;

export type MediumAccess = 'read' | 'write';

export interface MediumObserver {
  /** What the host could not do, in a sentence for the user; null: it can again. */
  onProblem(message: string | null): void;
  onAccess(kind: MediumAccess): void;
}

/**
 * What lies in a drive: the sectors of an image. A sector that cannot be read or written is the guest's I/O
 * error; the reason goes to the user, once until the medium works again.
 *
 * Bytes behind the end of an image that does not fill its last sector read as zeros and cannot be written.
 */
export class Medium {
  readonly image: DiskImage;
  readonly sectorBytes: number;
  readonly sectorCount: number;
  private readonly observer: MediumObserver;
  private reported = '';

  /** @param sectorCount of the whole medium, when that is more than the image holds */
  constructor(image: DiskImage, sectorBytes: number, observer: MediumObserver, sectorCount?: number) {
    this.image = image;
    this.sectorBytes = sectorBytes;
    this.sectorCount = sectorCount ?? Math.ceil(image.byteLength / sectorBytes);
    this.observer = observer;
  }

  get isReadOnly(): boolean {
    return this.image.isReadOnly;
  }

  /** `byteLength` bytes from `sector` on lie on the medium. */
  holds(sector: number, byteLength: number): boolean {
    return sector >= 0 && sector + Math.ceil(byteLength / this.sectorBytes) <= this.sectorCount;
  }

  /** Fills `into` from a sector's start; false when it could not. */
  read(sector: number, into: Uint8Array): boolean {
    if (!this.holds(sector, into.length)) return false;
    const position = sector * this.sectorBytes;
    const inImage = Math.max(0, Math.min(into.length, this.image.byteLength - position));
    this.observer.onAccess('read');
    return this.attempt(() => {
      if (inImage > 0) this.image.read(position, inImage === into.length ? into : into.subarray(0, inImage));
      into.fill(0, inImage);
    });
  }

  write(sector: number, bytes: Uint8Array): boolean {
    const position = sector * this.sectorBytes;
    if (this.isReadOnly || !this.holds(sector, bytes.length)) return false;
    if (position + bytes.length > this.image.byteLength) return false;
    this.observer.onAccess('write');
    return this.attempt(() => this.image.write(position, bytes));
  }

  /** Fills sectors with zeros; false when it could not. */
  writeZeros(sector: number, byteLength: number): boolean {
    const position = sector * this.sectorBytes;
    if (this.isReadOnly || !this.holds(sector, byteLength)) return false;
    if (position + byteLength > this.image.byteLength) return false;
    this.observer.onAccess('write');
    return this.attempt(() => {
      if (this.image.writeZeros) {
        this.image.writeZeros(position, byteLength);
        return;
      }
      const zeros = new Uint8Array(Math.min(byteLength, ZEROS_BYTES));
      for (let done = 0; done < byteLength; done += zeros.length)
        this.image.write(position + done, zeros.subarray(0, Math.min(zeros.length, byteLength - done)));
    });
  }

  /** Nobody needs what these sectors hold: their room goes back to the host where the image can give it. */
  discard(sector: number, byteLength: number): boolean {
    return this.image.writeZeros
      ? this.writeZeros(sector, byteLength)
      : !this.isReadOnly && this.holds(sector, byteLength);
  }

  /** Returns once what was written is safe; false when it is not. */
  flush(): boolean {
    return this.attempt(() => this.image.flush());
  }

  private attempt(action: () => void): boolean {
    try {
      action();
      if (this.reported !== '') this.observer.onProblem(null);
      this.reported = '';
      return true;
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      if (error.message !== this.reported) this.observer.onProblem(error.message);
      this.reported = error.message;
      return false;
    }
  }
}
