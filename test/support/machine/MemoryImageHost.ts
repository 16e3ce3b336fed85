import { constants, inflateRawSync } from 'node:zlib';
import { type HostFile, ImageError, type ImageHost } from '../../../src-main/machine/images/HostFile.ts';

/** Files in memory, on a disk whose room can be limited and whose reads and writes can be made to fail. */
export class MemoryImageHost implements ImageHost {
  readonly files = new Map<string, Uint8Array>();
  /** Bytes that all files together may still grow by. */
  room = Infinity;
  isFailing = false;
  flushes = 0;
  openCount = 0;

  put(name: string, bytes: Uint8Array): this {
    this.files.set(name, bytes);
    return this;
  }

  open(name: string, access: 'read-only' | 'read-write'): HostFile {
    if (!this.files.has(name)) throw new ImageError('refused', `${name} cannot be opened: there is no such file.`);
    return this.file(name, access === 'read-write');
  }

  temporary(): HostFile {
    this.files.set('(temporary)', new Uint8Array());
    return this.file('(temporary)', true);
  }

  inflate(compressed: Uint8Array, mostBytes: number): Uint8Array | undefined {
    try {
      return inflateRawSync(compressed, { maxOutputLength: mostBytes, finishFlush: constants.Z_SYNC_FLUSH });
    } catch {
      return undefined;
    }
  }

  private file(name: string, isWritable: boolean): HostFile {
    this.openCount++;
    // `size` may be smaller than the array, so that a file does not have to be copied at each write.
    const bytes = (): Uint8Array => this.files.get(name) ?? new Uint8Array();
    const fail = (): void => {
      if (this.isFailing) throw new ImageError('io', `${name} cannot be read: this computer’s disk reports an error.`);
    };
    return {
      name,
      isWritable,
      size: () => bytes().length,
      read: (position, into) => {
        fail();
        const part = bytes().subarray(position, position + into.length);
        into.set(part);
        into.fill(0, part.length);
      },
      write: (position, content) => {
        fail();
        const old = bytes();
        const growth = position + content.length - old.length;
        if (growth > this.room) throw new ImageError('full', `${name} cannot be written: the disk is full.`);
        if (growth > 0) {
          this.room -= growth;
          // Grows within one buffer where it can.
          const { buffer, byteOffset } = old;
          const length = old.length + growth;
          let grown: Uint8Array;
          if (byteOffset === 0 && buffer.byteLength >= length) grown = new Uint8Array(buffer, 0, length);
          else (grown = new Uint8Array(new ArrayBuffer(2 * length), 0, length)).set(old);
          this.files.set(name, grown);
        }
        bytes().set(content, position);
      },
      flush: () => {
        fail();
        this.flushes++;
      },
      close: () => {
        this.openCount--;
      },
    };
  }
}
