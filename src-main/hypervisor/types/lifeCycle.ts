import type { BreakpointMeeting } from '../../machine/breakpoints/Breakpoint.ts';
import type { DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { VmDefinition } from './definition.ts';
import type { TravelStop } from './timeTravel.ts';

export const VM_STATES = ['off', 'starting', 'running', 'paused', 'saving', 'crashed'] as const;
export type VmState = (typeof VM_STATES)[number];

/**
 * What a running machine is doing; for display beside its state.
 * - `busy`: on a pCPU, or waiting for one.
 * - `halted`: HLT, waiting for an interrupt.
 * - `stopped`: HLT with interrupts off: nothing but a reset wakes it.
 * - `capped`: its cap is used up for this period.
 * - `silent`: its thread does not answer; it can be powered off or reset.
 * - `none`: it is not running.
 */
export type VmActivity = 'busy' | 'halted' | 'stopped' | 'capped' | 'silent' | 'none';

/** Why a machine is paused. */
export type PauseReason =
  | { readonly kind: 'user' }
  | { readonly kind: 'started-paused' }
  | { readonly kind: 'restored' }
  | { readonly kind: 'step' }
  /** It was stepped, and is where it was: in a HLT that nothing ends but input from outside. */
  | { readonly kind: 'waiting' }
  /** A debugger that drives it has stopped it, or has come. */
  | { readonly kind: 'debugger' }
  /** It went back, or forth again. */
  | { readonly kind: 'travelled'; readonly stop: TravelStop }
  | ({ readonly kind: 'breakpoint' } & BreakpointMeeting);

/** Why a machine is crashed. Its memory and registers stay readable; reset or power-off leave this state. */
export interface CrashReport {
  readonly kind: 'triple-fault' | 'engine-error' | 'thread-died' | 'thread-hung' | 'out-of-memory';
  /** One sentence for the user. */
  readonly message: string;
  /** Stack or the engine's detail, for a report; may be empty. */
  readonly detail: string;
  readonly at: number;
}

export interface VmSummary extends VmDefinition {
  readonly state: VmState;
  readonly activity: VmActivity;
  readonly pauseReason: PauseReason | null;
  readonly crash: CrashReport | null;
  /** A debugger is connected, and drives it. */
  readonly isDebugged: boolean;
  /** One line about the loaded program (`32-bit ELF, 3 segments, 48 KiB`); null before the first start. */
  readonly programSummary: string | null;
  /** What the host could not do with images, until it can again. */
  readonly driveProblems: readonly DriveProblem[];
  /** It is off, and its next start goes on where it was suspended. */
  readonly isSuspended: boolean;
  /**
   * It was on when a process that ran it was killed, and its next start goes on from a checkpoint of this time, in ms
   * since 1970; null otherwise.
   */
  readonly interruptedAt: number | null;
}

export interface DriveProblem {
  readonly slot: DriveSlot;
  /** A sentence for the user. */
  readonly message: string;
}

/** How often devices that people like to see working did something since power-on; wraps at 2^32. */
export interface DeviceActivity {
  readonly drives: Readonly<Record<DriveSlot, { readonly reads: number; readonly writes: number }>>;
  readonly framesSent: number;
  readonly framesReceived: number;
}
