import { totalmem } from 'node:os';
import { refused } from './results.ts';
import type { HypervisorError } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

const MEBIBYTE = 2 ** 20;
/** The rest is for the system, for Vivarium itself, and for what a machine needs beside its RAM. */
const USUAL_PART = 0.75;

/** How much RAM machines that are on may have together unless the user says otherwise, in MiB. */
export function usualMemoryLimitMiB(): number {
  return Math.floor((totalmem() * USUAL_PART) / MEBIBYTE);
}

/** Why a machine cannot be switched on beside those that are; undefined when it can. */
export function findMemoryExcess(
  machine: VirtualMachine,
  machines: Iterable<VirtualMachine>,
  limitMiB: number,
): { readonly ok: false; readonly error: HypervisorError } | undefined {
  let takenMiB = 0;
  // A crashed machine's memory can still be looked at.
  for (const other of machines) if (other !== machine && other.state !== 'off') takenMiB += other.stored.memoryMiB;
  const { name, memoryMiB } = machine.stored;
  if (takenMiB + memoryMiB <= limitMiB) return undefined;
  const others =
    takenMiB === 0 ? '' : `, of which ${takenMiB} MiB are taken by machines that are on: power one of those off`;
  const advice = `give “${name}” less memory, or raise the limit in the settings`;
  return refused(
    'memory-limit',
    `“${name}” has ${memoryMiB} MiB of memory, and all machines together may have ${limitMiB} MiB${others}${takenMiB === 0 ? `: ${advice}` : `, ${advice}`}.`,
    { text: { id: 'memory-limit', values: { name, memoryMiB, limitMiB, takenMiB } } },
  );
}
