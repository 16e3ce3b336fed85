/** Why a run of a machine ended, as `--json` names it. */
export const RUN_ENDS = [
  'hlt',
  'until',
  'poweroff',
  'reset',
  'shutdown',
  'timeout',
  'max-instructions',
  'error',
] as const;
export type RunEnd = (typeof RUN_ENDS)[number];

/** What the command line's exit statuses mean. */
export const EXIT_STATUS = {
  success: 0,
  /** The engine's own failure, or a command on machines that was refused. */
  failure: 1,
  /** Wrong options, or a file that is no program. */
  usage: 2,
  tripleFault: 3,
  /** Time or instructions ran out. */
  limit: 4,
} as const;

/**
 * What ends a command from outside, and its exit status as shells have it: 128 and the signal's number. EIO: its output
 * cannot be written, and nobody has closed it.
 */
export const INTERRUPT_STATUS = {
  SIGHUP: 129,
  SIGINT: 130,
  EPIPE: 141,
  SIGTERM: 143,
  EIO: EXIT_STATUS.failure,
} as const;
export type Interrupt = keyof typeof INTERRUPT_STATUS;

export function exitStatusOf(end: RunEnd): number {
  switch (end) {
    case 'hlt':
    case 'until':
    case 'poweroff':
    case 'reset':
      return EXIT_STATUS.success;
    case 'shutdown':
      return EXIT_STATUS.tripleFault;
    case 'timeout':
    case 'max-instructions':
      return EXIT_STATUS.limit;
    case 'error':
      return EXIT_STATUS.failure;
  }
}

/** A mistake of the user's: one message that says what is wrong and what to do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
