import type { Catchpoint, CaughtEvent } from '../../engine/Catchpoint.ts';
import type { Expression } from '../expressions/Expression.ts';

/** What a breakpoint waits for. Addresses are linear. */
export type BreakpointTarget =
  | { readonly kind: 'code'; readonly linearAddress: number }
  | {
      readonly kind: 'data';
      readonly linearAddress: number;
      readonly byteLength: number;
      readonly access: 'read' | 'write' | 'any';
    }
  | Catchpoint;

/** A breakpoint as the machine needs it; what is disabled does not reach it. Structured-clonable. */
export interface ArmedBreakpoint {
  /** Its owner's name for it. */
  readonly id: number;
  readonly target: BreakpointTarget;
  /** Met only where this is not zero; null: always. */
  readonly condition: Expression | null;
  /** How many times it is met and passed before it stops the machine. */
  readonly ignoreCount: number;
}

/** How often breakpoints were met since they were set, conditions included. */
export type BreakpointHits = readonly (readonly [id: number, count: number])[];

/** Which breakpoint has stopped the machine, and how. */
export interface BreakpointMeeting {
  readonly id: number;
  /** Where the machine stands: the instruction at the breakpoint, or the next one. */
  readonly linearAddress: number;
  readonly cause: BreakpointCause;
}

export type BreakpointCause =
  | { readonly kind: 'code' }
  /** `linearAddress`: the first byte of it that was accessed. */
  | { readonly kind: 'data'; readonly linearAddress: number; readonly access: 'read' | 'write' }
  | CaughtEvent;
