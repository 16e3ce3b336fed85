import { type BreakpointExit, isBreakpointExit } from '../../machine/breakpoints/BreakpointSet.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { HostTime } from '../../machine/MachineOptions.ts';
import type { MachinePosition } from '../../machine/MachineInput.ts';
import type { ReverseExecution, Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import { comparePositions, isSamePosition, runTo } from '../../machine/replay/runTo.ts';
import type { RecordedInput } from '../recordings/recordedInputs.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import { CheckpointPace } from './CheckpointPace.ts';
import type { DiskHistory } from './DiskHistory.ts';
import type { PagesObserver } from './MemoryHistory.ts';
import { Past } from './Past.ts';

export interface TimeTravelOptions {
  /** The machine's own. */
  readonly hostTime: HostTime;
  /** How long a machine works between two checkpoints, and so about what a step back takes. */
  readonly intervalMs?: number;
  /** What checkpoints may keep of memory. */
  readonly mostBytes?: number;
  /** Told of pages of RAM whose dirty flags are cleared. */
  readonly onPages?: PagesObserver;
}

const INTERVAL_MS = 50;
/** Of the past, between two looks at host time. */
const PAST_INSTRUCTIONS = 1_000_000;
/** Runs that come to nothing, such as those that a kick ends, until the machine counts as gone astray. */
const MOST_IDLE = 4;
const MOST_BYTES = 2 ** 29;
const NO_STOPS: Stops = { breakpoints: [], watchpoints: [] };

/** Where a stop was met. */
interface Meeting {
  readonly position: MachinePosition;
  readonly exit: BreakpointExit;
}

/**
 * A machine by the instruction clock that can go back: to the last checkpoint before, and forth again with the same
 * inputs. At a checkpoint processors forget where linear addresses lead, so that one who comes from there is the same
 * as one who ran through.
 */
export class TimeTravel implements ReverseExecution {
  private readonly parts: TranslatedMachine;
  private readonly hostTime: HostTime;
  private readonly pace: CheckpointPace;
  private readonly past: Past;
  private stops = NO_STOPS;
  private isPassingThrough = false;
  /** A journey has ended at a breakpoint, which a run passes. */
  private standsAtBreakpoint = false;

  /** The machine stands between two instructions, with its program loaded. Only one may look after a machine's inputs. */
  constructor(parts: TranslatedMachine, options: TimeTravelOptions) {
    this.parts = parts;
    this.hostTime = options.hostTime;
    this.pace = new CheckpointPace(options.intervalMs ?? INTERVAL_MS);
    this.past = new Past(parts, { mostBytes: options.mostBytes ?? MOST_BYTES, onPages: options.onPages });
    this.takeCheckpoint();
  }

  get position(): MachinePosition {
    return this.parts.machine.position;
  }

  get earliest(): number {
    return this.past.earliest.instructions;
  }

  get latest(): number {
    return this.past.latest.instructions;
  }

  get latestPosition(): MachinePosition {
    return this.past.latest;
  }

  /** The machine stands before places where it has been. */
  get isInPast(): boolean {
    return this.past.isAhead;
  }

  /** What the machine does now it has done before: whoever saw it need not see it again. */
  get isRepeating(): boolean {
    return this.past.isReplaying || this.isPassingThrough;
  }

  /** All that reached the machine so far, in order. */
  get history(): readonly RecordedInput[] {
    return this.past.inputs.all;
  }

  checkpointPositions(): readonly MachinePosition[] {
    return this.past.checkpoints.positions();
  }

  /** The machine's, and media that were taken out of it. They are closed with the history. */
  get disks(): DiskHistory {
    return this.past.disks;
  }

  /** What checkpoints keep of memory. */
  get keptBytes(): number {
    return this.past.checkpoints.bytes;
  }

  /** The machine's inputs are nobody's any more. */
  close(): void {
    this.past.close();
  }

  setStops(stops: Stops): void {
    this.stops = stops;
    this.arm(stops);
  }

  run(slice: MachineSlice): MachineExit {
    const end = this.position.instructions + (slice.instructions ?? Infinity);
    for (;;) {
      const before = this.position;
      const instructions = end - before.instructions;
      const wasInPast = this.isInPast;
      const exit = wasInPast ? this.runThroughPast(instructions) : this.runOn({ ...slice, instructions });
      const isPassed = this.standsAtBreakpoint && exit.reason === 'breakpoint' && isSamePosition(before, this.position);
      this.standsAtBreakpoint = false;
      if (isPassed) continue;
      const isHostTimeLeft = this.hostTime.monotonicNs() < (slice.untilHostNs ?? Infinity);
      if (exit.reason !== 'budget' || this.position.instructions >= end || !isHostTimeLeft) return exit;
      if (slice.instructions === undefined && (slice.untilHostNs === undefined || (wasInPast && !this.isInPast)))
        return exit;
    }
  }

  step(): MachineExit {
    this.standsAtBreakpoint = false;
    if (this.isInPast) {
      return this.passingThrough(() => {
        this.past.applyDue();
        const exit = this.parts.machine.step();
        this.past.applyDue();
        return exit;
      });
    }
    const exit = this.parts.machine.step();
    this.past.noteReached();
    return exit;
  }

  goTo(instructions: number): TravelResult {
    this.standsAtBreakpoint = false;
    const target = Math.max(this.earliest, Math.min(this.latest, instructions));
    this.withoutStops(() => {
      if (target >= this.latest) this.past.goTo(this.past.latest);
      else this.past.goToCount(target);
    });
    return { reason: target > instructions ? 'start' : 'position', position: this.position };
  }

  stepBack(): TravelResult {
    this.standsAtBreakpoint = false;
    const from = this.position;
    const reason = isSamePosition(from, this.past.earliest) ? 'start' : 'position';
    this.withoutStops(() => this.past.goBefore(from));
    return { reason, position: this.position };
  }

  reverseContinue(): TravelResult {
    const search = this.searchBack();
    for (;;) {
      const found = search.next();
      if (found.done) return found.value;
    }
  }

  /**
   * `reverseContinue` in pieces, the length of one checkpoint's interval each; who gives it up with `return` is where it
   * began. Nothing else may be asked of the machine meanwhile.
   */
  *searchBack(): Generator<undefined, TravelResult, undefined> {
    this.standsAtBreakpoint = false;
    const from = this.position;
    let hasEnded = false;
    try {
      let end = from;
      for (
        let index = this.past.checkpoints.lastBefore((position) => comparePositions(position, from) < 0);
        ;
        index--
      ) {
        const meeting = this.past.replaying(() => this.lastMeeting(index, end, from));
        if (meeting) {
          hasEnded = true;
          return this.arriveAt(meeting);
        }
        if (index === 0) break;
        end = this.past.checkpoints.at(index).position;
        yield undefined;
      }
      this.withoutStops(() => this.past.rewind(0));
      hasEnded = true;
      return { reason: 'start', position: this.position };
    } finally {
      if (!hasEnded) this.withoutStops(() => this.past.goTo(from));
    }
  }

  /** Looks at the last place that the machine has come to, and comes back. */
  atLatest<T>(look: () => T): T {
    if (!this.isInPast) return look();
    const from = this.position;
    this.withoutStops(() => this.past.goTo(this.past.latest));
    try {
      return look();
    } finally {
      this.withoutStops(() => this.past.goTo(from));
    }
  }

  /** Ahead of everything that has been: checkpoints are taken on the way. */
  private runOn(slice: MachineSlice): MachineExit {
    const { machine } = this.parts;
    if (this.pace.isDue && !machine.isOver) this.takeCheckpoint();
    const start = this.hostTime.monotonicNs();
    const untilHostNs = Math.min(slice.untilHostNs ?? Infinity, start + this.pace.untilDueNs);
    const before = this.latest;
    const exit = machine.run({ ...slice, untilHostNs });
    this.past.noteReached();
    this.pace.noteRun(this.latest - before, this.hostTime.monotonicNs() - start);
    return exit;
  }

  /** Up to the next input, or to where the past ends. */
  private runThroughPast(instructions: number): MachineExit {
    return this.passingThrough(() => {
      this.past.applyDue();
      const target = this.past.inputs.next?.at ?? this.past.latest;
      const exit = runTo(this.parts.machine, target, Math.min(instructions, PAST_INSTRUCTIONS));
      this.past.applyDue();
      return exit === 'arrived' ? { reason: 'budget' } : exit;
    });
  }

  /** Besides those that are taken by time; not in the past. */
  takeCheckpoint(): void {
    const start = this.hostTime.monotonicNs();
    this.past.takeCheckpoint();
    this.pace.noteCheckpoint(this.hostTime.monotonicNs() - start);
  }

  /** The last stop between a checkpoint and `end` that comes before `from`. */
  private lastMeeting(index: number, end: MachinePosition, from: MachinePosition): Meeting | undefined {
    const { past } = this;
    this.withoutStops(() => past.rewind(index));
    let last: Meeting | undefined;
    this.arm(this.stops);
    for (let idle = 0; comparePositions(this.position, end) < 0 && idle < MOST_IDLE;) {
      const before = this.position;
      const next = past.inputs.next?.at ?? end;
      const exit = runTo(this.parts.machine, comparePositions(next, end) < 0 ? next : end);
      const { position } = this;
      const isWanted = exit !== 'arrived' && isBreakpointExit(exit) && isBefore(exit.reason, position, from);
      if (isWanted && (this.stops.accepts?.(exit) ?? true)) last = { position, exit };
      past.applyDue();
      idle = isSamePosition(before, this.position) ? idle + 1 : 0;
    }
    return last;
  }

  private arriveAt({ position, exit }: Meeting): TravelResult {
    if (exit.reason === 'breakpoint') {
      this.withoutStops(() => this.past.goTo(position));
      this.standsAtBreakpoint = true;
      return { reason: 'breakpoint', position: this.position, linearAddress: exit.linearAddress };
    }
    this.withoutStops(() => this.past.goBefore(position));
    const { position: arrived } = this;
    if (exit.reason === 'catchpoint') return { reason: 'catchpoint', position: arrived, events: exit.events };
    const { watchpoint, linearAddress } = exit;
    return { reason: 'watchpoint', position: arrived, watchpoint, linearAddress };
  }

  private withoutStops(action: () => void): void {
    this.arm(NO_STOPS);
    try {
      this.past.replaying(action);
    } finally {
      this.arm(this.stops);
    }
  }

  private passingThrough<T>(action: () => T): T {
    this.isPassingThrough = true;
    try {
      return action();
    } finally {
      this.isPassingThrough = false;
    }
  }

  private arm({ breakpoints, watchpoints, catchpoints = [] }: Stops): void {
    for (const processor of this.parts.processors) {
      processor.setBreakpoints(breakpoints);
      processor.setWatchpoints(watchpoints);
      processor.setCatchpoints(catchpoints);
    }
  }
}

/** The instruction of a watchpoint or a catchpoint has retired where it stops: the journey ends before it. */
function isBefore(reason: BreakpointExit['reason'], position: MachinePosition, from: MachinePosition): boolean {
  const order = comparePositions(position, from);
  return reason === 'breakpoint' ? order < 0 : order <= 0;
}
