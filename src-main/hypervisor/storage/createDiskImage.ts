import { closeSync, openSync } from 'node:fs';
import { ImageError } from '../../machine/images/HostFile.ts';
import { writeNewQcow2 } from '../../machine/images/qcow2/Qcow2Header.ts';
import { done, refused } from '../results.ts';
import type { Result } from '../types.ts';
import { describeFileError } from './files.ts';
import { NodeImageHost } from './NodeImageHost.ts';

/** Makes a file an empty qcow2 image, which takes room on the host only as it is filled. What it held is gone. */
export function createDiskImage(file: string, byteLength: number): Result<null> {
  try {
    closeSync(openSync(file, 'w'));
    const opened = new NodeImageHost().open(file, 'read-write');
    try {
      writeNewQcow2(opened, { byteLength });
      opened.flush();
    } finally {
      opened.close();
    }
    return done(null);
  } catch (error) {
    const reason =
      error instanceof ImageError ? error.message : `${file} cannot be written: ${describeFileError(error)}.`;
    return refused('storage-failed', reason);
  }
}
