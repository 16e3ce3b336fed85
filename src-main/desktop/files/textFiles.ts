import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Outcome } from '../../../src-preload/contract/Outcome.ts';
import { reasonOf } from '../../control/files/reasonOf.ts';
import { refuse, succeed } from '../../control/outcomes.ts';

/** Larger texts would make an editor unusable, and are no assembly programs. */
const TEXT_BYTES_MOST = 4_000_000;

export async function readText(file: string): Promise<Outcome<string>> {
  const name = path.basename(file);
  try {
    const { size } = await stat(file);
    if (size > TEXT_BYTES_MOST) {
      return refuse('file-too-large', `${name} has ${size} bytes; the editor takes texts of up to 4 MB.`, { name });
    }
    const bytes = await readFile(file);
    if (bytes.includes(0)) {
      return refuse('bad-program', `${name} is no text. Load it into a machine instead of the editor.`, { name });
    }
    return succeed(new TextDecoder().decode(bytes));
  } catch (error) {
    return refuse('file-unreadable', `${name} cannot be read: ${reasonOf(error)}.`, { name });
  }
}

export async function writeText(file: string, text: string): Promise<Outcome<void>> {
  const name = path.basename(file);
  try {
    // The store's own replaceFile would make the user's file private, and a link to it a file.
    await writeFileAtomic(file, text);
    return succeed(undefined);
  } catch (error) {
    return refuse('file-unwritable', `${name} cannot be written: ${reasonOf(error)}. Save it in another folder.`, {
      name,
    });
  }
}
