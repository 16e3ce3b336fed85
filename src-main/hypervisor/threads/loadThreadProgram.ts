import { load } from '../../machine/loaders/load.ts';
import type { LoadResult } from '../../machine/loaders/ProgramImage.ts';
import type { ThreadProgram } from './ThreadMachine.ts';

/** Loads a program; by default from its stored bytes alone, since includes were stored with it. */
export function loadThreadProgram(
  program: ThreadProgram,
  memoryBytes: number,
  readInclude = (name: string): Uint8Array | null =>
    program.includes.find((include) => include.name === name)?.bytes ?? null,
): LoadResult {
  const { bytes, fileName, options, initrd } = program;
  const { format, origin, bits, commandLine } = options;
  if (format === 'bios') throw new Error('firmware is part of the machine, and is not loaded');
  return load(format, bytes, {
    memoryBytes,
    fileName,
    ...(origin !== undefined && { origin }),
    ...(bits !== undefined && { bits }),
    ...(commandLine !== undefined && { commandLine }),
    ...(initrd !== null && { initrd }),
    readFile: readInclude,
  });
}
