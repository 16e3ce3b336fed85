import type { Catchpoint, CaughtEvent } from '../../engine/Catchpoint.ts';
import type { Watchpoint } from '../../engine/VirtualProcessor.ts';
import type { MachineExit, MachineSlice } from '../MachineExit.ts';
import type { MachinePosition } from '../MachineInput.ts';

/** Where a debugger wants the machine to stop, whichever way it runs. */
export interface Stops {
  /** Linear addresses of instructions. */
  readonly breakpoints: readonly number[];
  readonly watchpoints: readonly Watchpoint[];
  readonly catchpoints?: readonly Catchpoint[];
  /** Asked of each stop on the way back, where the machine stands at it; absent: all count. */
  readonly accepts?: (exit: MachineExit) => boolean;
}

/**
 * Where a journey ended.
 * - `position`: where it was to end.
 * - `breakpoint`: before the instruction at a breakpoint.
 * - `watchpoint`: before the instruction, or the delivered event, that makes the access.
 * - `catchpoint`: before the instruction that makes the event, or before its delivery.
 * - `start`: at the first position that can be reached.
 */
export interface TravelResult {
  readonly reason: 'position' | 'breakpoint' | 'watchpoint' | 'catchpoint' | 'start';
  readonly position: MachinePosition;
  readonly linearAddress?: number;
  readonly watchpoint?: Watchpoint;
  readonly events?: readonly CaughtEvent[];
}

/**
 * A machine that can go back. It runs, steps and takes its stops through this instead of directly; what reaches it
 * from outside while it stands in its past begins another future, and the former one is forgotten.
 */
export interface ReverseExecution {
  readonly position: MachinePosition;
  /** Instruction counts that can be reached by `goTo`. */
  readonly earliest: number;
  readonly latest: number;
  setStops(stops: Stops): void;
  run(slice: MachineSlice): MachineExit;
  step(): MachineExit;
  /** To the place right behind the instruction of that number. */
  goTo(instructions: number): TravelResult;
  /** To before the instruction that retired last. */
  stepBack(): TravelResult;
  /** To the last of the stops before the present position. */
  reverseContinue(): TravelResult;
}
