import type { ExternalBit } from './Descriptor.ts';

/** The event that a task gate delivers. */
export interface TaskGateEvent {
  readonly external: ExternalBit;
  /** Pushed onto the new task's stack, -1 for none (SDM vol. 3A, 6.12.2). */
  readonly errorCode: number;
  /** RF in the old task's saved EFLAGS. */
  readonly resumeFlag: boolean;
}
