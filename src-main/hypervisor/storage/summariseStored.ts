import type { VmProgram, VmSummary } from '../types.ts';
import type { StoredMachine, StoredProgram } from './StoredMachine.ts';

/** What is told of a machine, whether it is on or not: its definition without the store's own business. */
export function summariseStored({ program, drives, ...definition }: StoredMachine): StoredSummary {
  return {
    ...definition,
    drives: drives.map(({ slot, path, access }) => ({ slot, path, access })),
    program: program && summariseProgram(program),
  };
}

type StoredSummary = Pick<VmSummary, Extract<keyof VmSummary, keyof StoredMachine>>;

function summariseProgram({ format, origin, bits, commandLine, file, sourcePath, initrd }: StoredProgram): VmProgram {
  return {
    format,
    ...(origin !== undefined && { origin }),
    ...(bits !== undefined && { bits }),
    ...(commandLine !== undefined && { commandLine }),
    fileName: file.name,
    sourcePath,
    byteLength: file.byteLength,
    sha256: file.sha256,
    initrd: initrd ? { fileName: initrd.name, byteLength: initrd.byteLength } : null,
  };
}
