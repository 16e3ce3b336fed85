import { EXPRESSION_FAULTS } from '../../machine/expressions/ExpressionFault.ts';
import type { LoadProblem } from '../../machine/loaders/ProgramImage.ts';

export const HYPERVISOR_ERROR_CODES = [
  /** No machine has this id. */
  'not-found',
  /** The command does not fit the machine's state. */
  'wrong-state',
  /** A value is out of range; `field` names it. */
  'invalid',
  /** The program file was refused; `problems` lists every reason. */
  'program-refused',
  /** The program's file cannot be read. */
  'file-unreadable',
  /** The store's disk is full, read-only or failing. */
  'storage-failed',
  /** Another process has the store open. */
  'storage-locked',
  /** An image cannot be used in a drive. */
  'drive-refused',
  /** A snapshot cannot be taken, or does not fit the machine. */
  'snapshot-refused',
  /** The machines that are on would have more memory together than the user wants. */
  'memory-limit',
  /** The host has not enough memory for the machine. */
  'out-of-memory',
  /** The vCPU's thread did not answer in time; it may be hung. */
  'no-answer',
  /** The vCPU's thread died while the command was under way. */
  'thread-died',
  /** The hypervisor is being disposed of. */
  'disposed',
] as const;
export type HypervisorErrorCode = (typeof HYPERVISOR_ERROR_CODES)[number];

/** What a refusal says, for whoever says it in another language. The ids are kept: a window has sentences for them. */
export const REFUSAL_IDS = [
  'wrong-state',
  'being-deleted',
  'closing',
  'overtaken',
  'no-thread',
  'thread-ended',
  'no-answer',
  'no-machine',
  'no-snapshot',
  'no-program',
  'suspended',
  'no-power-button',
  'debugger-drives',
  'memory-limit',
  'host-memory',
  'machines-most',
  'image-in-use',
  'no-such-adapter',
  'no-console',
  'no-bios-image',
  'no-vga-bios-image',
  'trace-file-taken',
  'trace-file-unwritable',
  ...EXPRESSION_FAULTS,
] as const;
export type RefusalId = (typeof REFUSAL_IDS)[number];

export interface RefusalText {
  readonly id: RefusalId;
  /** Names, numbers, and words of `VmCommand`, `VmState` and `StateAdvice`. */
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

/** A refused command: what was wrong, where, and what to do, in the user's words. */
export interface HypervisorError {
  readonly code: HypervisorErrorCode;
  /** In English. */
  readonly message: string;
  readonly text?: RefusalText;
  /** `invalid`: the field of the request. */
  readonly field?: string;
  /** `program-refused`: all problems, with their places in the source. */
  readonly problems?: readonly LoadProblem[];
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: HypervisorError };
