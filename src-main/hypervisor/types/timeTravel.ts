import type { VmId } from './definition.ts';
import type { VmSummary } from './lifeCycle.ts';
import type { Result } from './results.ts';
import type { MachineInput } from '../../machine/MachineInput.ts';

/** Instruction counts and guest time at one place of a run. */
export interface TimeLinePlace {
  /** Retired since the machine was made. */
  readonly instructions: number;
  readonly guestTimeNs: number;
}

/** What a machine's history begins with; but for `power-on`, what was before is lost. */
export const HISTORY_BEGINNINGS = [
  'power-on',
  'snapshot',
  /** Another program was loaded. */
  'program',
  /** Another medium was put into a drive: a run with it in between cannot be repeated. */
  'medium',
  /** The guest wrote so much to its disks that what they held before is forgotten. */
  'disk-writes',
] as const;
export type HistoryBeginning = (typeof HISTORY_BEGINNINGS)[number];

/** What reached the machine from outside, as far as people want to know. */
export type TimeLineInputKind = Exclude<MachineInput['kind'], 'forget-addresses' | 'processor'>;

/** The past of a machine that can go back. */
export interface TimeLine {
  readonly earliest: TimeLinePlace;
  readonly latest: TimeLinePlace;
  readonly present: TimeLinePlace;
  readonly beginning: HistoryBeginning;
  /** Instruction counts, ascending; some of them where there are many. */
  readonly checkpoints: readonly number[];
  /** Ascending; the first of those that lie close together. */
  readonly inputs: readonly { readonly instructions: number; readonly kind: TimeLineInputKind }[];
  readonly inputCount: number;
  /** What checkpoints keep of memory. */
  readonly keptBytes: number;
}

/** Where a run backwards ends. */
export type BackTarget =
  | { readonly kind: 'breakpoint' }
  /** Before the instruction that wrote there last. */
  | { readonly kind: 'write'; readonly linearAddress: number; readonly byteLength: 1 | 2 | 4 | 8 };

/** Where a journey ended; `start`: at the first place that can be reached, since nothing else was met. */
export type TravelStop = 'position' | 'breakpoint' | 'watchpoint' | 'catchpoint' | 'start';

/** Machines by the instruction clock go back and forth in their own past. */
export interface TimeTravelService {
  /** Null while the machine is off, and when it cannot go back. */
  timeLine(id: VmId): Promise<Result<TimeLine | null>>;
  /** To the place right behind the instruction of that number, or the nearest that can be reached. */
  goTo(id: VmId, instructions: number): Promise<Result<VmSummary>>;
  /** To before the instruction that was executed last. */
  stepBack(id: VmId): Promise<Result<VmSummary>>;
  /** Resolves when it has begun; the machine is `running` until it has arrived, and a pause gives it up. */
  runBack(id: VmId, target: BackTarget): Promise<Result<VmSummary>>;
  /** Writes the run since power-on as a file for `vivarium replay`. */
  saveRecording(id: VmId, file: string): Promise<Result<null>>;
}
