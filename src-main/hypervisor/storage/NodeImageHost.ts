import { closeSync, fdatasyncSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { constants, inflateRawSync } from 'node:zlib';
import { type HostFile, ImageError, type ImageHost } from '../../machine/images/HostFile.ts';
import { messageOf } from '../results.ts';

/** Errors of the host's that mean: no room. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
/** qcow2 clusters are compressed with a window of 4 KiB (docs/interop/qcow2.txt); a larger one reads them too. */
const WINDOW_BITS = 15;

/** Images in files of this computer. */
export class NodeImageHost implements ImageHost {
  open(name: string, access: 'read-only' | 'read-write', besides?: string): HostFile {
    const file = besides === undefined ? name : path.resolve(path.dirname(besides), name);
    const isWritable = access === 'read-write';
    const descriptor = attempt(file, 'opened', () => openSync(file, isWritable ? 'r+' : 'r'));
    try {
      return new NodeHostFile(file, descriptor, isWritable);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  temporary(): HostFile {
    const name = 'the temporary file for an overlay';
    return attempt(name, 'made', () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-'));
      try {
        const file = path.join(folder, 'overlay.qcow2');
        const opened = new NodeHostFile(name, openSync(file, 'wx+', 0o600), true, () => remove(folder));
        // Where open files can be removed, nothing stays behind whatever becomes of this process.
        remove(folder);
        return opened;
      } catch (error) {
        remove(folder);
        throw error;
      }
    });
  }

  inflate(compressed: Uint8Array, mostBytes: number): Uint8Array | undefined {
    try {
      return inflateRawSync(compressed, {
        windowBits: WINDOW_BITS,
        maxOutputLength: mostBytes,
        // Whole sectors were read: what follows the stream's end is not its own.
        finishFlush: constants.Z_SYNC_FLUSH,
      });
    } catch {
      return undefined;
    }
  }
}

class NodeHostFile implements HostFile {
  readonly name: string;
  readonly isWritable: boolean;
  private readonly descriptor: number;
  private readonly onClose: (() => void) | undefined;
  private length: number;

  constructor(name: string, descriptor: number, isWritable: boolean, onClose?: () => void) {
    this.name = name;
    this.descriptor = descriptor;
    this.isWritable = isWritable;
    this.onClose = onClose;
    const status = attempt(name, 'read', () => fstatSync(descriptor));
    if (!status.isFile()) throw new ImageError('refused', `${name} is no file that could hold a disk.`);
    this.length = status.size;
  }

  size(): number {
    return this.length;
  }

  read(position: number, into: Uint8Array): void {
    const available = Math.max(0, Math.min(into.length, this.length - position));
    for (let done = 0; done < available;) {
      const at = done;
      const count = attempt(this.name, 'read', () =>
        readSync(this.descriptor, into, at, available - at, position + at),
      );
      // Somebody has cut the file off while it is in use.
      if (count === 0) throw new ImageError('io', `${this.name} has become shorter while a machine uses it.`);
      done += count;
    }
    into.fill(0, available);
  }

  write(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const at = done;
      done += attempt(this.name, 'written', () =>
        writeSync(this.descriptor, bytes, at, bytes.length - at, position + at),
      );
    }
    this.length = Math.max(this.length, position + bytes.length);
  }

  flush(): void {
    attempt(this.name, 'written', () => fdatasyncSync(this.descriptor));
  }

  close(): void {
    closeSync(this.descriptor);
    this.onClose?.();
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Windows keeps files that are open: they go when they are closed.
  }
}

function attempt<Value>(name: string, what: 'opened' | 'made' | 'read' | 'written', action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (FULL.includes(code))
      throw new ImageError('full', `${name} cannot be written: the disk of this computer is full. Make room.`);
    throw new ImageError(what === 'opened' ? 'refused' : 'io', `${name} cannot be ${what}: ${reason(code, error)}.`);
  }
}

function reason(code: string, error: unknown): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'access is denied';
    case 'EISDIR':
      return 'it is a folder';
    case 'EIO':
      return 'this computer’s disk reports an error';
    default:
      return messageOf(error);
  }
}
