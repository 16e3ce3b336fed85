import type { CaughtEvent } from '../engine/Catchpoint.ts';
import type { WatchpointHit } from '../engine/VirtualProcessor.ts';

/**
 * Why {@link Machine.run} gave control back.
 * - `budget`: the slice (host time or instructions) is spent; call `run` again.
 * - `kick`: somebody asked for attention with `Machine.kick`.
 * - `idle`: every vCPU waits in HLT for an interrupt. Nothing needs to happen before `wakeAtHostNs` (in the scale of
 *   `HostTime.monotonicNs`; undefined: before input arrives), so the caller may sleep that long; timers of a guest that
 *   idles may be due before. Only with the host clock: the instruction clock jumps ahead to the next timer instead.
 * - `halted`: HLT, and no interrupt can ever end it. Final until a reset.
 * - `breakpoint`: vCPU `vcpu` stands before the instruction at `linearAddress`.
 * - `watchpoint`: vCPU `vcpu` stands behind the instruction that made the access.
 * - `catchpoint`: vCPU `vcpu` stands behind the instruction that made the events, or before the handler of the one
 *   that was delivered.
 * - `shutdown`: triple fault. Final until a reset.
 * - `poweroff`: the guest switched itself off; `detail` says through which register, or holds the value
 *   written to the exit port. Final until a reset.
 * - `reset`: the guest asked for a reset (keyboard controller or port 92h); the caller decides, usually `Machine.reset()`.
 * - `error`: the engine failed; the message says where.
 */
export type MachineExit =
  | { readonly reason: 'budget' | 'kick' }
  | { readonly reason: 'idle'; readonly wakeAtHostNs: number | undefined }
  | { readonly reason: 'halted'; readonly detail: string }
  | { readonly reason: 'breakpoint'; readonly vcpu: number; readonly linearAddress: number }
  | ({
      readonly reason: 'watchpoint';
      readonly vcpu: number;
      /** All that the instruction met. */
      readonly hits: readonly WatchpointHit[];
    } & WatchpointHit)
  | { readonly reason: 'catchpoint'; readonly vcpu: number; readonly events: readonly CaughtEvent[] }
  | { readonly reason: 'shutdown'; readonly detail: string }
  | { readonly reason: 'poweroff'; readonly detail: string }
  | { readonly reason: 'reset'; readonly detail: string }
  | { readonly reason: 'error'; readonly detail: string };

/** How long one call of {@link Machine.run} may take; whichever ends first. */
export interface MachineSlice {
  /** In the scale of `HostTime.monotonicNs`; looked at about every half millisecond. */
  readonly untilHostNs?: number;
  /** Instructions that may retire, exactly. */
  readonly instructions?: number;
  /** With `instructions`, by the instruction clock: once they have retired, a processor that waits goes on waiting until then. */
  readonly untilGuestNs?: number;
}
