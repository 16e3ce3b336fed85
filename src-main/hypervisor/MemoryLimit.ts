import { totalmem } from 'node:os';
import { done, refused } from './results.ts';
import type { Result } from './types.ts';
import type { VirtualMachine } from './VirtualMachine.ts';

const MEBIBYTE = 2 ** 20;
/** The rest is for the system, for Vivarium itself, and for what a machine needs beside its RAM. */
const USUAL_PART = 0.75;

/** How much RAM machines that are on may have together unless the user says otherwise, in MiB. */
export function usualMemoryLimitMiB(): number {
  return Math.floor((totalmem() * USUAL_PART) / MEBIBYTE);
}

/** How much RAM machines that are on may have together. */
export class MemoryLimit {
  readonly #machines: () => Iterable<VirtualMachine>;
  #mebibytes = usualMemoryLimitMiB();

  constructor(machines: () => Iterable<VirtualMachine>) {
    this.#machines = machines;
  }

  get mebibytes(): number {
    return this.#mebibytes;
  }

  /** For machines to come. @param mebibytes null: the usual limit */
  change(mebibytes: number | null): Result<number> {
    const limit = mebibytes ?? usualMemoryLimitMiB();
    if (!Number.isInteger(limit) || limit < 1)
      return refused('invalid', 'The limit of memory must be a whole number of MiB, at least 1.', {
        field: 'memoryLimitMiB',
      });
    this.#mebibytes = limit;
    return done(limit);
  }

  /** Why a machine cannot be switched on beside those that are; undefined when it can. */
  findExcess(machine: VirtualMachine): Result<never> | undefined {
    const limitMiB = this.#mebibytes;
    let takenMiB = 0;
    // A crashed machine's memory can still be looked at.
    for (const other of this.#machines())
      if (other !== machine && other.state !== 'off') takenMiB += other.stored.memoryMiB;
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
}
