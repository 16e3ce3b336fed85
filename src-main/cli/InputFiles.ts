import { createHash } from 'node:crypto';
import type { RecordedFile } from '../hypervisor/recordings/recordedFiles.ts';
import { UsageError } from './ExitStatus.ts';
import { readFile, tryToRead } from './userFiles.ts';

/** Files that a run is made from: programs, what they include, firmware. */
export interface InputFiles {
  /** Throws {@link UsageError}. */
  read(file: string): Uint8Array;
  tryToRead(file: string): Uint8Array | null;
}

export const hostFiles: InputFiles = { read: readFile, tryToRead };

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What files are kept in, as messages name it. */
export type Keeper = 'recording' | 'snapshot';

/** Files of this computer, each remembered with its content. */
export class CollectedFiles implements InputFiles {
  private readonly byName = new Map<string, Uint8Array>();

  read(file: string): Uint8Array {
    const bytes = this.byName.get(file) ?? readFile(file);
    this.byName.set(file, bytes);
    return bytes;
  }

  tryToRead(file: string): Uint8Array | null {
    const bytes = this.byName.get(file) ?? tryToRead(file);
    if (bytes) this.byName.set(file, bytes);
    return bytes;
  }

  all(): RecordedFile[] {
    return [...this.byName].map(([name, bytes]) => ({ name, sha256: sha256(bytes), bytes }));
  }
}

/** Files out of a recording or a snapshot, under the names that they had. */
export class RecordedFiles implements InputFiles {
  private readonly byName: ReadonlyMap<string, Uint8Array>;
  private readonly keeper: Keeper;

  constructor(files: readonly RecordedFile[], keeper: Keeper) {
    this.keeper = keeper;
    this.byName = new Map(files.flatMap(({ name, bytes }) => (bytes ? [[name, bytes]] : [])));
  }

  read(file: string): Uint8Array {
    const bytes = this.byName.get(file);
    if (bytes) return bytes;
    throw new UsageError(
      `${file} is not in the ${this.keeper}, though its run needs it: it was made by another program.`,
    );
  }

  tryToRead(file: string): Uint8Array | null {
    return this.byName.get(file) ?? null;
  }
}
