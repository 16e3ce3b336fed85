import { closeSync, existsSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { replaceFile } from '../hypervisor/storage/files.ts';
import type { Machine } from '../machine/Machine.ts';
import { UsageError } from './ExitStatus.ts';
import { fileProblem } from './problems.ts';
import { writeScreen } from './screenFile.ts';

/** Files that the user names: whatever is wrong with one is a {@link UsageError}. */

export function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(fileProblem(file, 'read', error));
  }
}

export function tryToRead(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

export function openForWriting(file: string, option: string, flags: 'w' | 'a'): number {
  try {
    return openSync(file, flags);
  } catch (error) {
    throw new UsageError(`${option}: ${fileProblem(file, 'written', error)}`);
  }
}

/**
 * That the file can be written at the end of a run, which may take long, is found before it. What it holds stays as it
 * is, and no empty file is left behind. Throws {@link UsageError}.
 */
export function checkWritable(file: string, option: string): void {
  const isNew = !existsSync(file);
  closeSync(openForWriting(file, option, 'a'));
  if (isNew) unlinkSync(file);
}

export function saveSerial(file: string, descriptor: number, bytes: Uint8Array): void {
  writeBytes(file, '--serial', descriptor, bytes);
}

/** All of the bytes, to a file that was opened by {@link openForWriting}. */
export function writeBytes(file: string, option: string, descriptor: number, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    throw new UsageError(`${option}: ${fileProblem(file, 'written', error)}`);
  }
}

export function saveScreen(file: string, machine: Machine): void {
  try {
    writeScreen(file, machine.screen());
  } catch (error) {
    throw new UsageError(`--screen: ${fileProblem(file, 'written', error)}`);
  }
}

export function saveMemory(file: string, bytes: Uint8Array): void {
  const descriptor = openForWriting(file, '--save-memory', 'w');
  try {
    writeBytes(file, '--save-memory', descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

/** What a run leaves behind, in the place of whatever was there. */
export async function saveResult(file: string, option: string, bytes: Uint8Array): Promise<void> {
  try {
    await replaceFile(file, bytes);
  } catch (error) {
    throw new UsageError(`${option}: ${fileProblem(file, 'written', error)}`);
  }
}
